"""Some 150 responses of broken and hostile servers, each made when it is requested and served at its own address.

Those that are `kept` are readable pages nevertheless; every other one must end in a named failure.
"""

import asyncio
import gzip
import random
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

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
