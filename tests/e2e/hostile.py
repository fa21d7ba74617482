"""The 262 responses of broken and hostile servers, each made when it is requested and served at its own address.

Those that are `kept` are readable pages nevertheless; every other one must end in a named failure.
"""

import asyncio
import gzip
import itertools
import json
import random
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache, partial

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Answer = bytes | Callable[[], bytes] | Callable[[], AsyncIterator[bytes]]
HTML = "Content-Type: text/html; charset=utf-8"
SENTENCE = "The council said on Tuesday that the bridge would be closed for repairs until the end of the month. "


@dataclass(frozen=True)
class Case:
    """One response.

    Attributes:
        kind: what is requested: "article", "feeds" or "sitemaps".
        again: the article is visited again every few seconds.
        robots: the response for robots.txt, if not 404.
    """

    name: str
    answer: Answer
    kind: str = "article"
    kept: bool = False
    again: bool = False
    robots: Answer | None = None


def made(answer: Answer) -> bytes | AsyncIterator[bytes]:
    """Return an answer, or the parts of one that comes slowly."""
    return answer if isinstance(answer, bytes) else answer()


def page(extra: str = "", *, head: str = "", title: str = "Bridge closed") -> bytes:
    body = "".join(f"<p>{SENTENCE * 3}Paragraph {n}.</p>" for n in range(6))
    top = f"<!doctype html><html><head><title>{title}</title>{head}</head>"
    return f"{top}<body><article><h1>{title}</h1>{body}{extra}</article></body></html>".encode()


def whole(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(headers or (HTML,)), f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, "Connection: close"]).encode("latin-1") + b"\r\n\r\n" + body


def eof(body: bytes, *headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *(headers or (HTML,)), "Connection: close"]).encode() + b"\r\n\r\n" + body


def chunks(body: bytes, *headers: str, size: int = 1000, end: bool = True, extension: bytes = b"") -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", *(headers or (HTML,)), "Transfer-Encoding: chunked", "Connection: close"])
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return head.encode() + b"\r\n\r\n" + framed + (b"0\r\n\r\n" if end else b"")


async def drip(head: bytes, pause: float) -> AsyncIterator[bytes]:
    yield head
    for _ in range(1000):
        await asyncio.sleep(pause)
        yield b"x"


async def silence(head: bytes) -> AsyncIterator[bytes]:
    yield head
    await asyncio.sleep(120)


async def flood(head: bytes, piece: bytes) -> AsyncIterator[bytes]:
    yield head
    for _ in range(3000):
        yield piece


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstd.compress,
}


def _bombs() -> list[Case]:
    zeros = bytes(64 * 1024 * 1024)
    made = [
        Case(f"bomb {coding}", lambda pack=pack, coding=coding: whole(pack(zeros), HTML, f"Content-Encoding: {coding}"))
        for coding, pack in PACK.items()
    ]
    twice = gzip.compress(gzip.compress(bytes(4_000_000)))
    return [
        *made,
        Case("bomb gzip in gzip", whole(twice, HTML, "Content-Encoding: gzip, gzip")),
        Case("bomb of many members", whole(gzip.compress(b"x") * 5000, HTML, "Content-Encoding: gzip")),
        Case("a flood without end", lambda: flood(eof(b"<html><body>"), b"<p>" + b"x" * 65_000)),
        Case("a flood of chunks of one byte", lambda: flood(chunks(b"", end=False), b"1\r\nx\r\n" * 1000)),
    ]


