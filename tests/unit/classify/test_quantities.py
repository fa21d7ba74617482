"""One value, however it is written, is one quantity; another unit or another thing makes another."""

import runpy
import sys
from pathlib import Path

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.classify.lexicon import LANGUAGES
from tracker.classify.mentions import mentions
from tracker.diff.comparison import compare
from tracker.model.change import FactKind

ROOT = Path(__file__).resolve().parents[3]
QUANTITIES = {FactKind.NUMBER, FactKind.DATE}
MILLION = {
    "en": "million",
    "de": "Millionen",
    "fr": "millions",
    "es": "millones",
    "it": "milioni",
    "pt": "milhões",
    "nl": "miljoen",
}
EURO = {"en": "euros", "de": "Euro", "fr": "euros", "es": "euros", "it": "euro", "pt": "euros", "nl": "euro"}


def numbers(text: str, lang: str = "en") -> list[tuple[str, str]]:
    return [(m.key, m.unit) for m in mentions(text, lang) if m.kind is FactKind.NUMBER]


def facts(old: str, new: str, lang: str = "en") -> list[tuple[str, str, str]]:
    a, b = (article("The council met in the old town hall on the square.", text, lang=lang) for text in (old, new))
    return [(f.kind.value, f.old, f.new) for f in changed_facts(a, b, compare(a, b)) if f.kind in QUANTITIES]


@given(st.integers(11, 999_999), st.sampled_from(LANGUAGES))
def test_a_value_is_the_same_with_and_without_marks_of_thousands(value, lang):
    grouped = format_decimal(value, locale=lang)
    assert numbers(f"x {grouped} {EURO[lang]} x", lang) == numbers(f"x {value} {EURO[lang]} x", lang)


@given(st.integers(11, 9_999), st.integers(1, 99), st.sampled_from(LANGUAGES))
def test_a_value_is_the_same_with_the_decimal_mark_of_each_language(whole, part, lang):
    value = float(f"{whole}.{part:02}")
    assert numbers(f"x {format_decimal(value, locale=lang)} kg x", lang) == [(f"{value:.6g}", "kilogram")]


@given(st.integers(2, 99), st.sampled_from(LANGUAGES))
def test_a_scale_in_words_multiplies(value, lang):
    assert numbers(f"x {value} {MILLION[lang]} x", lang) == [(f"{value}000000", "")]


@given(st.integers(2, 99), st.sampled_from(LANGUAGES))
def test_a_percentage_is_the_same_with_the_sign_and_the_space_of_each_language(value, lang):
    assert numbers(f"x {format_percent(value / 100, locale=lang)} x", lang) == [(f"{value}", "percent")]


@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_any_text_is_read_and_what_is_found_is_in_it(text, lang):
    for mention in mentions.__wrapped__(text, lang):
        if mention.kind in QUANTITIES:
            assert 0 <= mention.start < len(text)
            assert (
                text[mention.start : mention.start + len(mention.text)].strip() == mention.text or mention.text in text
            )


WRITTEN = st.lists(
    st.sampled_from(
        "12 1,000 1.5 2–1 3:1 $5 A$2bn 5m % percent 20:30 8 p.m. two thirds million half a dozen of the first day 4 "
        "March 2026 years old -5 °C km/h µg http://a.b/1 [4\\.] 39C3 No 10 zwei cent et y zwanzig mal 1e5 ١٢ ²³".split()
    ),
    max_size=14,
).map(" ".join)


