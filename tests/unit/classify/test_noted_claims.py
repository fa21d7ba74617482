from dataclasses import replace

import pytest

import tracker
from tests.articles import article
from tracker import compare
from tracker.model.article import ENTRY_HEADING, ENTRY_TIME, Article, Block, BlockKind
from tracker.model.change import Change, LabelKind, Noted

PAGE = """<!doctype html><html lang="{lang}"><head><title>Barge hits bridge</title>
<meta property="og:type" content="article"></head><body><article><h1>Barge hits bridge</h1>
<p>The bridge is the only road between the port and the eastern shore, and it carries thirty thousand cars a day.</p>
<p>{n} people were hurt when the barge hit the bridge, the harbor master said on Monday.</p>
<p>Ferries will run every forty minutes from Thursday morning until the span is open again, the state said.</p>
{note}</article></body></html>"""


def noted(note: str, lang: str = "en") -> str:
    pages = (PAGE.format(n="12", lang=lang, note=""), PAGE.format(n="15", lang=lang, note=f"<p>{note}</p>"))
    old, new = (tracker.extract(page.encode(), "https://news.example.org/bridge") for page in pages)
    value = tracker.compare(old, new).noted
    return value.value if value else ""


def test_a_note_on_the_toll_notes_the_only_toll_and_notes_it_wherever_it_changed():
    assert noted("• This article was changed on 3 May to correct the toll.") == "yes"
    change = change_of_wire("(Updates with death toll, comments from commander)")
    assert [(unit.block, unit.noted) for unit in change.units] == [
        (None, Noted.YES), (0, Noted.UNCLEAR), (2, Noted.YES), (3, Noted.UNCLEAR)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("note", "lang"),
    [
        # a note that names nothing
        ("This article has been amended.", "en"),
        ("This article was amended on 3 May 2026.", "en"),
        ("This story has been changed since it was first published.", "en"),
        ("Dieser Artikel wurde nachträglich geändert.", "de"),
        ("Esta reportagem foi alterada.", "pt"),
        # a short apology at the end may be the outlet's own
        ("The Ledger apologises for the error.", "en"),
        ("The BBC is sorry for the mistake.", "en"),
        ("Le Courrier regrette cette erreur.", "fr"),
        ("Nous présentons nos excuses à nos lecteurs.", "fr"),
        # a last paragraph with the figure as it was and as it is may be a note
        ("A previous version of this report put the number of hurt at 12. The harbor master says 15.", "en"),
        ("Eerst werden 12 gewonden geteld, dinsdag waren het er 15.", "nl"),
        ("Von 12 Verletzten war anfangs die Rede, inzwischen sind es 15.", "de"),
    ],
)
def test_a_note_that_does_not_say_what_it_corrects_leaves_the_edit_unclear(note, lang):
    assert noted(note, lang) == "unclear"


@pytest.mark.parametrize(
    "note",
    [
        # on another matter
        "Clarification: The headline on this piece has been changed to say that the span is closed.",
        "The minister apologised to voters for the error, and will repay the money.",
        "Correction: An earlier version of this article gave the wrong name for the barge's owner.",
        "Editor's note: This article relied on a forged letter. The claims based on it have been withdrawn.",
        # admits no error
        "Editor's note: This article contains descriptions of injuries that some readers may find upsetting.",
        # a last paragraph with one of the two figures
        "The harbor master counted 15 boats at the pier in the evening.",
    ],
)
def test_a_note_on_another_matter_explains_no_edit(note):
    assert noted(note) == "no"


def test_a_correction_with_the_edited_words_explains_the_edit_where_it_names_another_place():
    note = "Hinweis: In der Überschrift stand zunächst „Mord“ statt „Totschlag“. Wir haben den Fehler korrigiert."
    pages = [
        PAGE.format(n="12", lang="de", note=f"<p>Der Kapitän wurde am Montag des {crime} beschuldigt.</p>{below}")
        for crime, below in (("Mordes", ""), ("Totschlags", f"<p>{note}</p>"))
    ]
    old, new = (tracker.extract(page.encode(), "https://news.example.org/bridge") for page in pages)
    change = tracker.compare(old, new)
    assert LabelKind.CORRECTION in change.kinds
    assert change.noted is Noted.YES
    assert [unit.substance for unit in change.units if unit.noted] == ["claim"]


