import runpy
import sys
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.classify.label import classify
from tracker.classify.lexicon import LANGUAGES, words_of
from tracker.classify.mentions import lowered, mentions
from tracker.classify.quantities import find_dates_and_numbers
from tracker.diff.comparison import compare
from tracker.diff.words import shared_words
from tracker.model.article import Article
from tracker.model.change import FactKind

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
SPELT = {
    lang: listed.split("|")
    for lang, listed in {
        "en": "two|thirteen|twenty-one|seventy-one|ninety-four|two hundred|one thousand|two thousand three hundred"
        "|forty-five thousand",
        "de": "zwei|dreizehn|einundzwanzig|einundsiebzig|vierundneunzig|zweihundert|eintausend|zweitausenddreihundert"
        "|fünfundvierzigtausend",
        "fr": "deux|treize|vingt et un|soixante et onze|quatre-vingt-quatorze|deux cents|mille|deux mille trois cents"
        "|quarante-cinq mille",
        "es": "dos|trece|veintiuno|setenta y uno|noventa y cuatro|doscientos|mil|dos mil trescientos"
        "|cuarenta y cinco mil",
        "it": "due|tredici|ventuno|settantuno|novantaquattro|duecento|mille|duemilatrecento|quarantacinquemila",
        "pt": "dois|treze|vinte e um|setenta e um|noventa e quatro|duzentos|mil|dois mil e trezentos"
        "|quarenta e cinco mil",
        "nl": "twee|dertien|eenentwintig|eenenzeventig|vierennegentig|tweehonderd|duizend|tweeduizend driehonderd"
        "|vijfenveertigduizend",
    }.items()
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


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_written_date_is_that_day(day, lang):
    text = f"x {format_date(day, 'long', locale=lang)} x"
    assert [m.key for m in mentions(text, lang) if m.kind is FactKind.DATE] == [day.isoformat()]


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(LANGUAGES))
def test_a_time_of_day_is_read_with_its_minutes(hour, minutes, lang):
    key = f"{hour}:{minutes:02}" if minutes else f"{hour}"
    found = [(m.kind, m.key, m.role) for m in mentions(f"x {hour:02}:{minutes:02} x", lang)]
    assert found == [(FactKind.DATE, key, "time")]


@given(st.integers(2, 500), st.sampled_from(["long", "short"]), st.sampled_from(LANGUAGES))
def test_a_unit_is_the_same_in_full_and_abbreviated(value, length, lang):
    for unit in ("length-kilometer", "mass-kilogram", "temperature-celsius"):
        text = f"x {format_unit(value, unit, length, locale=lang)} x"
        assert numbers(text, lang) == [(f"{value}", unit.partition("-")[2])]


@given(st.sampled_from(range(len(SPELT["en"]))), st.sampled_from(LANGUAGES))
def test_a_number_in_words_is_the_one_in_figures(nth, lang):
    spelt, value = SPELT[lang][nth], (2, 13, 21, 71, 94, 200, 1_000, 2_300, 45_000)[nth]
    assert numbers(f"x {spelt} {EURO[lang]} x", lang) == numbers(f"x {value} {EURO[lang]} x", lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "for twenty years"),
        ("de", "seit zwanzig Jahren"),
        ("fr", "pendant vingt ans"),
        ("es", "durante veinte años"),
        ("it", "per venti anni"),
        ("pt", "durante vinte anos"),
        ("nl", "gedurende twintig jaar"),
        ("en", "for decades"),
    ],
)
def test_a_length_of_time_is_called_a_period(lang, text):
    assert {m.role for m in mentions(text, lang) if m.kind in QUANTITIES} == {"period"}


@pytest.mark.parametrize(
    ("old", "new", "lang"),
    [
        ("He walked 3 kilometres home.", "He walked 3km home.", "en"),
        ("Profits tripled.", "Profits grew to three times that.", "en"),
        ("He was held twice.", "He was held two times.", "en"),
        ("The ban runs for half a year.", "The ban runs for six months.", "en"),
        ("Half a million left.", "500,000 left.", "en"),
        ("Two and a half million left.", "2.5 million left.", "en"),
        ("Der Fonds hat zwei und eine halbe Million Euro.", "Der Fonds hat 2,5 Millionen Euro.", "de"),
        ("Er zahlte zweieinhalb Millionen.", "Er zahlte 2,5 Millionen.", "de"),
        ("Er kam dreimal.", "Er kam drei Mal.", "de"),
    ],
)
def test_the_same_value_in_other_words_is_no_fact(old, new, lang):
    assert facts(old, new, lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "role"),
    [
        ("en", "The pontiff, 86, went to hospital", "age"),
        ("en", "She died at 71 after a fall", "age"),
        ("en", "At least 12 people died", "killed"),
        ("en", "It killed 12 and hurt six", "killed"),
        ("en", "He was shot dead by two officers", ""),
        ("en", "Cows died at 5 farms", "killed"),
        ("de", "Die vier Moderatoren trafen sich", ""),
        ("fr", "12 personnes sont mortes", "killed"),
        ("it", "Ha pianto a 40 anni", "age"),
    ],
)
def test_what_a_number_counts(lang, text, role):
    assert next(m.role for m in mentions(text, lang) if m.kind is FactKind.NUMBER) == role


