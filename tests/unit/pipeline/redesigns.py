"""One outlet's hundred articles in the pages of two content systems that have nothing but the words in common."""

import random
from dataclasses import dataclass
from html import escape

_PEOPLE = ("Ada Lark", "Jonas Feld", "Priya Anand", "Ellen Strand", "Omar Haddad", "Ines Moura", "Tom Reyes")
_PLACES = ("Port Alder", "Westerham", "Lower Quay", "Mill Creek", "Ashford Bay", "Two Rivers", "Northgate")
_THINGS = ("bridge", "school", "library", "ferry", "water works", "court house", "tram line", "hospital")
_DEEDS = ("closes", "opens again", "costs more than planned", "is to be sold", "waits for repairs", "goes to court")
_TOPICS = (
    "The council of {place} voted {n} to {m} on Tuesday to spend {k} million dollars on the {thing}, {who} said.",
    "{who}, who has led the works since {year}, said that nobody had been asked about the {thing} in {place}.",
    "Residents of {place} had waited for {n} months; {m} of them came to the meeting and {k} of them spoke.",
    "The report of {year} had found {k} faults in the {thing}, {m} of them grave, and asked for a new survey.",
    "“We will not wait another {n} years,” {who} told reporters in front of the {thing} on Wednesday morning.",
    "A spokeswoman for the contractor said the {thing} would be ready in {n} weeks, or {m} if the rain goes on.",
    "In {place} alone {k} households depend on the {thing}, according to figures of the county from {year}.",
)


@dataclass(frozen=True)
class Story:
    """What the outlet wrote: that alone is the article."""

    number: int
    title: str
    dek: str
    author: str
    paragraphs: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"http://s.test/news/2026/story-{self.number}"


def stories(count: int = 100) -> list[Story]:
    return [_story(number) for number in range(count)]


def _story(number: int) -> Story:
    dice = random.Random(f"story:{number}")

    def words() -> dict[str, object]:
        figures = {name: dice.randint(3, 900) for name in ("n", "m", "k")}
        named = {"who": dice.choice(_PEOPLE), "place": dice.choice(_PLACES), "thing": dice.choice(_THINGS)}
        return {**figures, **named, "year": dice.randint(1990, 2025)}

    given = words()
    return Story(
        number,
        f"{given['place']} {given['thing']} {dice.choice(_DEEDS)} after {given['n']} days",
        f"What {given['who']} knew of the {given['thing']} in {given['year']}.",
        dice.choice(_PEOPLE),
        tuple(dice.choice(_TOPICS).format(**words()) for _ in range(dice.randint(5, 11))),
    )


def before(story: Story) -> str:
    """Return the page as the old system made it."""
    body = "\n".join(f"<p>{escape(each, quote=False)}</p>" for each in story.paragraphs)
    title = escape(story.title)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - The Alder Post</title>
<meta property="og:type" content="article"><meta name="author" content="{story.author}">
<meta name="description" content="{escape(story.dek)}"></head>
<body><div id="header"><a href="/">The Alder Post</a><ul class="nav"><li><a href="/local">Local</a></li>
<li><a href="/sport">Sport</a></li></ul></div>
<div id="content"><div class="article"><h1>{title}</h1><p class="standfirst">{escape(story.dek)}</p>
<p class="byline">By {story.author}</p>
<div class="article-body">{body}</div>
<p class="promo"><a href="/newsletter">Sign up for the Alder morning letter</a></p></div>
<div class="sidebar"><h3>Most read</h3><ul><li><a href="/a">Ferry stuck on sand bank for a night</a></li>
<li><a href="/b">Ten walks along the quay</a></li></ul></div></div>
<div id="footer"><p>Copyright 2026 Alder Post Company. All rights reserved.</p></div></body></html>"""


def after(story: Story, more: str = "") -> str:
    """Return the same words as the new system shows them; *more* is HTML that it puts below each text."""
    parts = [
        f'<div class="sc-1xq"><p class="css-9z e1">{escape(each, quote=False)}</p></div>' for each in story.paragraphs
    ]
    parts.insert(2, '<div class="css-ad" data-slot="mid"><span>Advertisement</span></div>')
    parts.insert(
        4, '<aside class="related-links"><h4>Related</h4><ul><li><a href="/c">Who owns the quay</a></li></ul></aside>'
    )
    body = "\n".join(parts)
    title = escape(story.title)
    return f"""<!DOCTYPE html><html lang="en-US" class="theme"><head><meta charset="utf-8">
<title>{title} | Alder Post</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta name="author" content="{story.author}"><meta name="description" content="{escape(story.dek)}">
<link rel="stylesheet" href="/v2.css"></head>
<body class="layout-v2"><header class="masthead"><nav><a href="/">Post</a> <a href="/live">Live</a>
<a href="/video">Video</a></nav></header><div class="consent-bar"><button>Cookie settings</button></div>
<main id="main"><article class="css-story"><header class="css-head"><h1 class="headline">{title}</h1>
<p class="css-dek dek">{escape(story.dek)}</p><div class="author-line"><span class="byline">By <a rel="author"
href="/staff/x">{story.author}</a></span></div><ul class="share-tools"><li><a href="#">Share</a></li></ul></header>
<section class="css-text article-text" name="articleBody">{body}{more}</section>
<section class="newsletter-box"><h3>The quay, by mail</h3><p>Every Friday, what matters on the water.</p>
<button>Subscribe</button></section></article>
<aside class="recirc"><h2>Trending</h2><ol><li><a href="/d">Mayor swims to work</a></li></ol></aside></main>
<footer class="foot"><small>© 2026 Alder Post. Terms of use apply.</small></footer></body></html>"""
