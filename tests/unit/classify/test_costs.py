"""What a text costs grows with its length, not with the square of it: calls are counted where they can show it."""

import sys
from time import process_time

import pytest

from tests.articles import article
from tracker.classify.label import classify
from tracker.classify.mentions import mentions
from tracker.diff.comparison import compare
from tracker.diff.words import shared_words


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


@pytest.mark.parametrize("pattern", [DATED, QUOTED])
def test_labelling_a_long_paragraph_costs_in_proportion(pattern):
    def run(n: int) -> None:
        old, new = (article(text(pattern, n, shift), title="Mill", lang="en") for shift in (0, 7))
        change = compare(old, new)
        counted.append(calls(lambda: classify(old, new, change)))

    counted: list[int] = []
    run(50)
    run(200)
    assert counted[1] < 6 * counted[0]


def test_one_long_sentence_of_dates_costs_in_proportion():
    def run(n: int) -> None:
        old, new = (
            article(", ".join(f"May {k % 28 + 1}, {2000 + k % s}" for k in range(n)), lang="en") for s in (19, 17)
        )
        change = compare(old, new)
        counted.append(calls(lambda: classify(old, new, change)))

    counted: list[int] = []
    run(150)
    run(600)
    assert counted[1] < 6 * counted[0]


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
