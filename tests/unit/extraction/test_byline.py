import json
from time import process_time

import pytest

from tracker.extraction.extractor import read
from tracker.extraction.person_names import is_name, names

from .pages import PARAGRAPHS, article


def ld(**values: object) -> str:
    data = {"@type": "NewsArticle", "headline": "Council closes ferry terminal"} | values
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def person(name: str, kind: str = "Person") -> dict[str, str]:
    return {"@type": kind, "name": name}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ada MoorSept. 19, 2016", ["Ada Moor"]),
        ("By Ada MoorStaff Writer", ["Ada Moor"]),
        ("Ada MoorRedakteur", ["Ada Moor"]),
        ("by Ada Moor @adamoor November 29, 2016: 3:42 PM ET", ["Ada Moor"]),
        ("By Ada Moor on December 13, 2016", ["Ada Moor"]),
        ("By Ada Moor Published in Front Page", ["Ada Moor"]),
        ("Wednesday January 18, 2017 10:44 am PST by Ada Moor", ["Ada Moor"]),
        ("By W. K. Moor, T.C. Field and Ada K. Stein", ["W. K. Moor", "T.C. Field", "Ada K. Stein"]),
        ("Autorin/Autor Ada Moor", ["Ada Moor"]),
        ("著者 Ada Moor", ["Ada Moor"]),
        ("Kommentar von Ada Moor", ["Ada Moor"]),
        ("Ada Moor Korrespondent von der Küste, 3. Mai", []),
        ("Photo Ada Moor?", []),
        ("By Friday Updated", []),
    ],
)
def test_names_among_times_roles_and_handles(text, expected):
    assert names(text, strict=True) == expected


def test_an_institution_in_capitals_is_no_person_beside_a_comma():
    assert is_name("William K. Moor")
    assert not is_name("WDR Studio")


def test_agencies_beside_persons_are_kept_as_json_ld_has_them():
    both = [person("Ada Moor"), person("SDA", "Organization")]
    assert read(article(head=ld(author=both))).article.byline == ("Ada Moor", "SDA")


def test_the_outlet_beside_persons_is_not():
    both = [person("Ada Moor"), person("Harbourton Herald", "Organization")]
    assert read(article(head=ld(author=both))).article.byline == ("Ada Moor",)


def test_a_byline_on_the_page_goes_before_the_outlet():
    found = read(article("<p>Ada Moor/Ben Field</p>", head=ld(author={"name": "Harbourton Desk"}), at=0)).article
    assert found.byline == ("Ada Moor", "Ben Field")
    assert dict(found.fields)["byline"] == "lone name"


def test_the_outlet_signs_where_nobody_else_does():
    assert read(article(head=ld(author=person("Harbourton Herald", "Organization")))).article.byline == (
        "Harbourton Herald",
    )


def test_a_publisher_named_as_author_is_the_outlet():
    head = '<meta name="author" content="Quay Media (www.quay.test)"><meta name="publisher" content="Quay Media">'
    page = article(head=head, after="<ul><li>Date 3 May</li><li>Author Ada Moor</li></ul>")
    assert read(page).article.byline == ("Ada Moor",)


def test_what_readers_see_goes_before_metadata_that_names_others():
    page = article(head=ld(author=person("Upload Desk")), before='<div class="author">Ada Moor</div>')
    found = read(page).article
    assert found.byline == ("Ada Moor",)
    assert dict(found.fields)["byline"] == "page"
    edited = page.replace(b"Ada Moor", b"Ben Field")
    assert read(edited).article.byline == ("Ben Field",)


def test_an_edit_of_the_visible_byline_alone_is_seen():
    head = ld(author=[person("Ada Moor"), person("Clara Stein")])
    page = article(head=head, before='<p class="byline">By Ada Moor and Clara Stein</p>')
    assert dict(read(page).article.fields)["byline"] == "json-ld"
    edited = page.replace(b"By Ada Moor", b"By Ben Field")
    assert read(edited).article.byline == ("Ben Field", "Clara Stein")


def test_metadata_that_says_more_of_the_same_people_is_believed():
    head = ld(author=[person("Ada Moor"), person("Clara Stein")])
    page = article(head=head, before='<p class="byline">By Ada Moor</p><p class="share">Tools</p>')
    assert read(page).article.byline == ("Ada Moor", "Clara Stein")


def test_a_name_below_the_last_paragraph_signs_the_text():
    page = article("<p>Ada Moor</p>", head=ld(author=person("Harbourton Herald", "Organization")))
    assert read(page).article.byline == ("Ada Moor",)
    other = article(
        f"<p>Ada Moor</p><p>{PARAGRAPHS[0]}</p>", head=ld(author=person("Harbourton Herald", "Organization"))
    )
    assert read(other).article.byline == ("Harbourton Herald",)


