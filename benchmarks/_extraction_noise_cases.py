"""What changes on pages though the article does not: pairs of pages that differ in nothing editorial."""

from __future__ import annotations

import hashlib
import random
import re
from typing import TYPE_CHECKING

from _extraction_template import Template, in_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Pair = tuple[str, str, str, str]  # group, name, one page, the other
_TITLES = {
    "en": (
        "Harbour bridge closes for repairs until June",
        "Teachers’ union accepts new pay offer",
        "Heatwave breaks a record set in 1976",
        "Goalkeeper signs for second club in a year",
        "What the new rent rules mean for tenants",
        "Startup recalls 9,000 electric bikes",
        "Jury finds former mayor guilty of fraud",
        "Orchestra names its first woman conductor",
        "Ferry operator cuts its winter timetable",
        "Two rescued from cliff after night search",
    ),
    "de": (
        "Hafenbrücke bis Juni wegen Reparatur gesperrt",
        "Lehrergewerkschaft nimmt Angebot zum Lohn an",
        "Hitzewelle bricht Rekord aus dem Jahr 1976",
        "Torwart wechselt zum zweiten Mal im Jahr",
        "Was die neuen Regeln für Mieter bedeuten",
        "Start-up ruft 9000 Elektroräder zurück",
        "Ehemaliger Bürgermeister wegen Betrugs verurteilt",
        "Orchester beruft erstmals eine Dirigentin",
        "Reederei streicht den Winterfahrplan zusammen",
        "Zwei Wanderer nachts aus Felswand gerettet",
    ),
}
_SUMMARIES = {
    "en": (
        "The works will cost twelve million and begin as soon as the last ferries of the season have run.",
        "Members voted by a wide margin, though several branches in the north had called for a strike.",
        "Forecasters expect the hot spell to last into next week before storms arrive from the west.",
        "The company said that no rider had been hurt and that all buyers would get their money back.",
    ),
    "de": (
        "Die Arbeiten kosten zwölf Millionen und beginnen, sobald die letzten Fähren der Saison gefahren sind.",
        "Die Mitglieder stimmten mit großer Mehrheit zu, obwohl einige Ortsverbände zum Streik aufgerufen hatten.",
        "Meteorologen rechnen mit Hitze bis in die kommende Woche, bevor von Westen her Gewitter aufziehen.",
        "Nach Angaben des Unternehmens wurde niemand verletzt, alle Käufer sollen ihr Geld zurückbekommen.",
    ),
}
_VOICES = (
    "Nobody in this town believed a word of it, and now we all have to pay for it again.",
    "Thank you for this report. I would have liked to know what the neighbours had to say, though.",
    "The figures do not add up: last year it was half of that, and nobody complained then.",
    "I was there that evening and saw it quite differently from what is written here.",
)
_LETTERS = (
    ("The Evening Post", "What mattered today, in five minutes, sent to your inbox every evening."),
    ("Letter from the Coast", "Stories of the sea and its people, every second Sunday. Join our readers and sign up."),
)


class _Words:
    """Texts of one page's noise: the same for the same page."""

    def __init__(self, page: Template) -> None:
        self.dice = random.Random(page.id)
        lang = page.lang if page.lang in _TITLES else "en"
        titles = list(_TITLES[lang])
        self.dice.shuffle(titles)
        self.sides = titles[:4], titles[4:8]
        self.summaries = _SUMMARIES[lang]

    def links(self, side: int) -> str:
        number = self.dice.randrange
        return "".join(f'<li><a href="/s/{number(10**6)}">{title}</a></li>' for title in self.sides[side])

    def cards(self, side: int, tag: str = "article", name: str = "card") -> str:
        return "".join(
            f'<{tag} class="{name}"><h3><a href="/s/{n}">{title}</a></h3>'
            f"<p>{self.summaries[(n + side) % len(self.summaries)]}</p></{tag}>"
            for n, title in enumerate(self.sides[side])
        )


def _comments(many: int) -> str:
    return "".join(f'<div class="comment"><b>reader{n}</b><p>{_VOICES[n % 4]}</p></div>' for n in range(many))


def _letter(side: int, tag: str = "div", name: str = "newsletter-box") -> str:
    title, text = _LETTERS[side]
    return f'<{tag} class="{name}"><h3>{title}</h3><p>{text}</p><form><input type="email"></form></{tag}>'


_CONSENT = (
    '<div id="consent-layer" class="cookie-consent"><h2>Your privacy</h2><p>We and our partners store information on'
    " your device, such as cookies, and process data about your visits to show advertising that fits you and to measure"
    " what is read. You may accept this or change your choice at any time in the settings.</p><button>OK</button></div>"
)