WIRE = """<!doctype html><html lang="en"><head><title>Ferry fire kills {n} off Easton</title>
<meta property="og:type" content="article"></head><body><article><h1>Ferry fire kills {n} off Easton</h1>
<p>A fire aboard a ferry killed at least {n} people and left {m} missing off Easton, the coast guard said.</p>
<p>The blaze broke out in the engine room at about 2 a.m., fourteen miles from the harbor, a commander said.</p>
<p>"We have recovered {n} bodies and the search goes on," he told reporters at the dock in the evening.</p>
<p>Boats will look for the {m} missing passengers until it is dark, and again on Sunday morning, he said.</p>
{note}</article></body></html>"""


def change_of_wire(note: str) -> Change:
    pages = (WIRE.format(n="12", m="nine", note=""), WIRE.format(n="17", m="four", note=f"<p>{note}</p>"))
    old, new = (tracker.extract(page.encode(), "https://news.example.org/ferry") for page in pages)
    return tracker.compare(old, new)


def test_a_correction_of_one_figure_notes_it_in_the_headline_too_and_nothing_else():
    change = change_of_wire(
        "Correction: An earlier version misstated how many bodies were recovered. It is 17, not 12."
    )
    assert change.noted is Noted.NO
    [not_noted] = [label for label in change.labels if label.kind is LabelKind.NOT_NOTED]
    assert "nine" in not_noted.evidence
    assert "12" not in not_noted.evidence
    assert not_noted.blocks == (0, 3)


def test_words_within_other_words_or_that_stayed_explain_nothing_and_no_note_covers_the_unjudged():
    pages = (
        PAGE.format(n="Two", lang="en", note=""),
        PAGE.format(n="Two dozen", lang="en", note="<p>A choir of two dozen will sing at the pier on Sunday.</p>"),
    )
    old, new = (tracker.extract(page.encode(), "https://news.example.org/bridge") for page in pages)
    assert tracker.compare(old, new).noted is Noted.NO
    before, after = "The company faces an inquiry over the fire.", "The company was found at fault over the fire."
    change = compare(article(before, lang="en"), article(after, COMMENT, lang="en"))
    assert change.noted in {None, Noted.NO}
    note = "Correction: An earlier version misspelled the name of the officer whom Mr Holt struck."
    before, after = "The officer allegedly struck Mr Holt on Friday.", "The officer struck Mr Holt on Friday."
    change = compare(article(before, lang="en"), article(after, note, lang="en"))
    assert change.noted is not Noted.YES


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        (
            "de",
            "In dieser Folge sprechen Anna Berg und Kai Holm über den Bau der Brücke und 12 Gäste.",
            "In der neuen Folge reden Anna Berg und Kai Holm mit einem Fischer über Netze und 14 Boote.",
        ),
        (
            "en",
            "In this episode Anna Berg and Kai Holm talk about the bridge with 12 guests.",
            "In a new episode Anna Berg and Kai Holm meet a fisherman who has 14 boats.",
        ),
    ],
)
def test_the_teaser_of_another_episode_is_not_called_unannounced(lang, old, new):
    change = compare(*(Article(lang=lang, title="The pier", dek=dek) for dek in (old, new)))
    assert change.noted is not Noted.NO


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "| [ads.org] | UserID | kept by the third party of the site |",
            "| [shop.org] | Basket | kept by the third party of the site |",
        ),
        ("New information about ferries to Ghent (travel page).", "New information about floods in May (travel page)."),
    ],
)
def test_another_row_or_entry_of_a_list_of_updates_is_not_called_unannounced(old, new):
    change = compare(*(article(text, lang="en") for text in (old, new)))
    assert change.noted is not Noted.NO