def _cuts() -> list[Case]:
    made = []
    for coding, pack in PACK.items():
        packed = pack(page())
        header = f"Content-Encoding: {coding}"
        cut = packed[: len(packed) * 2 // 3]
        made += [
            Case(f"cut {coding}, its own length", whole(cut, HTML, header)),
            Case(f"cut {coding}, the whole's length", whole(cut, HTML, header, length=len(packed))),
            Case(f"cut {coding}, until the end", eof(cut, HTML, header)),
            Case(f"cut {coding}, chunks without end", chunks(cut, HTML, header, end=False)),
            Case(f"not {coding} at all", whole(page(), HTML, header)),
        ]
    return [
        *made,
        Case("cut identity, the whole's length", whole(page()[:900], length=len(page()))),
        Case("cut identity, until the end", eof(page()[:900])),
        Case("cut identity, chunks without end", chunks(page()[:900], end=False)),
        Case("an unknown coding", whole(page(), HTML, "Content-Encoding: rot13")),
    ]


def _lines() -> list[Case]:
    good = whole(page())
    head, _, body = good.partition(b"\r\n\r\n")
    many = "\r\n".join(f"X-{n}: {n}" for n in range(5000))
    return [
        Case("nothing", b""),
        Case("a word", b"hello"),
        Case("HTTP/0.9", page()),
        Case("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("a status of letters", b"HTTP/1.1 OK fine\r\n\r\n"),
        Case("random bytes", lambda: random.Random(1).randbytes(5000)),
        Case("random bytes as a body", lambda: whole(random.Random(2).randbytes(50_000))),
        Case("five thousand headers", head + b"\r\n" + many.encode() + b"\r\n\r\n" + body),
        Case("a header of five megabytes", head + b"\r\nX-Long: " + b"x" * 5_000_000 + b"\r\n\r\n" + body),
        Case("a header without end", lambda: flood(head + b"\r\nX-Long: ", b"x" * 65_000)),
        Case("a header in drips", lambda: drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", 0.5)),
        Case("a body in drips", lambda: drip(eof(b"<html>"), 0.5)),
        Case("silence before the head", lambda: silence(b"")),
        Case("silence after the head", lambda: silence(whole(b"", length=5000))),
        Case(
            "informational answers without end",
            lambda: flood(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 50),
        ),
        Case("two lengths", head + b"\r\nContent-Length: 7\r\n\r\n" + body),
        Case("a length and chunks", head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + body),
        Case("a negative length", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + body),
        Case("a length past all numbers", b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n" + body),
        Case("chunks with long extensions", chunks(page(), extension=b";x=" + b"y" * 100_000), kept=True),
        Case("a chunk of endless size", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"),
        Case("NUL in a header", head + b"\r\nX-Nul: a\0b\r\n\r\n" + body),
        Case("a folded header", head + b"\r\nX-Fold: a\r\n b\r\n\r\n" + body, kept=True),
        Case("cookies without number", head + b"\r\nSet-Cookie: a=b" * 150 + b"\r\n\r\n" + body, kept=True),
        Case("an ETag of a megabyte", head + b'\r\nETag: "' + b"e" * 60_000 + b'"\r\n\r\n' + body, kept=True),
        Case("a date of nonsense", head + b"\r\nDate: yesterday\r\nLast-Modified: \xff\xfe\r\n\r\n" + body, kept=True),
        Case(
            "dates past the calendar",
            head + b"\r\nLast-Modified: Fri, 31 Dec 99999 23:59:59 GMT\r\n\r\n" + body,
            kept=True,
        ),
        Case("Retry-After past all numbers", whole(b"", HTML, "Retry-After: " + "9" * 300, status="503 Busy")),
        Case(
            "Retry-After before time", whole(b"", HTML, "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", status="429 No")
        ),
        Case("206", whole(page(), HTML, "Content-Range: bytes 0-99/999", status="206 Partial Content")),
        Case("204", whole(b"", status="204 No Content")),
        Case("304 unasked", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        Case("status 999", whole(page(), status="999 Denied")),
        Case("410", whole(b"gone", status="410 Gone")),
        Case("451", whole(b"no", status="451 Legal")),
    ]


def _redirects() -> list[Case]:
    targets = (
        "", "/", "//", "http://", "http:///x", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,hi", "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/x", "http://user:pw@127.0.0.1:1/", "http://[::1]:1/", "http://[bad/", "\\\\evil\\x", "http://127.0.0.1:99999/",
        "http://\x00/", "http://a b/", "h" * 70_000,
    )  # fmt: skip
    made = [
        Case(f"redirect to {to[:30]!r}", whole(b"", f"Location: {to}", status="302 Found"))
        for to in targets
        if to != "/"
    ]
    return [
        *made,
        Case("a redirect without a target", whole(b"", HTML, status="301 Moved")),
        Case("a redirect to itself", whole(b"", "Location: ?", status="302 Found")),
        Case(
            "a refresh to elsewhere",
            whole(page(head='<meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/">')),
            kept=True,
        ),
    ]


def _charsets() -> list[Case]:
    codecs = "punycode idna zlib bz2 hex base64 rot13 undefined unicode_escape utf-7 utf-16 utf-32 mbcs"
    labels = (*codecs.split(), "x" * 5000, "", "utf-8; charset=latin-1", "\xff")
    html = "Content-Type: text/html"
    wide = b"\xff\xfe" + page().decode().encode("utf-16-le")
    pages = {
        **{f"charset {label[:20]!r}": whole(page(), f"{html}; charset={label}") for label in labels},
        "punycode of 320 KB": whole(page("<p>" + "a" * 320_000 + "</p>"), f"{html}; charset=punycode"),
        "meta charset of nonsense": whole(page(head='<meta charset="punycode">'), html),
        "half of utf-8": whole(page().replace(b"closed", b"clos\xc3ed")),
        "surrogates in utf-8": whole(page().replace(b"bridge", b"br\xed\xa0\x80idge")),
        "a mark of utf-16": whole(wide, html),
    }
    return [Case(name, raw, kept=True) for name, raw in pages.items()]


def _types() -> list[Case]:
    consent = (
        "<title>Before you continue</title><h1>We value your privacy</h1><p>We and our 842 partners store cookies. "
        "Accept all or manage options.</p><button>Accept all</button>"
    )
    bot = (
        "<title>Just a moment...</title><h1>Checking your browser before accessing</h1><p>Enable JavaScript and "
        "cookies to continue.</p>"
    )
    soft = (
        "<title>Page not found</title><h1>404</h1><p>Sorry, the page you are looking for does not exist or has "
        "been moved.</p>"
    )
    walls = {
        "a consent wall": (consent, "200 OK"),
        "a bot wall": (bot, "403 Forbidden"),
        "a soft 404": (soft, "200 OK"),
    }
    return [
        Case("a picture", whole(b"\x89PNG\r\n\x1a\n" + bytes(5000), "Content-Type: image/png")),
        Case("a PDF", whole(b"%PDF-1.7\n" + bytes(5000), "Content-Type: application/pdf")),
        Case("JSON", whole(b'{"a": [' + b"1," * 9999 + b"1]}", "Content-Type: application/json")),
        Case("JSON nested without end", whole(b"[" * 200_000, "Content-Type: application/json")),
        Case("plain text", whole(SENTENCE.encode() * 50, "Content-Type: text/plain")),
        Case("an empty page", whole(b"")),
        Case("blanks alone", whole(b" \n" * 5000)),
        Case("a frameset", whole(b"<html><frameset><frame src=x></frameset></html>")),
        Case("scripts alone", whole(b"<html><body><script>" + b"var a=1;" * 9999 + b"</script></body></html>")),
        *(Case(name, whole(raw.encode(), status=status)) for name, (raw, status) in walls.items()),
    ]


def _trees() -> list[Case]:
    deep = {
        "div": "<div>" * 100_000,
        "template": "<template>" * 80_000,
        "li": "<ul><li>" * 20_000,
        "option": "<select>" + "<option>" * 16_000,
        "b": "<b>" * 20_000 + "<p>" * 2_000,
        "a": "<a href=x>" * 20_000,
        "table": "<table><tr><td>" * 10_000,
        "svg": "<svg>" * 30_000,
        "math": "<math><mtext>" * 10_000,
        "font": ("<font color=x>" * 50 + "<p>") * 500,
        "attributes": "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">",
        "attribute of a megabyte": f'<p class="{"c " * 500_000}">',
        "comments": "<!--x-->" * 100_000,
        "unclosed comment": "<!--" + "x" * 500_000,
        "unclosed quote": '<a href="' + "x" * 500_000,
        "entities": "&amp;" * 200_000 + "&#x110000;&#0;&#xD800;",
        "less-than signs": "<" * 400_000,
        "controls": "".join(map(chr, range(1, 32))) * 500
        + "\u202e\u2066\u200b" * 500
        + "\x1b]8;;file:///\x1b\\\x9b31m",
        "NULs": "\0" * 100_000,
    }
    made = [Case(f"a tree of {name}", lambda html=html: whole(page(html))) for name, html in deep.items()]
    ld = '<script type="application/ld+json">%s</script>'
    heads = {
        "JSON-LD nested without end": ld % ('{"a":' * 50_000),
        "JSON-LD of numbers": ld % ('{"@type":"NewsArticle","datePublished":' + "9" * 5_000 + "}"),
        "JSON-LD of dates": ld
        % '{"@type":"NewsArticle","datePublished":"9999-99-99T99:99:99-99:99","dateModified":"0000-00-00"}',
        "JSON-LD of other kinds": ld
        % '{"@type":[1,null,{}],"headline":{"a":1},"author":[[[["x"]]],5,null],"articleBody":7}',
        "a title of a megabyte": "<title>" + "x" * 1_000_000 + "</title>",
        "a canonical of nonsense": '<link rel="canonical" href="http://[::bad"><base href="javascript:alert(1)">',
        "twenty thousand metas": '<meta name="author" content="A B">' * 20_000,
    }
    made += [
        Case(f"a head of {name}", lambda head=head: whole(page(head=head)), kept=True) for name, head in heads.items()
    ]
    return [*made, Case("a page of ten megabytes", lambda: whole(page("<p>" + SENTENCE * 100_000 + "</p>")))]


def _hubs() -> list[Case]:
    rss = "<rss><channel><title>T</title>{}</channel></rss>"
    item = "<item><title>{}</title><link>http://127.0.4.250:1/{}</link><pubDate>{}</pubDate></item>"
    entity = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entity}]>' + rss.format(
        "<item><title>&l11;</title></item>"
    )
    xxe = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + rss.format(
        "<item><title>&e;</title></item>"
    )
    feeds: dict[str, str] = {
        "billion laughs": laughs,
        "an external entity": xxe,
        "an address for a body": "http://127.0.0.1:1/feed.xml",
        "nested without end": "<rss>" + "<a>" * 100_000,
        "an item of six megabytes": rss.format(item.format("x" * 6_000_000, 1, "")),
        "fifty thousand items": rss.format("".join(item.format(n, n, "") for n in range(50_000))),
        "dates of nonsense": rss.format(
            "".join(item.format(n, n, d) for n, d in enumerate(("1675679999", "9999-99-99", "-1", "x" * 9999)))
        ),
        "scripts for titles": rss.format(item.format("&lt;script&gt;alert(1)&lt;/script&gt;", 1, "")),
        "links of nonsense": rss.format(
            "".join(f"<item><link>{to}</link></item>" for to in ("file:///etc/passwd", "javascript:x", "http://[", ""))
        ),
        "nothing": "",
        "a web page": page().decode(),
        "JSON nested without end": '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 100_000,
    }
    made = [
        Case(f"a feed of {name}", lambda text=text: whole(text.encode(), "Content-Type: application/rss+xml"), "feeds")
        for name, text in feeds.items()
    ]
    made += [
        Case(
            f"a sitemap of {name}", lambda text=text: whole(text.encode(), "Content-Type: application/xml"), "sitemaps"
        )
        for name, text in {
            "billion laughs": laughs.replace("rss", "urlset"),
            "two hundred thousand addresses": "<urlset>"
            + "<url><loc>http://127.0.4.250:1/a</loc></url>" * 200_000
            + "</urlset>",
            "itself": "<sitemapindex><sitemap><loc>http://127.0.4.250:1/s.xml</loc></sitemap></sitemapindex>",
        }.items()
    ]
    return [
        *made,
        Case("a feed bomb", lambda: whole(gzip.compress(bytes(300_000_000), 1), "Content-Encoding: gzip"), "feeds"),
    ]


CASES: list[Case] = [*_lines(), *_cuts(), *_bombs(), *_redirects(), *_charsets(), *_types(), *_trees(), *_hubs()]


HERE = "http://here.invalid/" + "x" * 60
"""A placeholder for the case's own URL, with the same length."""
GOOD = "http://good.invalid/" + "x" * 60
"""A placeholder for the URL of the good site's article."""
POISON = "Poisoned headline"

_RSS = "Content-Type: application/rss+xml"
_XML = "Content-Type: application/xml"


_KNOWN = [f"{a}{b}{c}" for a in ("ba", "cor", "du", "fin") for b in ("li", "mo", "na", "per") for c in "aeiourstlnmd"]


def _words(dice: random.Random, count: int, *, names: bool = False) -> str:
    return " ".join(word.capitalize() if names else word for word in dice.choices(_KNOWN, k=count))


def changing(make: Callable[[random.Random], bytes]) -> Answer:
    """Respond with another page at every visit, three in all."""
    visits, made = itertools.count(), cache(lambda number: whole(make(random.Random(number))))
    return lambda: made(next(visits) % 3)


def _paragraphs(dice: random.Random, count: int, size: int) -> str:
    text = _words(dice, count * size).split()
    return "".join(f"<p>{' '.join(text[at : at + size]).capitalize()}.</p>" for at in range(0, len(text), size))


def _again() -> list[Case]:
    """Pages that are compared with themselves, another text each time."""
    made: dict[str, Callable[[random.Random], str]] = {
        "a paragraph of two megabytes": lambda dice: f"<p>{_words(dice, 400_000)}.</p>",
        "a long paragraph": lambda dice: f"<p>{_words(dice, 80_000)}.</p>",
        "five thousand paragraphs": lambda dice: _paragraphs(dice, 5_000, 15),
        "quotations without end": lambda dice: "".join(
            f"<p>“{_words(dice, 8)},” said {_words(dice, 2, names=True)} on Nov 5, 2024.</p>" for _ in range(3_000)
        ),
        "corrections without end": lambda dice: "".join(
            f"<p class='correction'>Correction: an earlier version said {dice.random()}, it is {n}.</p>"
            for n in range(2_000)
        ),
    }
    heads: dict[str, Callable[[random.Random], str]] = {
        "a headline of a megabyte": lambda dice: f'<meta property="og:title" content="{_words(dice, 150_000)}">',
        "two thousand authors": lambda dice: "".join(
            f'<meta name="author" content="{_words(dice, 2, names=True)}">' for _ in range(2_000)
        ),
    }
    pages = {name: partial(lambda make, dice: page(make(dice)), make) for name, make in made.items()}
    pages |= {name: partial(lambda make, dice: page(head=make(dice)), make) for name, make in heads.items()}
    cases = [Case(f"{name} that change", changing(each), kept=True, again=True) for name, each in pages.items()]
    odd = "Last-Modified: \xff\x80 yesterday", 'ETag: "\xff\xfe\x80"', HTML
    return [*cases, Case("validators of strange bytes", whole(page(), *odd), kept=True, again=True)]


def _pages() -> list[Case]:
    ld = '<script type="application/ld+json">%s</script>'
    graph = [{"@id": f"#{n}", "@type": "NewsArticle", "author": {"@id": f"#{n + 1}"}} for n in range(10_000)]
    circle = [{"@id": "#a", "@type": "NewsArticle", "author": {"@id": "#b"}}, {"@id": "#b", "author": {"@id": "#a"}}]
    posts = [{"@type": "BlogPosting", "headline": f"Post {n}", "articleBody": SENTENCE} for n in range(10_000)]
    state = '<script id="__NEXT_DATA__" type="application/json">%s</script>'
    heads = {
        "JSON-LD of two megabytes": ld % json.dumps({"@type": "NewsArticle", "articleBody": SENTENCE * 20_000}),
        "a graph of ten thousand nodes": ld % json.dumps({"@graph": graph}),
        "a graph that names itself": ld % json.dumps({"@graph": circle}),
        "a live blog of ten thousand posts": ld % json.dumps({"@type": "LiveBlogPosting", "liveBlogUpdate": posts}),
        "a state of two megabytes": state % json.dumps({"a": [{"text": SENTENCE}] * 15_000}),
        "a state nested without end": state % ('{"a":' * 90_000),
        "numbers past all numbers": ld % '{"@type":"NewsArticle","headline":1e999999,"datePublished":-1e308}',
        "halves of letters": ld % '{"@type":"NewsArticle","headline":"a\\ud800b","author":"\\udfff"}',
        "a refresh to itself": f'<meta http-equiv="refresh" content="0;url={HERE}">',
        "another's address for its own": f'<link rel="canonical" href="{GOOD}"><meta property="og:url" '
        f'content="{GOOD}">',
    }
    bodies = {
        "svg and html in turns": "<svg><foreignObject><div>" * 20_000,
        "text between the cells": "<table>x<tr>y<td>" * 4_000,
        "tables that were not closed": "<table><tr><td>x" * 60_000,
        "nine hundred attributes a tag": ("<p " + " ".join(f"a{n}=1" for n in range(900)) + ">x</p>") * 300,
        "nine hundred shadow roots": '<div><template shadowrootmode="open"><p>x</p>' * 900,
        "a line of nine megabytes": "x" * 9_000_000,
        "a text area without end": "<textarea>" + "<p>" * 90_000,
        "plain text without end": "<plaintext>" + "<p>x" * 90_000,
        "noscript in noscript": "<noscript>" * 60_000,
        "a picture of a megabyte of sizes": f'<img srcset="{"/a 1w, " * 140_000}">',
        "a hundred thousand links": '<a href="/a">x</a> ' * 100_000,
        "a hundred thousand breaks": "<p>x" + "<br>y" * 100_000,
        "marks above marks": "<p>" + "a" + "\u0301\u0316\u0334" * 300_000,
        "right to left without end": "<p>" + "\u202e\u2067\u200f" * 300_000 + "end",
        "tags and joiners without end": "<p>" + "\U000e0041\u200d\ufe0f" * 200_000,
        "times of the impossible": "".join(
            f'<time datetime="{at}">{at}</time>' for at in ("99999-01-01", "-0001-13-45", "1e400", "T" * 99)
        )
        * 5_000,
        "a thousand forms": '<form><input name="a"><select><option>b</select>' * 20_000,
        "definition lists": "<dl><dt>a<dd>" * 30_000,
        "rubies": "<ruby>a<rt>b" * 30_000,
    }
    made = [Case(name, lambda head=head: whole(page(head=head)), kept=True) for name, head in heads.items()]
    made += [Case(name, lambda body=body: whole(page(body)), kept=True) for name, body in bodies.items()]
    own = page(head=f'<link rel="canonical" href="{GOOD}">', title=POISON)
    return [*made, Case("another's address and a headline", whole(own), kept=True)]


def _letters() -> list[Case]:
    html = "Content-Type: text/html; charset="
    noise = random.Random(5).randbytes(400_000).replace(b"<", b"x")
    bodies = {
        "iso-2022-jp": page() + b"\x1b$B" + noise + b"\x1b(B",
        "iso-2022-kr": page() + b"\x1b$)C" + noise,
        "hz-gb-2312": page() + b"~{" + noise + b"~}",
        "gb18030": page() + b"\x81\x30\x81" * 100_000,
        "big5": page() + b"\x87\x40" * 200_000,
        "euc-jp": page() + b"\x8f\xa2" * 200_000,
        "utf-16be": page(),
        "utf-16": b"\xfe\xff" + page() + b"x",
        "x-user-defined": page() + noise,
        "replacement": page(),
    }
    return [Case(f"letters of {name}", whole(body, html + name), kept=True) for name, body in bodies.items()]


def _wire() -> list[Case]:
    good = whole(page())
    trailers = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 500) for n in range(20_000))
    named = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"n" * 2_000_000 + b"\0" + zlib.compress(page(), wbits=-15)
    zstd = "Content-Encoding: zstd"
    skipped = (b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"skip") * 200_000
    bodies = {
        "five hundred codings": whole(page(), HTML, "Content-Encoding: " + ", ".join(["gzip"] * 500)),
        "gzip with a name of two megabytes": whole(named, HTML, "Content-Encoding: gzip"),
        "gzip with a tail of two megabytes": whole(
            gzip.compress(page()) + bytes(2_000_000), HTML, "Content-Encoding: gzip"
        ),
        "gzip that holds gzip": whole(gzip.compress(gzip.compress(page())), HTML, "Content-Encoding: gzip"),
        "zstd that wants two gigabytes": whole(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\0\0" * 99, HTML, zstd),
        "zstd of skipped frames": whole(skipped, HTML, zstd),
        "zstd of a dictionary": whole(b"\x28\xb5\x2f\xfd\x03\x00\xff\xff\xff\xff" + bytes(99), HTML, zstd),
        "brotli that wants a large window": whole(b"\x11\x1e" + bytes(999), HTML, "Content-Encoding: br"),
        "trailers without end": chunks(page(), end=False) + b"0\r\n" + trailers + b"\r\n",
        "switching protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" + good,
        "a name of controls": good.replace(b"Connection:", b"X-\x01\x1b[31m: a\r\nConnection:", 1),
        "a value of controls": good.replace(b"Connection:", b"X-A: \x7f\x1b]0;x\x07\r\nConnection:", 1),
        "a type of sixty kilobytes": whole(page(), "Content-Type: text/html; a=" + "b" * 60_000),
        "an ETag of a quotation": whole(page(), HTML, 'ETag: W/"a, "b", *'),
        "a redirect that grows": b"HTTP/1.1 302 F\r\nLocation: " + HERE.encode() + b"&y\r\nContent-Length: 0\r\n\r\n",
        "a location of controls": b"HTTP/1.1 302 F\r\nLocation: /\x01\x7f\x1b\t\r\nContent-Length: 0\r\n\r\n",
        "a status without a line": b"HTTP/1.1 200\r\n\r\n" + page(),
        "line feeds alone": good.replace(b"\r\n", b"\n"),
        "two answers to one question": whole(page()).replace(b"Connection: close", b"Connection: keep-alive")
        + whole(page(title=POISON)),
    }
    made = [Case(name, raw, kept=True) for name, raw in bodies.items()]
    moved = b"HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\n\r\n"
    return [
        *made,
        Case("going on without end", lambda: flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500)),
        Case("a redirect with a body without end", lambda: flood(moved, b"x" * 65_000)),
        Case("a line of thirty megabytes", lambda: flood(eof(page()[:-14]), b"y" * 65_000)),
    ]


def _lists() -> list[Case]:
    rss = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{}</channel></rss>'
    item = "<item><title>{0}</title><link>{1}</link></item>"
    none = "http://127.0.4.250:1/"
    big = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "%s">]>' % ("a" * 100_000)
    outside = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY %% p SYSTEM "http://127.0.0.1:1/x.dtd"> %%p;]>%s'
    feeds = {
        "fifty thousand short items": rss.format(
            "".join(f"<item><link>{none}{n}</link></item>" for n in range(50_000))
        ),
        "entities in square": big + rss.partition("?>")[2].format(item.format("&a;" * 5_000, none)),
        "an entity of elsewhere": outside % rss.partition("?>")[2].format(item.format("x", none)),
        "CDATA in CDATA": rss.format(item.format("<![CDATA[" * 50_000 + "x]]>", none)),
        "namespaces without end": "<rss " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(12_000)) + "></rss>",
        "a lie of its letters": '<?xml version="1.0" encoding="utf-7"?>' + rss.partition("?>")[2].format(""),
        "categories without end": rss.format(
            f"<item><link>{none}</link>" + '<category domain="x">c</category>' * 60_000 + "</item>"
        ),
        "twenty thousand hosts": rss.format(
            "".join(item.format(n, f"http://h{n}.invalid/news/{n}") for n in range(20_000))
        ),
        "text nested in Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml">'
        + "<div>" * 30_000,
        "comments of two megabytes": rss.format(f"<!--{'x' * 2_000_000}-->"),
        "addresses of a megabyte": rss.format(item.format("x", none + "y" * 1_000_000)),
        "control characters": rss.format(item.format("a\x08\x1b[31m\ufffe", none)),
    }
    made = [Case(f"a list of {n}", lambda t=text: whole(t.encode(), _RSS), "feeds") for n, text in feeds.items()]
    items = [{"id": str(n), "url": f"{none}{n}"} for n in range(30_000)]
    made.append(
        Case(
            "a list of JSON items",
            lambda: whole(
                json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(),
                "Content-Type: application/feed+json",
            ),
            "feeds",
        )
    )
    index = "<sitemapindex>{}</sitemapindex>"
    maps = {
        "its own address": index.format(f"<sitemap><loc>{HERE}</loc></sitemap>"),
        "fifty thousand maps": index.format(
            "".join(f"<sitemap><loc>{none}{n}.xml</loc></sitemap>" for n in range(50_000))
        ),
        "maps in maps": "<sitemapindex><sitemap>" * 50_000,
        "days of the impossible": "<urlset>"
        + f"<url><loc>{none}</loc><lastmod>99999-99-99T99:99:99+99:99</lastmod></url>" * 20_000
        + "</urlset>",
    }
    made += [Case(f"a map of {n}", lambda t=text: whole(t.encode(), _XML), "sitemaps") for n, text in maps.items()]
    twice = gzip.compress(gzip.compress(b"<urlset></urlset>"))
    return [*made, Case("a map packed twice", whole(twice, "Content-Type: application/gzip"), "sitemaps")]