def noise(page: Template) -> Iterator[Pair]:
    """Yield the pairs of one page."""
    base = page.base
    for group, made in (("marked", _marked), ("unmarked", _unmarked), ("paragraph", _paragraphs)):
        for name, slots, write in made(page):
            both = [page.write(dict.fromkeys(slots, write(side))) for side in (0, 1)]
            yield group, name, both[0], both[1]
    for name, slots, text in _appearing(page):
        yield "marked", name, base, page.write(dict.fromkeys(slots, text))
    yield from _technical(page, base)


Case = tuple[str, tuple[str, ...], "Callable[[int], str]"]


def _marked(page: Template) -> Iterator[Case]:
    words = _Words(page)
    middle, end = (f"{page.middle}:after",), (f"{page.last}:after",)
    head, after, top, bottom = ("headline:after",), ("column:after",), ("top",), ("bottom",)
    yield "related aside", end, lambda s: f'<aside class="related"><h3>Related</h3><ul>{words.links(s)}</ul></aside>'
    yield (
        "more after",
        after,
        lambda s: f'<div class="more-stories"><h2>More stories</h2><ul>{words.links(s)}</ul></div>',
    )
    yield (
        "read more",
        middle,
        lambda s: f'<div class="inline-related"><span>Read also</span> <a href="/s/{s}">{words.sides[s][0]}</a></div>',
    )
    yield (
        "advert",
        middle,
        lambda s: (
            f'<div class="ad-slot" id="ad-{words.dice.randrange(10**5)}"><span>Advertisement</span>'
            f"<div>{('Fly for less this autumn', 'The new phone is here')[s]}</div></div>"
        ),
    )
    yield (
        "time ago",
        head,
        lambda s: (
            f'<div class="meta"><time datetime="2024-06-02T09:00:00Z">{("8 minutes", "3 hours")[s]} ago</time></div>'
        ),
    )
    yield (
        "counts of comments",
        head,
        lambda s: f'<div class="tools"><a class="comment-count" href="#c">{(41, 87)[s]} comments</a></div>',
    )
    yield (
        "reading time",
        head,
        lambda s: f'<span class="reading-time">{(3, 4)[s]} min read</span> <span>{(2204, 9120)[s]} views</span>',
    )
    yield (
        "comments",
        after,
        lambda s: f'<section id="comments"><h3>Comments ({(2, 5)[s]})</h3>{_comments((2, 5)[s])}</section>',
    )
    yield (
        "comments inside",
        end,
        lambda s: f'<div class="comments-list"><h3>Comments</h3>{_comments((2, 5)[s])}</div>',
    )
    yield "navigation", top, lambda s: f"<nav><ul>{words.links(s)}</ul></nav>"
    yield "menu", top, lambda s: f'<div class="site-header"><ul class="menu">{words.links(s)}</ul></div>'
    yield "newsletter", middle, _letter
    yield "most read", after, lambda s: f'<aside class="most-read"><h2>Most read</h2><ol>{words.links(s)}</ol></aside>'
    yield (
        "most read inside",
        end,
        lambda s: f'<div class="most-popular"><h2>Popular</h2><ol>{words.links(s)}</ol></div>',
    )
    yield "teasers", after, lambda s: f'<section class="teasers">{words.cards(s)}</section>'
    yield "teasers inside", end, lambda s: f'<div class="recommended">{words.cards(s)}</div>'
    yield "meter", top, lambda s: f'<div class="meter">You have {(4, 3)[s]} free articles left this month.</div>'
    yield (
        "ticker",
        top,
        lambda s: f'<div class="ticker"><span>Index {("5,204.1", "5,198.7")[s]}</span> <span>{s}.4%</span></div>',
    )
    yield (
        "author's card",
        end,
        lambda s: (
            '<div class="author-bio"><p>Ada Moor writes about the coast and its towns. She has published '
            f'{(208, 209)[s]} stories.</p><a href="/ada">All stories by Ada Moor</a></div>'
        ),
    )
    yield (
        "video",
        middle,
        lambda s: (
            f'<div class="video-player"><span>Now playing</span><div>{words.sides[s][1]}</div><span>0:{17 + s} / 3:02'
            "</span></div>"
        ),
    )
    yield (
        "poll",
        middle,
        lambda s: (
            '<div class="poll"><p>Should the bridge be rebuilt?</p><ul>'
            f"<li>Yes {(52, 55)[s]}%</li><li>No {(48, 45)[s]}%</li></ul></div>"
        ),
    )
    yield "shares", end, lambda s: f'<div class="social-share"><a href="#">Share {(14, 33)[s]}</a></div>'
    yield (
        "footer",
        bottom,
        lambda s: (
            f'<div class="site-footer"><p>© {2024 + s} Example Press, 2 Market Street. All rights reserved.</p></div>'
        ),
    )


