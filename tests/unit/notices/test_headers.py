"""A line that is only the label of a notice, or its date, belongs to the notice below it."""

import pytest

from tests.unit.extraction.pages import PARAGRAPHS, article
from tracker import extract
from tracker.model.article import BlockKind, NoticeKind

NOTE = "An earlier version of this article misstated the length of the pier. It is 94 metres, not 49."
UPDATE = "Dieser Artikel wurde um eine Stellungnahme der Hafenbehörde ergänzt."


@pytest.mark.parametrize(
    "header",
    [
        "<p>Correction: May 4, 2026</p>",
        "<p><strong>Correction, 4 May 2026</strong></p>",
        "<p>Correction</p>",
        "<h3>Corrections and clarifications</h3>",
        "<h2>Corrections</h2>",
        "<p><em>Correction (May 4):</em></p>",
    ],
)
@pytest.mark.parametrize("at", [0, None])
def test_a_label_or_a_date_above_a_note_is_no_notice_of_its_own(header, at):
    found = extract(article(header, f"<p><em>{NOTE}</em></p>", at=at))
    assert [(notice.kind, notice.text) for notice in found.notices] == [(NoticeKind.CORRECTION, NOTE)]
    assert found.text == "\n\n".join(PARAGRAPHS)


def test_a_label_below_the_article_is_no_notice_of_its_own():
    found = extract(article(after=f"<footer><p>Correction: May 4, 2026</p><p>{NOTE}</p></footer>"))
    assert [notice.text for notice in found.notices] == [NOTE]


@pytest.mark.parametrize(
    ("header", "note", "kind"),
    [
        ("Correction: May 4, 2026", "The pier is 94 metres long.", NoticeKind.CORRECTION),
        ("Berichtigung", "Der Pier ist 94 Meter lang.", NoticeKind.CORRECTION),
        ("Aclaración", "El muelle es del puerto y no de la ciudad.", NoticeKind.CLARIFICATION),
        ("Nachtrag vom 4. Mai 2026", UPDATE, NoticeKind.UPDATE),
    ],
)
def test_a_label_makes_a_notice_of_the_last_paragraph_below_it(header, note, kind):
    found = extract(article(f"<p><b>{header}</b></p>", f"<p>{note}</p>"))
    assert [(notice.kind, notice.text) for notice in found.notices] == [(kind, note)]
    assert found.text == "\n\n".join(PARAGRAPHS)


def test_a_heading_of_the_text_that_is_worded_as_a_label_makes_no_notice_of_the_news():
    found = extract(article("<h3>Correction</h3>", at=3))
    assert found.notices == ()
    assert [block.text for block in found.blocks if block.kind is BlockKind.SUBHEAD] == ["Correction"]


def test_a_time_of_update_alone_is_no_notice():
    stamps = (
        "Mise à jour : 4 mai 2026 à 10h12",
        "( Mise à jour en date du 04/05/2026)",
        "Updated 1:39 am EST, May 4, 2026",
    )
    found = extract(article(*(f"<p>{stamp}</p>" for stamp in stamps)))
    assert found.notices == ()