def _robots() -> list[Case]:
    plain = "Content-Type: text/plain"
    rules = {
        "three hundred thousand rules": "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(300_000)),
        "wildcards": "User-agent: *\n" + f"Disallow: /{'*a' * 400}b$\n" * 500,
        "a line without end": "User-agent: *\nDisallow: /" + "x" * 600_000,
        "delays of nonsense": "User-agent: *\nCrawl-delay: nan\nCrawl-delay: -1\nCrawl-delay: 1e999\n",
        "agents without end": "User-agent: writethru\n" * 50_000 + "Disallow: /nothing",
        "wide letters": "\ufeffUser-agent: *\0\nDisallow: /\0".encode("utf-16").decode("latin-1"),
    }
    answers: dict[str, Answer] = {name: whole(text.encode("latin-1", "replace"), plain) for name, text in rules.items()}
    answers |= {
        "a hundred megabytes": lambda: flood(eof(b"User-agent: *\n", plain), b"Disallow: /x\n" * 5_000),
        "drips": lambda: drip(eof(b"User-agent: *\n", plain), 0.3),
        "itself": whole(b"", "Location: /robots.txt", status="301 M"),
        "a bomb": whole(gzip.compress(bytes(60_000_000), 1), plain, "Content-Encoding: gzip"),
    }
    return [Case(f"robots.txt of {name}", whole(page()), kept=True, robots=answer) for name, answer in answers.items()]


SECOND: list[Case] = [*_again(), *_pages(), *_letters(), *_wire(), *_lists(), *_robots()]
