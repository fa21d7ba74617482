"""Quotations are read from files of several kinds, and citations written so that they are read again."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import UsageError
from tracker.exchange.citations import Quoted, read_quotations, write_annotations, write_csv
from tracker.exchange.tables import unguarded
from tracker.model.citation import Citation, CitationState, FollowedCitation, PassageState

URL, OTHER = "https://news.example/a", "https://other.example/b"
NOW = datetime(2026, 12, 3, 9, tzinfo=UTC)
SAID = "the harbour stayed closed to all ships"
PIECE = f"""# Storm

The [Herald]({URL}) wrote “{SAID}” and "nobody was hurt at all";
the other paper of the city, which is read in the harbour, and not in the town, says 「船は港に留まった」 at {OTHER}.

He said “so it goes on”.

As the [Post]({OTHER}) put it:

> Two sheds lost their roofs,
> and a crane has to go.
"""


def followed(quotation: str, note: str, url: str = URL) -> FollowedCitation:
    citation = Citation(1, "0123456789ab", 2, url, quotation, quotation, 0, note, NOW)
    return FollowedCitation(citation, PassageState(CitationState.ALTERED, 3, "the harbour opened"), NOW)


def test_quotations_of_an_article_belong_to_the_nearest_link():
    wanted = [
        Quoted(SAID, URL),
        Quoted("nobody was hurt at all", URL),
        Quoted("船は港に留まった", OTHER),
        Quoted("Two sheds lost their roofs, and a crane has to go.", OTHER),
    ]
    assert read_quotations(PIECE.encode(), "piece.md") == wanted
    assert read_quotations(PIECE.encode(), "piece") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            f"[A]({URL}) reported “{SAID}”. [B]({OTHER}) had “nobody was hurt”.",
            [(SAID, URL), ("nobody was hurt", OTHER)],
        ),
        (f"“{SAID}.” ([A]({URL})) “nobody was hurt.” ([B]({OTHER}))", [(SAID + ".", URL), ("nobody was hurt.", OTHER)]),
        (
            f"“{SAID}”,[^1] «nobody was hurt»[b]\n\n[^1]: A, {URL}.\n[b]: {OTHER}",
            [(SAID, URL), ("nobody was hurt", OTHER)],
        ),
        (f"![“a crane in the harbour”](https://me.example/crane.png) said “{SAID}” {URL}_(x).", [(SAID, URL + "_(x)")]),
        (f"- “{SAID}” {URL}\n- “nobody was hurt” {OTHER}", [(SAID, URL), ("nobody was hurt", OTHER)]),
        (
            f"---\ntitle: “A storm in the harbour”\nurl: {OTHER}\n---\n[A]({URL}):\n\n> {SAID}\n> — Ada Smith",
            [(SAID, URL)],
        ),
        (f"「船は港に留まった」と[言った]({URL})。", [("船は港に留まった", URL)]),
    ],
)
def test_link_of_a_quotation_in_markdown(text: str, wanted: list[tuple[str, str]]):
    assert read_quotations(text.encode(), "piece.md") == [Quoted(*each) for each in wanted]


def test_few_words_of_html_are_read():
    page = f'<p><a href="{URL}">Ada Smith</a> wrote:</p><blockquote><p>{SAID}</p><cite>— Ada Smith</cite></blockquote>'
    assert read_quotations(page.encode(), "piece.html") == [Quoted(SAID, URL)]


def test_csv_of_other_spreadsheets_is_read():
    assert read_quotations(f"x;URL;Quotation \n1;{URL};{SAID}\n".encode("utf-8-sig"), "x") == [Quoted(SAID, URL)]


def test_annotation_of_a_file_without_a_web_address_is_left_out():
    selector = {"type": "TextQuoteSelector", "exact": SAID}
    targets = [{"source": each, "selector": selector} for each in ("urn:x-pdf:1", {"id": URL})]
    assert read_quotations(json.dumps({"target": targets}).encode(), "x.json") == [Quoted(SAID, URL)]


def test_html_and_annotations_are_read():
    page = f'<article><h1>Storm</h1><p>The <a href="{URL}">Herald</a> said “{SAID}”.</p></article>'
    assert read_quotations(page.encode(), "piece.html") == [Quoted(SAID, URL)]
    target = {
        "source": URL,
        "selector": [{"type": "TextPositionSelector"}, {"type": "TextQuoteSelector", "exact": SAID}],
    }
    annotation = {"type": "Annotation", "target": target, "body": {"type": "TextualBody", "value": "mine"}}
    assert read_quotations(json.dumps([annotation]).encode(), "x") == [Quoted(SAID, URL, "mine")]
    hypothesis = {"rows": [{"uri": URL, "text": "mine", "target": [{"source": URL, "selector": target["selector"]}]}]}
    assert read_quotations(json.dumps(hypothesis).encode(), "x.json") == [Quoted(SAID, URL, "mine")]


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        (b"a,b\n1,2\n", "x.csv", "not valid CSV"),
        (b"quotation,url\nso it goes on,\n", "x.csv", "line 2 has no url"),
        (b"{", "x.json", "not valid JSON"),
        ("He said “so it goes on”.".encode(), "x.txt", "no quotation with a link"),
        (b" " * 10_000_001, "x.txt", "larger than 10 MB"),
        (
            "".join(f"“so it goes on {n}” {URL}\n\n" for n in range(1001)).encode(),
            "x.txt",
            "more than 1,000 quotations",
        ),
    ],
)
def test_file_that_cannot_be_used_is_refused(body: bytes, name: str, why: str):
    with pytest.raises(UsageError, match=why) as raised:
        read_quotations(body, name)
    assert raised.value.hint


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from(";\t\n=+-@'\" ")).filter(
    lambda text: text.strip() and unguarded(text) == text
)


@given(WORDS, st.just("") | WORDS)
def test_what_is_written_is_read_again(quotation: str, note: str):
    written = [followed(quotation, note)]
    assert read_quotations(write_csv(written).encode(), "x.csv") == [Quoted(quotation, URL, note)]
    assert read_quotations(write_annotations(written, "https://me.example").encode(), "x") == [
        Quoted(quotation, URL, note)
    ]


def test_cell_cannot_be_taken_for_a_formula():
    assert "'=1+1" in write_csv([followed("=1+1", "")])
