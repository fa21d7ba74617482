from dataclasses import replace

import pytest

from tracker import compare
from tracker.extraction.extractor import read
from tracker.extraction.headline import Titles, choose
from tracker.model.article import Article

from . import pages

COUNCIL = "Council closes the old ferry terminal"
MAY_CLOSE = "Council may close the old ferry terminal"


def page(h1: str, *, og: str = "", ld: str = "", html: str = "") -> bytes:
    script = pages.ld(headline=ld) if ld else ""
    return (
        f'<html><head><title>{html}</title><meta property="og:title" content="{og}">{script}</head>'
        f"<body><article><h1>{h1}</h1>{pages.TEXT}</article></body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("h1", "og", "ld", "html", "title"),
    [
        # one other surface repeats the h1: it is the headline, whatever the others say
        (COUNCIL, "Islanders lose their link to the shore", COUNCIL, "Ferry news | Herald", COUNCIL),
        (COUNCIL, "Islanders lose their link to the shore", "Islanders left behind", COUNCIL, COUNCIL),
        # it stands alone against JSON-LD and a second one
        ("“Nobody asked us”", COUNCIL, COUNCIL, "Ferry news", COUNCIL),
        ("“Nobody asked us”", "Ferry news", COUNCIL, f"{COUNCIL} | Herald", COUNCIL),
        # og:title and <title> alone may be one field of the editor's
        ("“Nobody asked us”", COUNCIL, "", f"{COUNCIL} | Herald", "“Nobody asked us”"),
        # an edit of what the others say: they lag behind
        (MAY_CLOSE, COUNCIL, COUNCIL, COUNCIL, MAY_CLOSE),
        (f"Ministers: {COUNCIL}!", f"{COUNCIL}!", "", "", f"{COUNCIL}!"),
        # the others add a kicker or a subtitle
        (COUNCIL, f"Harbourton: {COUNCIL}", f"Harbourton: {COUNCIL}", "", f"Harbourton: {COUNCIL}"),
        (COUNCIL, f"{COUNCIL} – a long farewell", f"{COUNCIL} – a long farewell", "", f"{COUNCIL} – a long farewell"),
        # only the page sets the kicker apart: the others write the sign
        (f"Ferries {COUNCIL}", f"Ferries: {COUNCIL}", f"Ferries: {COUNCIL}", "", f"Ferries: {COUNCIL}"),
        # a short name after a bar is the outlet's, whatever the outlet calls itself elsewhere
        (COUNCIL, f"{COUNCIL} | HBT", f"{COUNCIL} | HBT", f"{COUNCIL} | HBT", COUNCIL),
        # kickers that differ are none of the headline
        (f"Ferries - {COUNCIL}", f"Crisis of the islands: {COUNCIL}", "", "", COUNCIL),
        # <title> alone repeats the h1, two others say alike what it does not
        (f"{COUNCIL} after survey", COUNCIL, COUNCIL, f"{COUNCIL} after survey", COUNCIL),
        ("", f"{COUNCIL} | Herald", "", "", COUNCIL),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_which_surface_is_the_headline(h1, og, ld, html, title):
    assert choose(h1, Titles(og, ld, html, "Herald")).title == title


def test_sections_and_names_around_a_known_headline_are_no_part_of_it():
    chosen = choose("", Titles(f"Regional | {COUNCIL} - Ferries | Herald", COUNCIL, "", "Herald"))
    assert (chosen.title, chosen.source) == (COUNCIL, "og:title")


@pytest.mark.parametrize("prefix", ["Ministers: ", "Now ", ""])
def test_an_edit_of_the_h1_alone_shows_in_the_title(prefix):
    before = page(COUNCIL, og=COUNCIL, ld=COUNCIL, html=f"{COUNCIL} | Herald")
    edited = f"{prefix}{COUNCIL}".replace("old", "new")
    after = before.replace(f"<h1>{COUNCIL}".encode(), f"<h1>{edited}".encode())
    assert read(before).article.title == COUNCIL
    assert read(after).article.title == edited


def test_an_h1_written_anew_while_all_else_stays_is_a_change_too():
    before = read(page(COUNCIL, og=COUNCIL, ld=COUNCIL, html=COUNCIL)).article
    after = read(page("“Nobody asked us”, islanders say", og=COUNCIL, ld=COUNCIL, html=COUNCIL)).article
    assert after.title == COUNCIL
    assert after.heading == after.shown_title == "“Nobody asked us”, islanders say"
    assert dict(after.fields)["title"] == "og:title"
    assert before.sha256 != after.sha256
    change = compare(before, after)
    assert not change.is_empty
    assert (change.title.old, change.title.new) == (COUNCIL, "“Nobody asked us”, islanders say")


def test_a_title_that_changes_where_readers_do_not_look_is_told_too():
    old = Article(title="One", heading="Shown")
    change = compare(old, replace(old, title="Two"))
    assert (change.title.old, change.title.new) == ("One", "Two")


def test_versions_from_before_there_was_a_heading_keep_their_identity():
    assert Article(title=COUNCIL).sha256 == "cb98381f479c862a9d442e82fcd60523768995483dfc2fc34f7bdb47779c42cf"


@pytest.mark.parametrize("home", ["/", "https://herald.example", "//herald.example/"])
def test_an_h1_that_leads_to_the_first_page_is_the_masthead(home):
    shown = page(f'<a href="{home}">The Harbour Herald</a>', html=f"The Harbour Herald » {COUNCIL}")
    article = read(shown.replace(b"</h1>", f"</h1><h2>{COUNCIL}</h2>".encode())).article
    assert (article.title, article.headlines.h1) == (COUNCIL, "")


@pytest.mark.parametrize(
    ("href", "html"), [("https://herald.example/ferry", "The Harbour Herald"), ("/", f"{COUNCIL} | Herald")]
)
def test_a_linked_headline_stays(href, html):
    assert read(page(f'<a href="{href}">{COUNCIL}</a>', html=html)).article.headlines.h1 == COUNCIL


def test_a_masthead_is_the_title_of_a_page_that_has_no_other():
    assert read(page('<a href="/">The Harbour Herald</a>')).article.title == "The Harbour Herald"


def test_a_linked_h1_of_a_teaser_on_the_same_topic_is_not_the_headline():
    teaser = '<section><h1><a href="/b">Council and islanders at odds over the ferry</a></h1></section>'
    found = page(COUNCIL, og="Ferry: what the council and the islanders want", html="What now for the ferry?")
    assert read(found.replace(b"</article>", f"</article>{teaser}".encode())).article.title == COUNCIL


def test_the_first_h1_that_agrees_is_the_headline_not_a_copy_below():
    copy = f'<div class="print"><h1>{COUNCIL}</h1></div>'
    before = page(COUNCIL, og=COUNCIL, ld=COUNCIL, html=COUNCIL).replace(b"</article>", f"</article>{copy}".encode())
    edited = before.replace(f"<article><h1>{COUNCIL}".encode(), f"<article><h1>{MAY_CLOSE}".encode())
    assert read(edited).article.title == MAY_CLOSE


@pytest.mark.parametrize(
    ("h1", "other", "title"),
    [
        ("Ferries: Council closes terminal", "Council closes terminal", "Council closes terminal"),
        (
            "<span>Ferries</span> <span>Council closes terminal</span>",
            "Council closes terminal",
            "Council closes terminal",
        ),
        ("Harbourton council closes terminal", "council closes terminal", "Harbourton council closes terminal"),
        ("Ferries: Council closes terminal", "Council shuts terminal", "Ferries: Council closes terminal"),
        (
            "The best of the islands: Council closes terminal",
            "Council closes terminal",
            "The best of the islands: Council closes terminal",
        ),
        ("One pier-less town closes terminal", "less town closes terminal", "One pier-less town closes terminal"),
    ],
)
def test_a_kicker_before_the_headline_is_no_part_of_it(h1, other, title):
    found = read(page(h1, og=other, html=other)).article
    assert found.title == title
    assert found.headlines.h1 == " ".join(h1.replace("<span>", "").replace("</span>", "").split())


CRUMB = "Ferry terminal: what the council decided"
SHOWN = "Islanders lose their last boat to the mainland"


@pytest.mark.parametrize(
    ("below", "og", "title"),
    [
        (f"<h2>{SHOWN}</h2>", SHOWN, SHOWN),
        (f"<h2><span>Ferries</span> {SHOWN}</h2>", SHOWN, SHOWN),
        (f"<h2>Anger on the pier <div>{SHOWN}</div></h2>", f"Anger on the pier: {SHOWN}", SHOWN),
        (f'<h2><a href="/other">{SHOWN}</a></h2>', SHOWN, CRUMB),
        ("<h2>What islanders say about it now</h2>", SHOWN, CRUMB),
    ],
)
def test_the_heading_that_a_surface_repeats_heads_the_text_below_the_h1_of_a_breadcrumb(below, og, title):
    plain, crumb = f"<h1>{CRUMB}</h1>".encode(), f"<ul><li><h1>{CRUMB}</h1></li></ul><header>{below}</header>".encode()
    found = read(page(CRUMB, og=og, html=CRUMB).replace(plain, crumb)).article
    assert found.title == title
    assert found.headlines.h1 == CRUMB
    assert found.heading == (CRUMB if title != CRUMB else "")
    assert found.dek != SHOWN


def test_an_edit_of_the_h1_is_seen_where_a_heading_below_it_repeats_the_old_one():
    edited = page(f"Most of the {SHOWN}", og=SHOWN, html=SHOWN).replace(b"</h1>", f"</h1><h2>{SHOWN}</h2>".encode())
    assert read(edited).article.title == f"Most of the {SHOWN}"


def test_an_edit_of_the_h1_alone_is_seen_with_and_without_kicker():
    before, after = (page(f"Ferries: {title}", og=COUNCIL, html="Herald") for title in (COUNCIL, MAY_CLOSE))
    assert read(before).article.title == COUNCIL
    assert read(after).article.title == f"Ferries: {MAY_CLOSE}"


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("섬으로 가는 배가 끊겼다… 주민들 '막막'-사회ㅣ항구일보", "섬으로 가는 배가 끊겼다… 주민들 '막막'"),
        ("港の連絡船が廃止へ｜港日報", "港の連絡船が廃止へ"),
        ("Harbour-side ferry closes | 항구일보", "Harbour-side ferry closes"),
    ],
)
def test_names_and_sections_are_cut_where_no_blanks_part_them(title, bare):
    site = "港日報" if "港" in title else "항구일보"
    assert choose("", Titles(title, "", title, site)).title == bare


def test_the_outlet_before_the_headline_is_cut():
    chosen = choose("", Titles("Harbour Herald | Council closes the old terminal for good", site="Harbour Herald"))
    assert chosen.title == "Council closes the old terminal for good"


def test_endless_headlines_take_no_endless_time():
    one, other = "a b " * 200_000, "b c " * 200_000
    assert choose(one, Titles(other, other, other, "Herald")).title
