"""What templates are helped with."""

import pytest

from tracker.model.article import Article, Block, BlockKind
from tracker.model.labels import LabelKind
from tracker.render.direction import direction
from tracker.web.templating import environment, lang_of


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Visit postponed", "", "ltr"),
        ("تأجيل الزيارة", "", "rtl"),
        ("3: ביקור נדחה", "", "rtl"),
        ("2026", "قال الوزير", "rtl"),
        ("", "", "ltr"),
    ],
)
def test_a_text_runs_as_its_first_letter_does(title, text, expected):
    assert direction(Article(title=title, blocks=(Block(BlockKind.PARAGRAPH, text),))) == expected


@pytest.mark.parametrize(
    ("tag", "attribute"), [("ar", ' lang="ar"'), ("pt-BR", ' lang="pt-BR"'), ('en"><b>', ""), ("", "")]
)
def test_only_what_is_a_language_is_named_as_one(tag, attribute):
    assert lang_of(tag) == attribute


@pytest.mark.parametrize(
    ("kinds", "said", "shown"),
    [
        ({LabelKind.NUMBER}, False, "not noted by the outlet"),
        ({LabelKind.NUMBER, LabelKind.CORRECTION}, False, "not all of it noted by the outlet"),
        ({LabelKind.NUMBER, LabelKind.CORRECTION}, True, ">noted by the outlet"),
    ],
)
def test_the_labels_of_a_version_say_what_the_outlet_noted(kinds, said, shown):
    template = environment().from_string('{% import "macros.html" as m %}{{ m.chips(kinds, said=said) }}')
    assert shown in template.render(kinds=kinds, said=said)