@pytest.mark.parametrize("text", ["Related Stories", "Thank You", "Sign Up Now", "Contact Us", "Advertisement Here"])
def test_what_closes_a_page_signs_nothing(text):
    page = article(f"<p>{text}</p>", head=ld(author=person("Harbourton Herald", "Organization")))
    assert read(page).article.byline == ("Harbourton Herald",)


def test_a_label_that_ends_with_a_colon_names_nobody():
    page = article(before='<div class="commentary-byline">Number Comments:</div>')
    assert read(page).article.byline == ()


@pytest.mark.parametrize(
    "author",
    [
        [1] * 900_000,
        [[]] * 300_000,
        [{"@type": "Person"}] * 100_000,
        "9 " * 400_000 + "by",
    ],
)
def test_endless_authors_take_no_endless_time(author):
    page = article(head=ld(author=author))
    assert read(page).article.byline == ()


@pytest.mark.parametrize("text", ["Foto: REUTERS/Ben Field", "Photo by Ben Field", "© Ben Field", "Fot. / Ben Field"])
def test_who_took_the_picture_wrote_nothing(text):
    page = article(head=ld(author=person("Ada Moor")), before=f'<p class="image-author">{text}</p>')
    assert read(page).article.byline == ("Ada Moor",)
    assert read(article(before=f'<p class="image-author">{text}</p>')).article.byline == ()


def test_a_box_among_the_paragraphs_signs_nothing():
    box = "<div><h3>The Weekend Read</h3><p>Our best reports.</p></div>"
    assert read(article(box, at=2)).article.byline == ()


@pytest.mark.parametrize(
    "line",
    [
        "<h3>Key Points</h3>",
        "<ol><li>Your Rights</li></ol>",
        "<table><tr><td><a href='#a'>A. Definitions</a></td><td>Some terms</td></tr></table>",
        "<details><summary>See Details</summary><p>Some terms</p></details>",
        "<div>TABLE OF CONTENTS</div>",
        "<p><em>Letzte Aktualisierung: May 26, 2026</em></p>",
        "<p>#Travel #Winter</p>",
        "<p>Council Papers</p>",
        # topics and buttons, which lead elsewhere than to a person
        "<p><a href='/category/island-life'>Island Life</a></p>",
        "<p>3 May 2026 · <a href='/topics/harbour'>Harbour News</a>, <a href='/blog'>Blog</a></p>",
        "<div><a href='https://social.example/share'>Send Link</a></div>",
        # more than names
        "<p>Island Life, Decluttering</p>",
        "<p>Click To Share</p>",
        "<p>受付中</p>",
    ],
)
def test_a_lone_line_that_is_no_name_names_nobody(line):
    page = article(line, at=0, title="Council Papers - About the council")
    assert read(page).article.byline == ()


@pytest.mark.parametrize(
    "line",
    [
        "<div>3 May 2026 <a href='/author/ada-moor/'>Ada Moor</a> <a href='/category/sea'>Life At Sea</a>, News</div>",
        "<div><a href='https://herald.example/about/newsteam/moor'><b>Ada</b> Moor</a></div>",
        "<p>Published 3 May 2026 by Ada Moor | Last updated 4 May 2026</p>",
        "<p>May 3, 2026 by Ada Moor</p>",
        "<p>Written by:Ada Moor</p>",
        "<p>by Ada Moor ● May 3, 2026 ● 6 min read</p>",
        "<p>Ada Moor, May 3, 2026</p>",
    ],
)
def test_links_to_an_authors_page_and_dated_bylines_name_the_author(line):
    assert read(article(line, at=0)).article.byline == ("Ada Moor",)


def test_a_list_of_authors_above_the_headline_wrote_nothing_of_it():
    team = "".join(f"<p><a href='/author/{n}'>{name}</a></p>" for n, name in enumerate(("Ada Moor", "Ben Field")))
    assert read(article().replace(b"<h1", team.encode() + b"<h1")).article.byline == ()


def test_who_comments_is_no_author():
    comment = '<div class="comments"><p class="comment-author">Ben Field</p></div>'
    assert read(article(comment, at=len(PARAGRAPHS))).article.byline == ()


def test_a_name_alone_below_the_headline_is_still_the_author():
    assert read(article("<p>Ada Moor</p>", at=0)).article.byline == ("Ada Moor",)
    assert read(article("<p>ADA DE LA MOOR</p>", at=0)).article.byline == ("ADA DE LA MOOR",)


def test_one_paragraph_of_a_whole_book_is_no_name_and_takes_no_time():
    book = "The council counted 4,711 votes and 12.5 per cent of 900. " * 1_200
    started = process_time()
    assert read(f"<article><h1>Votes counted</h1><p>{book}</p></article>".encode()).article.byline == ()
    assert process_time() - started < 3
