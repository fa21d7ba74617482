import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.articles import article
from tracker.model.change import LabelKind
from tracker.render.text import direction
from tracker.web import templating
from tracker.web.templating import environment, evidence, lang_of


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
    assert direction(article(text, title=title)) == expected


@pytest.mark.parametrize(
    ("tag", "attribute"), [("ar", ' lang="ar"'), ("pt-BR", ' lang="pt-BR"'), ('en"><b>', ""), ("", "")]
)
def test_only_what_is_a_language_is_named_as_one(tag, attribute):
    assert lang_of(tag) == attribute


def test_the_arrow_between_old_and_new_words_is_outside_of_what_runs_from_right_to_left():
    assert evidence("ثلاثة → <b>خمسة") == "<bdi>ثلاثة</bdi> → <bdi>&lt;b&gt;خمسة</bdi>"


@pytest.mark.parametrize(
    ("kinds", "said", "shown"),
    [
        ({LabelKind.NUMBER}, False, "no note from the outlet"),
        ({LabelKind.NUMBER, LabelKind.CORRECTION}, False, "not all of it noted by the outlet"),
        ({LabelKind.NUMBER, LabelKind.CORRECTION}, True, ">noted by the outlet"),
    ],
)
def test_the_labels_of_a_version_say_what_the_outlet_noted(kinds, said, shown):
    template = environment().from_string('{% import "macros.html" as m %}{{ m.chips(kinds, said=said) }}')
    assert shown in template.render(kinds=kinds, said=said)


@pytest.fixture
def compiled(monkeypatch, tmp_path):
    """Keep bytecode in a folder of the test's own, and return which templates have been compiled since."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    Path(cache_from_source(templating.__file__)).parent.mkdir(parents=True)
    names: list[str] = []
    compile_template = Environment.compile

    def noting(self, source, name=None, *given, **options):
        names.append(name)
        return compile_template(self, source, name, *given, **options)

    monkeypatch.setattr(Environment, "compile", noting)
    environment.cache_clear()
    yield names
    environment.cache_clear()


@pytest.mark.parametrize(("unwritable", "times"), [(False, 1), (True, 2)])
def test_a_template_is_compiled_once_unless_python_may_not_keep_bytecode(compiled, monkeypatch, unwritable, times):
    monkeypatch.setattr(sys, "dont_write_bytecode", unwritable)
    for _ in range(2):
        environment.cache_clear()
        environment().get_template("error.html")
    assert compiled.count("error.html") == times


def test_templates_are_compiled_again_for_another_release_of_jinja(compiled, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for release in ("3.1.6", "4.0"):
        monkeypatch.setattr(templating, "version", lambda _, release=release: release)
        environment.cache_clear()
        environment().get_template("error.html")
    assert compiled.count("error.html") == 2
