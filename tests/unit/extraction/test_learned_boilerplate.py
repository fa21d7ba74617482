from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.extraction.learned_boilerplate import (
    LearnedBoilerplate,
    apply,
    house_line_key,
    house_lines,
    is_house_line,
    learnable_lines,
    line_key,
    volatile_lines,
)
from tracker.model.article import Block, BlockKind
from tracker.model.source import HabitKind, LineCounts

NEWS = "The council voted on Tuesday to close the bridge until the spring, after divers found cracks in two piers."
MORE = "Drivers are sent over the ring road, which takes twenty minutes longer, the council said."
NOW = datetime(2026, 11, 25, tzinfo=UTC)
TIP = "Do you know more? Write to our desk"


def test_a_house_line_is_set_aside_and_kept():
    habits = LearnedBoilerplate(house=frozenset({line_key(TIP)}))
    read = apply(habits, article(NEWS, TIP, MORE))
    assert [block.text for block in read.editorial] == [NEWS, MORE]
    assert read.blocks[1].kind is BlockKind.BOILERPLATE
    assert "house line" in read.blocks[1].reason


def test_learning_a_line_never_looks_like_an_edit():
    habits = LearnedBoilerplate(house=frozenset({line_key(TIP)}))
    with_it, without_it = article(NEWS, TIP, MORE), article(NEWS, MORE)
    assert with_it.sha256 != without_it.sha256
    assert apply(habits, with_it).sha256 == apply(habits, without_it).sha256


def test_no_habits_change_nothing():
    page = article(NEWS, TIP)
    assert apply(LearnedBoilerplate(), page) is page


def test_numbers_do_not_make_another_line():
    assert line_key("1,204 people read this") == line_key("97 People  read this")
    assert line_key("1,204 people read this") != line_key("1,204 people wrote this")


def test_notices_and_whole_articles_in_one_block_are_never_learned():
    whole = "A page without paragraphs holds its article in one block. " * 20
    notice = Block(BlockKind.NOTICE, "This story has been corrected.")
    assert [line.sample for line in learnable_lines(article(whole, NEWS, notice, TIP))] == [NEWS, TIP]
    habits = LearnedBoilerplate(house=frozenset({house_line_key(whole), house_line_key(notice.text)}))
    assert apply(habits, article(whole, notice)).blocks == article(whole, notice).blocks


@pytest.mark.parametrize(
    ("with_line", "articles", "house"),
    [(1, 1, False), (3, 3, False), (4, 4, True), (4, 40, True), (4, 41, False), (30, 100, True)],
)
def test_a_line_of_many_articles_is_a_house_line(with_line, articles, house):
    assert is_house_line(TIP, with_line, articles) is house


def test_the_article_that_makes_a_line_a_house_line_learns_it():
    lines = learnable_lines(article(NEWS, MORE, TIP))
    tip = line_key(TIP)
    assert house_lines(lines, LineCounts(2, ((tip, 2),)), NOW) == ()
    [habit] = house_lines(lines, LineCounts(3, ((tip, 3),)), NOW)
    assert (habit.kind, habit.sample, habit.articles, habit.learned_at) == (HabitKind.HOUSE, TIP, 4, NOW)


def test_a_line_that_differs_at_every_fetch_is_volatile():
    teasers = ["Ferry fares to rise", "Mayor to step down", "Snow on the way", "Who won the derby"]
    learned = volatile_lines([article(NEWS, teaser, MORE) for teaser in teasers], NOW)
    assert {habit.key for habit in learned} == {line_key(teaser) for teaser in teasers}
    assert {habit.kind for habit in learned} == {HabitKind.VOLATILE}
    habits = LearnedBoilerplate().with_habits(learned)
    assert [block.text for block in apply(habits, article(NEWS, teasers[0], MORE)).editorial] == [NEWS, MORE]


GROWING = "At least {} people were killed, the ministry said."


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([f"Confirmed dead: {number}" for number in (12, 15, 19, 23, 40)], id="a tally that grows"),
        pytest.param([GROWING.format(number) for number in (4, 9, 15, 31)], id="a paragraph that grows"),
        pytest.param(["Ferry fares to rise", "Snow", "Snow", "Who won the derby"], id="it stood still once"),
        pytest.param(["One", "Two", "Three"], id="three fetches are too few"),
    ],
)
def test_what_grows_stands_still_or_was_seen_thrice_is_not_volatile(lines):
    assert volatile_lines([article(NEWS, line, MORE) for line in lines], NOW) == ()


BACKGROUND = "The strait was closed in March, when the ministry said that mines had been laid in it. " * 4


@pytest.mark.parametrize("text", ["The fire killed 12 people at the harbour on Tuesday.", BACKGROUND.strip()])
@pytest.mark.parametrize(
    ("with_line", "articles", "house"), [(4, 4, False), (5, 5, False), (6, 6, True), (6, 13, False), (60, 100, True)]
)
def test_numbers_and_long_paragraphs_are_house_lines_in_half_of_all_articles(text, with_line, articles, house):
    lines = learnable_lines(article(NEWS, MORE, text))
    counts = LineCounts(articles - 1, ((house_line_key(text), with_line - 1),))
    assert bool(house_lines(lines, counts, NOW)) is house


def test_another_number_in_a_house_line_shows():
    toll = "The fire killed 12 people at the harbour on Tuesday."
    habits = LearnedBoilerplate(house=frozenset({house_line_key(toll)}))
    old, new = article(NEWS, toll, MORE), article(NEWS, toll.replace("12", "14"), MORE)
    assert apply(habits, old).sha256 != apply(habits, new).sha256
    assert "14 people" in apply(habits, new).text


def test_copies_of_one_text_teach_nothing():
    lines = learnable_lines(article(NEWS, MORE, TIP))
    copies = LineCounts(9, tuple((line.key, 9) for line in lines))
    assert house_lines(lines, copies, NOW) == ()


def test_habits_that_would_empty_an_article_are_let_be():
    page = article(NEWS, MORE)
    habits = LearnedBoilerplate(house=frozenset({line_key(NEWS), line_key(MORE)}))
    assert apply(habits, page) == page


@given(st.lists(st.text(max_size=60), max_size=6), st.sets(st.integers(0, 5)))
def test_applying_twice_is_applying_once_and_loses_no_text(texts, chosen):
    page = article(*texts)
    habits = LearnedBoilerplate(house=frozenset(house_line_key(texts[i]) for i in chosen if i < len(texts)))
    once = apply(habits, page)
    assert apply(habits, once) == once
    assert [block.text for block in once.blocks] == texts


@pytest.mark.parametrize("reason", ["site rule", "time of an entry"])
def test_what_a_rule_calls_news_is_neither_learned_nor_set_aside(reason):
    told = Block(BlockKind.SUBHEAD, TIP, reason)
    assert [line.sample for line in learnable_lines(article(NEWS, told))] == [NEWS]
    assert apply(LearnedBoilerplate(house=frozenset({line_key(TIP)})), article(NEWS, told)) == article(NEWS, told)
