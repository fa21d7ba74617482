import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.extraction.furniture import (
    announces_links,
    is_boilerplate,
    is_credit,
    is_dateline,
    is_promo,
    is_promo_with_colon,
    is_timestamp,
)
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
from tracker.extraction.name_hints import Hint
from tracker.model.article import Block, BlockKind
from tracker.model.source import HabitKind, LineCounts

NEWS = "The council voted on Tuesday to close the bridge until the spring, after divers found cracks in two piers."
MORE = "Drivers are sent over the ring road, which takes twenty minutes longer, the council said."
NOW = datetime(2026, 11, 25, tzinfo=UTC)
TIP = "Do you know more? Write to our desk"


def test_the_article_that_makes_a_line_a_house_line_learns_it_which_is_set_aside():
    habits = LearnedBoilerplate(house=frozenset({line_key(TIP)}))
    read = apply(habits, article(NEWS, TIP, MORE))
    assert [block.text for block in read.editorial] == [NEWS, MORE]
    assert read.blocks[1].kind is BlockKind.BOILERPLATE
    assert "house line" in read.blocks[1].reason
    lines = learnable_lines(article(NEWS, MORE, TIP))
    tip = line_key(TIP)
    assert house_lines(lines, LineCounts(2, ((tip, 2),)), NOW) == ()
    [habit] = house_lines(lines, LineCounts(3, ((tip, 3),)), NOW)
    assert (habit.kind, habit.sample, habit.articles, habit.learned_at) == (HabitKind.HOUSE, TIP, 4, NOW)


def test_learning_is_no_edit_and_numbers_make_no_other_line_but_show():
    habits = LearnedBoilerplate(house=frozenset({line_key(TIP)}))
    with_it, without_it = article(NEWS, TIP, MORE), article(NEWS, MORE)
    assert with_it.sha256 != without_it.sha256
    assert apply(habits, with_it).sha256 == apply(habits, without_it).sha256
    page = article(NEWS, TIP)
    assert apply(LearnedBoilerplate(), page) is page
    assert line_key("1,204 people read this") == line_key("97 People  read this")
    assert line_key("1,204 people read this") != line_key("1,204 people wrote this")
    toll = "The fire killed 12 people at the harbour on Tuesday."
    habits = LearnedBoilerplate(house=frozenset({house_line_key(toll)}))
    old, new = article(NEWS, toll, MORE), article(NEWS, toll.replace("12", "14"), MORE)
    assert apply(habits, old).sha256 != apply(habits, new).sha256
    assert "14 people" in apply(habits, new).text


def test_notices_whole_articles_and_copies_teach_nothing():
    whole = "A page without paragraphs holds its article in one block. " * 20
    notice = Block(BlockKind.NOTICE, "This story has been corrected.")
    assert [line.sample for line in learnable_lines(article(whole, NEWS, notice, TIP))] == [NEWS, TIP]
    habits = LearnedBoilerplate(house=frozenset({house_line_key(whole), house_line_key(notice.text)}))
    assert apply(habits, article(whole, notice)).blocks == article(whole, notice).blocks
    lines = learnable_lines(article(NEWS, MORE, TIP))
    copies = LineCounts(9, tuple((line.key, 9) for line in lines))
    assert house_lines(lines, copies, NOW) == ()
    page = article(NEWS, MORE)
    habits = LearnedBoilerplate(house=frozenset({line_key(NEWS), line_key(MORE)}))
    assert apply(habits, page) == page


@pytest.mark.parametrize(
    ("with_line", "articles", "house"),
    [(1, 1, False), (3, 3, False), (4, 4, True), (4, 40, True), (4, 41, False), (30, 100, True)],
)
def test_a_line_of_many_articles_is_a_house_line(with_line, articles, house):
    assert is_house_line(TIP, with_line, articles) is house


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


@pytest.mark.parametrize(
    "text",
    [
        "5 minutes ago",
        "Updated 14:02 GMT, 3 May 2024",
        "Last updated on May 3, 2024 at 2:02 pm",
        "vor 3 Stunden",
        "03.05.2024, 14:02 Uhr",
        "Publié le 3 mai 2024 à 14h02",
        "2024年5月3日 14時02分",
        "30 Ekim 2020 Cuma 18:28",
        "19 Αυγούστου 2020 9:02 μμ",
    ],
)
def test_times_that_are_a_line(text):
    assert is_timestamp(text)


def test_sentences_with_times_are_no_timestamps_and_datelines_and_headings_no_lines():
    assert not is_timestamp("Two people died on May 3, 2024, police said.")
    assert not is_timestamp("today")
    assert not is_timestamp("Solaris 11 and 10")  # "sol" is no weekday
    assert not is_timestamp("24A")
    assert is_dateline("LONDON (Wire) —")
    assert not is_dateline("London said so.")
    assert announces_links("Related articles")
    assert announces_links("Schon gelesen?")
    assert not announces_links("A fragile truce")