@given(WRITTEN, st.sampled_from(LANGUAGES))
def test_no_two_quantities_share_a_place(text, lang):
    end = 0
    for mention in sorted((m for m in mentions.__wrapped__(text, lang) if m.kind in QUANTITIES), key=lambda m: m.start):
        assert mention.start >= end
        assert text.startswith(mention.text, mention.start)
        end = mention.start + len(mention.text)


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "The dose is 5 mg then.", "The dose is 5 µg then."),
        ("en", "Winds of 90 mph hit it.", "Winds of 90 km/h hit it."),
        ("en", "It cost US$45 then.", "It cost A$45 then."),
        ("en", "Rates rose 2 percent then.", "Rates rose 2 points then."),
        ("en", "Rates rose 2% then.", "Rates rose 2 percentage points then."),
        ("en", "It measured 5 mSv there.", "It measured 5 µSv there."),
        ("en", "It holds 40 litres of it.", "It holds 40 gallons of it."),
        ("en", "It is 40°C there.", "It is 40°F there."),
        ("en", "It makes 40 MW now.", "It makes 40 GW now."),
        ("en", "It earned £30 an hour.", "It earned £30 a day."),
        ("en", "It was 5 degrees there.", "It was -5 degrees there."),
        ("en", "The score was 2-1 then.", "The score was 2–2 then."),
        ("en", "Some 10-12 people came.", "Some 10–15 people came."),
        ("en", "Nearly a third of it was lost.", "Nearly half of it was lost."),
        ("en", "One person was hurt.", "Two people were hurt."),
        ("en", "In the second round he lost.", "In the third round he lost."),
        ("de", "Es waren 90 km/h dort.", "Es waren 90 Meilen pro Stunde dort."),
        ("fr", "Il a coûté 20 euros hier.", "Il a coûté 20 francs suisses hier."),
        ("en", "It rose 1,500 percent then.", "It rose 1.500 percent then."),
        ("en", "It cost $45 then.", "It cost €45 then."),
        ("en", "He got 15 years for it.", "He got 15 months for it."),
        ("de", "Es kostet 1.500 Euro.", "Es kostet 1,500 Euro."),
        ("de", "Es kostet 450 Millionen Euro.", "Es kostet 450 Milliarden Euro."),
    ],
)
def test_another_value_unit_or_place_is_one_number(lang, old, new):
    ((kind, before, after),) = facts(old, new, lang)
    assert (kind, bool(before), bool(after)) == ("number", True, True)
    assert before != after, "the same figure is shown with its unit"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Half of them left.", "All of them left."),
        ("Both of them left.", "Every man left."),
        ("He once lived there.", "He lived there."),
        ("One of them left early.", "Some of them left early."),
        ("In the first interview he lost.", "In the interview he lost."),
        ("4. [4\\. HOW WE USE YOUR DATA]", "5. [5\\. HOW WE USE YOUR DATA]"),
        ("See https://a.org/12/x for it.", "See https://a.org/13/x for it."),
        ("Read `x = 12` there.", "Read `x = 13` there."),
        ("Follow it on BBC Radio 5 Live there.", "Follow it on BBC there."),
        ("They spoke of Tuesday's match there.", "They spoke of the match there."),
    ],
)
def test_what_counts_nothing_is_no_fact(old, new):
    assert facts(old, new) == []


def test_numbers_that_count_different_things_are_a_loss_and_a_gain():
    found = facts("A bomb went off, injuring five.", "A bomb went off two weeks ago.")
    assert found == [("number", "five", ""), ("date", "", "two weeks")]


@pytest.mark.parametrize(
    ("lang", "old", "new"),
    [
        ("en", "It begins at 5 p.m. there.", "It begins at 6 p.m. there."),
        ("en", "It was shut for two weeks there.", "It was shut there."),
        ("en", "It was shut there.", "It was shut for weeks there."),
        ("en", "It was shut this year.", "It was shut."),
        ("de", "Es gilt in diesem Jahr dort.", "Es gilt dort."),
        ("de", "Es war jahrelang zu.", "Es war zu."),
        ("fr", "Il part à 14h30 là.", "Il part là."),
        ("es", "Sale en las próximas semanas.", "Sale."),
        ("en", "It is due by Christmas there.", "It is due there."),
    ],
)
def test_times_of_day_and_periods_are_dates(lang, old, new):
    assert [kind for kind, _, _ in facts(old, new, lang)] == ["date"]


def test_the_names_of_units_are_those_of_the_cldr(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["quantities.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / ".ci" / "quantities.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/quantities.py: babel has other names now"
