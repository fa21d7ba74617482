"""More hostile responses: pages that change at every visit, feeds, connections and robots.txt of an attacker."""

import gzip
import itertools
import json
import random
import zlib
from collections.abc import Callable
from functools import cache, partial

from .hostile import HTML, SENTENCE, Answer, Case, chunks, drip, eof, flood, page, whole

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