def test_a_new_box_may_be_about_the_edit_seen_and_an_edit_in_an_old_entry_is_not_noted():
    box = "<aside>The toll given here was mixed up with that of another accident.</aside>"
    assert noted(f"</p>{box}<p>") == "unclear"
    new = live_blog(5, 4, 3, 2)
    edited = replace(new, blocks=tuple(replace(b, text=b.text.replace("five", "seven")) for b in new.blocks))
    change = compare(live_blog(4, 3, 2, 1, 0), edited)
    assert change.noted is Noted.NO
    (label,) = (each for each in change.labels if each.kind is LabelKind.NOT_NOTED)
    assert "five" in label.evidence
    assert [change.blocks[place].old_text for place in label.blocks] == [SAID[4]]


@pytest.mark.parametrize(
    ("before", "after", "noted"),
    [
        ("LONDON, Nov 28 (Reuters) - ", "LONDON, Nov 29 (Reuters) - ", None),
        ("LONDON (AP) — ", "HARWICK, England (AP) — ", None),
        ("", "HARWICK, Nov 29 (Reuters) - ", None),
        ("Berlin, 28. November (dpa) - ", "Berlin, 29. November (dpa) - ", None),
        (
            "LONDON, Nov 28 (Reuters) - Five of the crew and ",
            "LONDON, Nov 29 (Reuters) - Six of the crew and ",
            Noted.NO,
        ),
        ("On Nov 28 ", "On Nov 29 ", Noted.NO),
    ],
)
def test_where_and_when_a_report_was_filed_is_no_claim_of_it(before, after, noted):
    sentence = "The owner of the barge left the harbour, police said."
    old, new = article(f"{before}{sentence}"), article(f"{after}{sentence}")
    change = compare(old, new)
    assert change.noted is noted
    assert (LabelKind.NOT_NOTED in change.kinds) is (noted is Noted.NO)


COMMENT = "(Updates with a comment from the interior ministry)"
AGE = "Correction: An earlier version of this article gave a wrong age for the driver. He is 41, not 14."


@pytest.mark.parametrize("note", [COMMENT, AGE])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The ferry company allegedly struck the pier.", "The ferry company struck the pier."),
        ("Mayor Dahl opened the bridge in June.", "Mayor Dahlke opened the bridge in June."),
        ("The train left Leipzig in the morning.", "The train left Dresden in the morning."),
        ("“We were not warned at all,” the driver said.", "“We were not warned,” the driver said."),
        ("The plant was closed, according to the fire service.", "The plant was closed, according to its owner."),
    ],
)
def test_a_note_about_another_matter_explains_nothing(note, old, new):
    rest = "The interior ministry will answer questions on Friday. The driver, 14, was not hurt."
    told = "The interior ministry said on Friday that it knew. The driver, 41, was not hurt."
    change = compare(article(old, rest, lang="en"), article(new, told, note, lang="en"))
    assert [unit.noted for unit in change.units if unit.block == 0] == [Noted.NO]
    assert change.noted is Noted.NO


@pytest.mark.parametrize(
    "note", ["This story has been updated with the closure of schools.", "(Updates with closure of schools)"]
)
def test_a_note_that_shares_a_word_with_the_edit_does_no_worse_than_one_that_names_nothing(note):
    pages = (
        PAGE.format(n="12", lang="en", note="").replace("Barge hits bridge", "Gales hit the coast, 3 hurt"),
        PAGE.format(n="12", lang="en", note=f"<p>{note}</p>").replace("Barge hits bridge", "Gales shut schools"),
    )
    change = compare(*(tracker.extract(page.encode(), "https://news.example.org/gales") for page in pages))
    assert change.noted is not Noted.NO


