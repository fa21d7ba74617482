from time import process_time

import pytest

from tracker.extraction.byline import is_name, names, names_in_json, starts_byline
from tracker.extraction.extractor import read

from .pages import PARAGRAPHS, article, ld


def person(name: str) -> dict[str, str]:
    return {"@type": "Person", "name": name}


def organization(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name}


OUTLET = ld(author=organization("Harbourton Herald"))
MOOR_AND_STEIN = ld(author=[person("Ada Moor"), person("Clara Stein")])
TEAM = "".join(f"<p><a href='/author/{n}'>{name}</a></p>" for n, name in enumerate(("Ada Moor", "Ben Field")))
CASES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "agencies listed with persons are kept as JSON-LD has them": (
        article(head=ld(author=[person("Ada Moor"), organization("SDA")])),
        ("Ada Moor", "SDA"),
    ),
    "the outlet listed with persons is not": (
        article(head=ld(author=[person("Ada Moor"), organization("Harbourton Herald")])),
        ("Ada Moor",),
    ),
    "the outlet signs where nobody else does": (article(head=OUTLET), ("Harbourton Herald",)),
    "an address is no name": (article(head='<meta name="author" content="https://x.test/ada">'), ()),
    "a publisher named as author is the outlet": (
        article(
            head='<meta name="author" content="Quay (www.quay.test)"><meta name="publisher" content="Quay">',
            after="<ul><li>Date 3 May</li><li>Author Ada Moor</li></ul>",
        ),
        ("Ada Moor",),
    ),
    "a line that begins as a byline": (article(before="<div>By Ada Moor</div>"), ("Ada Moor",)),
    "a name in a box of that name": (article(before='<span class="author-name">Ada Moor</span>'), ("Ada Moor",)),
    "a byline goes before the outlet": (article(head=OUTLET, before="<div>By Ada Moor</div>"), ("Ada Moor",)),
    "two names alone in a line": (article(before="<div>Ada Moor/Ben Field</div>"), ("Ada Moor", "Ben Field")),
    "a name and a day alone in a line": (article(before="<div>Ada Moor 3 May 2024</div>"), ("Ada Moor",)),
    "a name alone below the headline": (article("<p>Ada Moor</p>", at=0), ("Ada Moor",)),
    "a name in capitals below the headline": (article("<p>ADA DE LA MOOR</p>", at=0), ("ADA DE LA MOOR",)),
    "metadata that says more of the same people": (
        article(head=MOOR_AND_STEIN, before='<p class="byline">By Ada Moor</p><p class="share">Tools</p>'),
        ("Ada Moor", "Clara Stein"),
    ),
    "a name below the last paragraph signs the text": (article("<p>Ada Moor</p>", head=OUTLET), ("Ada Moor",)),
    "a name before the last paragraph does not": (
        article(f"<p>Ada Moor</p><p>{PARAGRAPHS[0]}</p>", head=OUTLET),
        ("Harbourton Herald",),
    ),
    "a label that ends with a colon names nobody": (
        article(before='<div class="commentary-byline">Number Comments:</div>'),
        (),
    ),
    "a box among the paragraphs signs nothing": (
        article("<div><h3>The Weekend Read</h3><p>Our best reports.</p></div>", at=2),
        (),
    ),
    "a list of authors above the headline wrote nothing of it": (
        article().replace(b"<h1", TEAM.encode() + b"<h1"),
        (),
    ),
    "a byline in several elements that names more people than metadata": (
        article(
            head=ld(author=person("Ada Moor")),
            before='<address class="name">Ben Field</address><address class="name">Ada Moor</address>',
        ),
        ("Ben Field", "Ada Moor"),
    ),
    "two sources of metadata that agree beat a name elsewhere on the page": (
        article(
            head=ld(author=person("Ada Moor")) + '<meta name="author" content="Ada Moor">',
            before="<h2>Don’t fear the pier</h2><p>By Ben Field</p>",
        ),
        ("Ada Moor",),
    ),
    "also one of a single word": (
        article(
            head='<meta name="author" content="Ada"><meta name="twitter:label1" content="Written by">'
            '<meta name="twitter:data1" content="Ada">',
            before="<p>By Ben Field</p>",
        ),
        ("Ada",),
    ),
    "a name in two parts": (
        article(head=ld(author={"@type": "Person", "givenName": "Ada", "familyName": "Moor"})),
        ("Ada Moor",),
    ),
    "who took the picture is no author": (
        article(head='<meta name="author" content="Text: Ada Moor, Foto: Ben Field">'),
        ("Ada Moor",),
    ),
    "an agency in a line of its own is not": (article(before='<p class="byline">Associated Press</p>'), ()),
    "who comments is no author": (
        article('<div class="comments"><p class="comment-author">Ben Field</p></div>', at=len(PARAGRAPHS)),
        (),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_signed(case):
    page, byline = CASES[case]
    assert read(page).article.byline == byline


def test_a_byline_on_the_page_goes_before_the_outlet_and_metadata_and_its_edit_is_seen():
    found = read(article("<p>Ada Moor/Ben Field</p>", head=ld(author={"name": "Harbourton Desk"}), at=0)).article
    assert found.byline == ("Ada Moor", "Ben Field")
    assert dict(found.fields)["byline"] == "lone name"
    page = article(head=ld(author=person("Upload Desk")), before='<div class="author">Ada Moor</div>')
    found = read(page).article
    assert found.byline == ("Ada Moor",)
    assert dict(found.fields)["byline"] == "page"
    edited = page.replace(b"Ada Moor", b"Ben Field")
    assert read(edited).article.byline == ("Ben Field",)
    page = article(head=MOOR_AND_STEIN, before='<p class="byline">By Ada Moor and Clara Stein</p>')
    assert dict(read(page).article.fields)["byline"] == "json-ld"
    edited = page.replace(b"By Ada Moor", b"By Ben Field")
    assert read(edited).article.byline == ("Ben Field", "Clara Stein")


@pytest.mark.parametrize("text", ["Related Stories", "Thank You", "Sign Up Now", "Contact Us", "Advertisement Here"])
def test_what_closes_a_page_signs_nothing(text):
    assert read(article(f"<p>{text}</p>", head=OUTLET)).article.byline == ("Harbourton Herald",)


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


@pytest.mark.parametrize(
    "line",
    [
        "<h3>Key Points</h3>",
        "<ol><li>Your Rights</li></ol>",
        "<table><tr><td><a href='#a'>A. Definitions</a></td><td>Some terms</td></tr></table>",
        "<div>TABLE OF CONTENTS</div>",
        "<p><em>Letzte Aktualisierung: May 26, 2026</em></p>",
        "<p>#Travel #Winter</p>",
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
    assert read(article(line, at=0)).article.byline == ()


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
        "<p>By Ada Moor | Filed under Foreign Policy, Harbour News</p>",
        "<p>By Ada Moor · Categories: Foreign Policy, Harbour News</p>",
        "<p><a href='/author/ada-moor'>Ada Moor</a></p><p>Authors: Ben Field and Clara Stein (of the report)</p>",
    ],
)
def test_links_to_an_authors_page_and_dated_bylines_name_the_author(line):
    assert read(article(line, at=0)).article.byline == ("Ada Moor",)


def test_accounts_and_whole_books_are_no_names_and_bylines_begin_with_a_word():
    book = "The council counted 4,711 votes and 12.5 per cent of 900. " * 1_200
    started = process_time()
    assert read(f"<article><h1>Votes counted</h1><p>{book}</p></article>".encode()).article.byline == ()
    assert process_time() - started < 3
    for login in ("admin", "ada_moor7", "ada.moorland"):
        assert read(article(head=ld(author=person(login)))).article.byline == ()
    assert read(article(head=ld(author=organization("quay.test")))).article.byline == ("quay.test",)
    assert read(article("<p>By Ada Moor</p>", at=0, head=ld(author=person("admin")))).article.byline == ("Ada Moor",)
    assert starts_byline("By Ada Moor")
    assert starts_byline("Author: Ada Moor")
    assert not starts_byline("Ada Moor says")


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Écrit par"])
def test_the_author_that_a_card_for_sharing_names_is_the_author(label):
    card = f'<meta name="twitter:label1" content="{label}"><meta name="twitter:data1" content="Ada Moor">'
    assert read(article(head=card)).article.byline == ("Ada Moor",)
    other = '<meta name="twitter:label1" content="Reading time"><meta name="twitter:data1" content="Five Minutes">'
    assert read(article(head=other)).article.byline == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ada Moor and Ben Field", ["Ada Moor", "Ben Field"]),
        ("Von Clara Stein, Dirk Holm", ["Clara Stein", "Dirk Holm"]),
        ("Par Émile Roux et Zoé Blanc", ["Émile Roux", "Zoé Blanc"]),
        ("Ada Moor, Political Editor", ["Ada Moor"]),
        ("Ada Moor (amo), Ben Field (bef)", ["Ada Moor", "Ben Field"]),
        ("https://x.test/author/ada", []),
        ("ada@x.test", []),
        ("김민수 기자", ["김민수"]),
        ("Ada Moor | Updated 14:02", ["Ada Moor"]),
        ("Ada Moor & ADA MOOR", ["Ada Moor"]),
        ("Photo by Ada Moor", []),
    ],
)
def test_names_of_a_byline(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Moor, breaking stories", ["Ada Moor"]),
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


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Ludwig van der Beek", True),
        ("William K. Moor", True),
        ("김민수", True),
        ("Newsroom", False),
        ("the quick fox", False),
        ("WDR Studio", False),
    ],
)
def test_names_are_people_and_no_institutions(text, person):
    assert is_name(text) is person


def test_json_ld_authors_of_any_shape():
    assert names_in_json({"@type": "Person", "name": "Ada Moor"}) == ["Ada Moor"]
    assert names_in_json([{"name": ["Ada Moor", "Ben Field"]}, "Clara Stein"]) == [
        "Ada Moor",
        "Ben Field",
        "Clara Stein",
    ]
    assert names_in_json({"name": 5}) == []
    assert names_in_json(None) == []