def _appearing(page: Template) -> Iterator[tuple[str, tuple[str, ...], str]]:
    words = _Words(page)
    middle = (f"{page.middle}:after",)
    many = tuple(f"{n}:after" for n in range(1, len(page.paragraphs), 3))
    link = f'<a href="/s/9">{words.sides[1][2]}</a>'
    yield "read more appears", middle, f'<div class="inline-related"><span>Read also</span> {link}</div>'
    yield "adverts appear", many, '<div class="advert advert--inline"><p>Advertisement</p></div>'
    yield "newsletter appears", middle, _letter(1, "section", "newsletter-promo")
    yield "consent appears", ("top",), _CONSENT


def _unmarked(page: Template) -> Iterator[Case]:
    words = _Words(page)
    yield (
        "list of links",
        (f"{page.last}:after",),
        lambda s: f'<div class="w3k"><div><ul>{words.links(s)}</ul></div></div>',
    )
    yield (
        "teasers by no name",
        ("column:after",),
        lambda s: f'<div class="t0"><h2>{("Also today", "From the region")[s]}</h2>{words.cards(s, "div", "u8")}</div>',
    )


def _paragraphs(page: Template) -> Iterator[Case]:
    words = _Words(page)
    middle, first = (f"{page.middle}:after",), (f"{page.first}:before",)

    def link(side: int) -> str:
        return f'<a href="/s/{side}">{words.sides[side][3]}</a>'

    yield "Read more: …", middle, lambda s: f"<p><strong>Read more:</strong> {link(s)}</p>"
    yield "See: …", middle, lambda s: f"<p>See: {link(s)}</p>"
    yield "a link alone", middle, lambda s: f"<p><strong>{link(s)}</strong></p>"
    yield "time ago", ("headline:after",), lambda s: f"<p>{('12 minutes ago', '4 hours ago')[s]}</p>"
    yield "updated", first, lambda s: f'<p class="stamp">Updated {("09:14", "11:52")[s]} GMT, 2 June 2024</p>'
    yield "last updated", first, lambda s: f"<p>Last updated on June 2, 2024 at {('9:14', '11:52')[s]} am</p>"
    yield (
        "sign up",
        middle,
        lambda s: (
            "<p><em>"
            + (
                "Sign up for our newsletter and get the day’s news in your inbox.",
                "Subscribe to our evening briefing, it is free.",
            )[s]
            + "</em></p>"
        ),
    )


def _technical(page: Template, base: str) -> Iterator[Pair]:
    def session(seed: int) -> str:
        dice = random.Random(seed)
        html = re.sub(r'href="([^"#?]*)"', lambda m: f'href="{m[1]}?s={dice.randrange(10**8)}"', base)
        return html.replace("<body", f'<body data-request="{dice.randrange(10**9)}"', 1)

    def renamed(name: Callable[[str], str]) -> str:
        return re.sub(r'class="([^"]*)"', lambda m: f'class="{" ".join(map(name, m[1].split()))}"', base)

    def digest(text: str, size: int) -> str:
        return hashlib.sha1(text.encode("utf-8", "surrogatepass")).hexdigest()[:size]

    every = [str(n) for n in range(len(page.paragraphs))]
    yield "technical", "session ids", session(1), session(2)
    suffixed = [renamed(lambda name, side=side: f"{name}__{digest(name + side, 5)}") for side in "ab"]  # type: ignore[misc]
    yield "technical", "hashed class names", suffixed[0], suffixed[1]
    yield "technical", "comments", base, base.replace("</p>", "</p><!-- rendered 10:01 -->")
    yield "technical", "white space", base, base.replace("</p>", "\n </p>\n\n").replace("<p>", "<p>\n    ")
    yield "technical", "spans", base, page.edit(lambda inner: f'<span data-n="1">{inner}</span>', *every)
    yield (
        "technical",
        "linked words",
        base,
        page.edit(lambda inner: in_text(inner, r"\b(\w{6,})\b", r'<a href="/t/\1">\1</a>'), *every),
    )
    yield (
        "technical",
        "fixed blanks",
        base,
        page.edit(lambda inner: in_text(inner, r"(\w) (\w)", r"\1&nbsp;\2"), *every),
    )
    yield "opaque", "every class name", base, renamed(lambda name: f"x{digest(name, 6)}")