@pytest.mark.parametrize(
    ("lang", "removed", "note"),
    [
        (
            "en",
            "The mayor of Castleford had told investigators that she took 90,000 euros from the developer.",
            "Correction: An earlier version misspelled the name of the mayor of Castleford.",
        ),
        ("en", "Police fired tear gas at the crowd, witnesses said.", "(Updates with police arrests in crowd)"),
        (
            "de",
            "Bürgermeister Holt hatte den Ermittlern gesagt, er habe Geld von dem Bauherrn angenommen.",
            "Korrektur: In einer früheren Fassung war der Name des Bürgermeisters Holt falsch geschrieben.",
        ),
    ],
)
def test_a_note_that_has_a_name_of_a_removed_sentence_does_not_explain_its_removal(lang, removed, note):
    rest = {"en": "The council met on Monday in the hall.", "de": "Der Rat kam am Montag in der Halle zusammen."}[lang]
    change = compare(article(rest, removed, lang=lang), article(rest, note, lang=lang))
    assert [unit.noted for unit in change.units if unit.noted is not None] != [Noted.YES]
    assert change.noted is not Noted.YES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            ["The clerk, who had worked in Ghent since 2011, resigned on Friday."],
            ["The clerk resigned on Friday. She had worked in Ghent since 2011."],
        ),
        (
            ["Holt was jailed in 2011.", "The mill stood on the quay.", "A choir sang there."],
            ["The mill stood on the quay.", "A choir sang there.", "In 2011, Holt was jailed."],
        ),
    ],
)
def test_what_another_sentence_says_now_was_not_removed_unnoted(old, new):
    change = compare(article(*old, lang="en"), article(*new, lang="en"))
    assert change.noted is Noted.UNCLEAR
    assert LabelKind.NOT_NOTED not in change.kinds


SAID = (
    "The harbour master closed the port at noon and sent all ferries to the southern docks.",
    "Firefighters brought forty guests out of a hotel on the pier, and nobody was hurt.",
    "The mayor asked people in the old town to leave their cellars before the evening tide.",
    "Trains to the coast are cancelled until Friday, and buses run every two hours instead.",
    "Police found the fishing boat Amity on a sandbank with its crew of five, all of them well.",
    "The power company said that nine thousand homes would be dark until the morning.",
)


def live_blog(*entries: int, heads: tuple[str, ...] = (ENTRY_TIME,), end: str = "") -> Article:
    """A live blog with these entries, in this order; each has as many heads as there are reasons."""
    blocks = [
        block
        for n in entries
        for block in (
            *(Block(BlockKind.SUBHEAD, f"{n + 8}:{10 + place}0", reason) for place, reason in enumerate(heads)),
            Block(BlockKind.PARAGRAPH, SAID[n]),
        )
    ]
    return replace(article(end) if end else article(), blocks=(*blocks, *(article(end).blocks if end else ())))


@pytest.mark.parametrize("heads", [(ENTRY_TIME,), (ENTRY_HEADING,), (ENTRY_TIME, ENTRY_HEADING)])
def test_the_oldest_entries_that_leave_as_new_ones_come_are_no_silent_deletion(heads):
    change = compare(live_blog(4, 3, 2, 1, 0, heads=heads), live_blog(5, 4, 3, 2, heads=heads))
    assert {LabelKind.INSERT, LabelKind.DELETE} <= change.kinds
    assert LabelKind.NOT_NOTED not in change.kinds
    assert change.noted is Noted.UNCLEAR
    assert change.announced is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (live_blog(4, 3, 2, 1, 0), live_blog(5, 4, 2, 1, 0)),
        (live_blog(4, 3, 2, 1, 0), live_blog(3, 2, 1, 0)),
        (live_blog(4, 3, 2, 1, 0, heads=("",)), live_blog(5, 4, 3, 2, 1, heads=("",))),
        (live_blog(2, 1, 0), live_blog(2, 1)),
        (live_blog(4, 3, 2, 1, 0, end=SAID[5]), live_blog(4, 3, 2, 1, 0)),
    ],
    ids=[
        "an entry among others",
        "the newest entry",
        "paragraphs that have no heads",
        "one of three: nothing says that more follow elsewhere",
        "the end of an entry",
    ],
)
def test_what_is_gone_otherwise_is_not_noted(old, new):
    change = compare(old, new)
    assert LabelKind.NOT_NOTED in change.kinds
    assert change.noted is Noted.NO