@pytest.mark.parametrize(
    "text",
    [
        "See: Council Plans Vote on Terminal",
        "Read more: Why the pier cracked",
        "Lesen Sie auch: Der Pier",
        "Lire aussi",
        "Noticias relacionadas",
        "関連記事",
    ],
)
def test_promos(text):
    assert is_promo(text)


@pytest.mark.parametrize(
    "text",
    [
        "©2024 Harbourton Herald L.P.",
        "More stories like this are available on harbourton.test",
        "Sign up for our newsletter to get the latest news in your inbox.",
        "Advertisement",
        "4 min read",
        "112 comments",
        "Follow us on Facebook and Telegram",
        "Alle Rechte vorbehalten",
        "This entry was posted on Monday and is filed under City. You can follow responses by the RSS 2.0 feed.",
        "Von ada am 21.02.2021. Alle Antworten zu diesem Eintrag finden Sie im RSS 2.0. Kommentare sind geschlossen.",
        "Follow The Herald on Twitter and Instagram @herald and on Facebook. Send us a message at 555-0101.",
        "¡Mira lo que tiene nuestro canal de YouTube!",
        "Folgen Sie unserem Kanal bei WhatsApp",
        "We may earn a commission when you buy through links on this page.",
        "This post contains affiliate links.",
        "Diese Seite nutzt Cookies.",
        "Submit your letter to the editor via this form.",
        "Gefällt mir Wird geladen...",
        "Werden Sie Mitglied und lesen Sie ohne Werbung!",
        "Devenez membre et soutenez la rédaction.",
        "Die aktuelle Ausgabe des Hafenboten jetzt am Kiosk oder im Abo.",
        "We may receive compensation when you click on links to those products.",
        "Wir erhalten beim Kauf eine kleine Provision.",
        "Scroll down for video",
        "Enjoy this story? Become a member from £5 a month.",
        "Add The Herald as a preferred source on Google",
        "Follow the Herald's coverage of the harbour at https://herald.example/harbour",
        "This article originally appeared on Harbour Wire: Council closes ferry terminal",
        "Подписывайтесь на наш Telegram-канал",
        "Listen to The Quay wherever you get your podcasts.",
        "Puedes seguir a EL PUERTO en Facebook y X, o apuntarte aquí para recibir nuestra newsletter",
        "Ada Moor covers the harbour. Reach her at ada.moor@herald.example.",
    ],
)
def test_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("Reporting by Ada Moor; Editing by Ben Field", True),
        ("dpa/afp", True),
        ("aja/PAP", True),
        ("sak/Reuters", True),
        ("Photo: Ada Moor", True),
        ("Ada Moor contributed to this report.", True),
        ("Naboer så ambulanser", False),
        ("and/or", False),
        ("Photo: " + "x" * 400, False),
    ],
)
def test_credits_and_signatures_with_an_agency(text, credit):
    assert is_credit(text) is credit


@pytest.mark.parametrize(
    "text",
    [
        "Share prices fell by 3 percent, the newsletter of the exchange said on Tuesday.",
        "Advertisement " * 60,
        "The commission received a letter from the harbour office on Monday, it said.",
        "He told the court that he had used WhatsApp to follow the talks.",
        "Telegram said that it had removed the channel after a complaint by the ministry.",
        "Like many islanders, she takes the bus.",
        "Islanders who lost a boat may receive compensation, the council said.",
        "Die aktuelle Ausgabe des Fahrplans gilt seit Montag.",
        "Die neue Ausgabe der Regeln trat am Montag in Kraft.",
        "The RSS, the ideological parent of the party, said that it had no part in this choice.",
        "Follow the council's coverage of costs and you find no mention of the pier.",
        "Residents can reach the harbour office at 555-0101.",
        "Some 12,000 people are reading less than they did a year ago, says the survey of the library.",
    ],
)
def test_news_about_such_things_is_news(text):
    assert not is_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "promo"),
    [
        ("More: Islanders Fear Winter Without Ferry", True),
        ("READ MORE: Ferry fares rise", True),
        ("Lea también: El puerto", True),
        ("Lesen Sie auch: Fähre", True),
        ("More than 40 people came", False),
        ("See: " + "x" * 300, False),
    ],
)
def test_promos_that_need_no_link(text, promo):
    assert is_promo_with_colon(text) is promo


def test_the_data_files_hold_phrases_in_lower_case_and_names_of_hints():
    folder = files("tracker.extraction")
    wording = tomllib.loads(folder.joinpath("furniture.toml").read_text("utf-8"))
    lists = [(table, name, value) for table, names in wording.items() for name, value in names.items()]
    for table, name, value in lists:
        phrases = value.split() if isinstance(value, str) else value
        assert phrases
        if name != "patterns":
            unusual = [each for each in phrases if each != each.lower() or set(each) & set("?[]\\^$+")]
            assert not unusual, f"{table}.{name} has phrases, not regular expressions: {unusual}"
    hints = tomllib.loads(folder.joinpath("name_hints.toml").read_text("utf-8"))
    for name, parts in hints.items():
        assert name.upper() in vars(Hint)
        assert all(part.replace("-", "").isalpha() and part.islower() for part in parts.split()), name