@pytest.mark.parametrize(
    ("lang", "text", "keys"),
    [
        ("en", "Mr May spoke of the Rio de Janeiro summit", []),
        ("en", "the March vote", ["03"]),
        ("en", "due in Sept. of this year", ["09", "this year"]),
        ("fr", "en mars", ["03"]),
        ("de", "Rio de Janeiro im Januar", ["01"]),
        ("de", "im März 12 Menschen", ["03"]),
    ],
)
def test_a_month_without_a_day(lang, text, keys):
    assert [m.key for m in mentions(text, lang) if m.kind is FactKind.DATE] == keys


@pytest.mark.parametrize(
    ("lang", "text", "key"),
    [
        ("en", "7–9 June", "-06-07–09"),
        ("en", "7 to 9 June", "-06-07–09"),
        ("en", "between 7 and 9 June", "-06-07–09"),
        ("en", "7 and 9 June", "-06-07+09"),
        ("en", "June 7 to 9", "-06-07–09"),
        ("de", "zwischen dem 7. und dem 9. Juni", "-06-07–09"),
        ("de", "vom 7. bis zum 9. Juni", "-06-07–09"),
        ("fr", "entre le 7 et le 9 juin", "-06-07–09"),
        ("es", "del 7 al 9 de junio", "-06-07–09"),
    ],
)
def test_a_span_of_days_is_not_two_days(lang, text, key):
    assert [m.key for m in mentions(text, lang) if m.kind is FactKind.DATE] == [key]


@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_any_text_is_read_and_what_is_found_is_in_it(text, lang):
    low = lowered(text)
    for span in find_dates_and_numbers(text, low, words_of(low), lang):
        assert 0 <= span.start < span.end <= span.until <= len(text)


WRITTEN = st.lists(
    st.sampled_from(
        "several years and a half ago per 12 1,000 1.5 1/2 2–1 3:1 $5 A$2bn 5m % percent 20:30 8 p.m. two thirds "
        "million half a dozen of the first day 4 "
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
        runpy.run_path(str(Path(__file__).resolve().parents[3] / ".ci" / "quantities.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/quantities.py: babel has other names now"


def calls(run) -> int:
    count = 0

    def seen(_frame, event, _arg):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


DATED = "On March {d}, 20{y:02} the mill in Ghent paid $ {n}5 million to {n} men for May 5, he said."
QUOTED = "“It is {n} times worse,” said Anna Berg{n}, who may not stay until Tuesday {d}."


def text(pattern: str, n: int, shift: int = 0) -> str:
    return " ".join(pattern.format(n=k + shift, d=k % 28 + 1, y=(k + shift) % 90 + 10) for k in range(n))


@pytest.mark.parametrize("pattern", [DATED, QUOTED])
@pytest.mark.parametrize("lang", ["en", "de"])
def test_reading_a_long_text_costs_in_proportion(pattern, lang):
    small, large = (calls(lambda n=n: mentions.__wrapped__(text(pattern, n), lang)) for n in (100, 400))
    assert large < 5 * small


def labelling(old: Article, new: Article) -> int:
    change = compare(old, new)
    return calls(lambda: classify(old, new, change))


@pytest.mark.parametrize("pattern", [DATED, QUOTED])
def test_labelling_a_long_paragraph_costs_in_proportion(pattern):
    def run(n: int) -> int:
        return labelling(*(article(text(pattern, n, shift), title="Mill", lang="en") for shift in (0, 7)))

    assert 6 * run(50) > run(200)


def test_one_long_sentence_of_dates_costs_in_proportion():
    def run(n: int) -> int:
        texts = (", ".join(f"May {k % 28 + 1}, {2000 + k % s}" for k in range(n)) for s in (19, 17))
        return labelling(*(article(each, lang="en") for each in texts))

    assert 6 * run(150) > run(600)


def test_words_that_other_words_begin_like_are_looked_for_in_proportion():
    def run(n: int) -> int:
        same = " ".join(f"same{k}" for k in range(n))
        old, new = (" ".join([same, *(f"{letter}{k:04}" for k in range(n))]) for letter in "ab")
        return calls(lambda: shared_words(old, new))

    run(10)
    assert run(400) < 6 * run(100)


@pytest.mark.parametrize(
    ("lang", "before", "behind"),
    [
        ("en", "The mill burnt, {word} said.", "The mill burnt, {word}led said."),
        ("de", "Die Mühle brannte, {word} sagte die Wehr.", "Die Mühle brannte, {word} sagte die Feuerwehr."),
    ],
)
def test_one_word_without_end_does_not_hold_the_service_up(lang, before, behind):
    # Expressions that were tried anew at each letter took a minute and more. Their time shows in no count of calls.
    word = "x" + "a" * 30_000
    old, new = (article(each.format(word=word), title="Mill", lang=lang) for each in (before, behind))
    began = process_time()
    classify(old, new, compare(old, new))
    assert process_time() - began < 20
