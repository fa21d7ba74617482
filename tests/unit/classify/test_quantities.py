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


def test_the_names_of_units_are_those_of_the_cldr(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["quantities.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / ".ci" / "quantities.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/quantities.py: babel has other names now"
