"""Jinja2 templates with autoescape. Filters that return HTML get it from `render`, which escapes."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from tracker import __version__
from tracker.archive.verdicts import VERDICTS
from tracker.model.change import LABELS, LabelKind, most_prominent_first
from tracker.render import html, plain
from tracker.render.json import dumps
from tracker.render.pictures.svg import spark, tracks
from tracker.render.rows import notice_title
from tracker.render.text import counted, direction, safe
from tracker.render.times import ago, copied, day, interval, iso, moment, outlet_time, span
from tracker.views.change import shorten, verdict_line
from tracker.views.version import handed_in

from . import links
from .page_request import View

_CODE: Final = re.compile(r"`([^`]+)`")
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_PICTURES: Final[dict[str, Callable[..., str]]] = {"spark": spark, "tracks": tracks}
NAMES: Final = ("app.css", "app.js", "icon.svg")
# Starting must stay fast, so only these are loaded before the server listens; the others when somebody asks for a page.


@dataclass(frozen=True, slots=True)
class Static:
    """One file: its bytes, its media type, and its path."""

    body: bytes
    media: str
    path: str


@cache
def statics() -> dict[str, Static]:
    """Return the style sheet, the script and the icon by name; hashed paths may be cached indefinitely."""
    found = {}
    for name in NAMES:
        body = files(__package__).joinpath("static", name).read_bytes()
        digest = hashlib.sha256(body).hexdigest()[:16]
        found[name] = Static(body, _TYPES[name.rpartition(".")[2]], f"/static/{digest}/{name}")
    return found


class CompiledTemplates(FileSystemBytecodeCache):
    """A cache of compiled templates next to that of Python modules. Compiling one takes 10 to 70 ms."""

    def __init__(self) -> None:
        super().__init__(str(Path(cache_from_source(__file__)).parent), "template-%s.jinja")
        # The bytecode depends on the release of Jinja and on the options of the environment below.
        self._made_by = version("jinja2") + Path(__file__).read_text(encoding="utf-8")

    def get_source_checksum(self, source: str) -> str:
        """Return the checksum that ties bytecode to its template."""
        return super().get_source_checksum(self._made_by + source)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store a compiled template, unless Python must not write bytecode here."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


@cache
def environment() -> Environment:
    """Return the Jinja2 environment, created once."""
    made = Environment(
        loader=PackageLoader("tracker.web"),
        bytecode_cache=CompiledTemplates(),
        autoescape=True,
        undefined=StrictUndefined,  # a name that a template misspells fails a test instead of leaving a gap on a page
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        auto_reload=False,  # the files of a release do not change, and looking costs a stat for each template
    )
    made.globals |= {
        "links": links,
        "static": lambda name: statics()[name].path,
        "release": __version__,
        "interval": interval,
        "ago": ago,
        "many": counted,
        "direction": direction,
        "lang_of": lang_of,
        # Whether a list of times must show seconds: without them, many of its times would read the same.
        "within_minutes": lambda first, last: last - first < timedelta(minutes=10),
        "label_table": LABELS,
        "label_kinds": tuple(LabelKind),
        "verdict_words": tuple(VERDICTS),
        "most_prominent_first": most_prominent_first,
        "noted": plain.noted,
        "noted_in_words": lambda kinds, announced: plain.noted_in_words(frozenset(kinds), announced=announced),
        "substance": plain.substance,
        "words_changed": plain.words_changed,
    }
    # Defaults for the frame of a page.
    made.globals |= dict.fromkeys(("site", "signed_in", "admin", "can_change", "looked", "local_port"), False)
    made.globals |= dict.fromkeys(("judged_only", "read_only_reason", "csrf", "json_address", "flash"), "")
    made.filters |= {
        "html": Markup,
        "hunks": lambda parts: Markup(html.hunks(parts)),  # noqa: S704 - render escapes
        "marked": lambda text, words: Markup(html.mark_words(text, words)),  # noqa: S704 - render escapes
        "passage": html.passage,
        "hours": lambda hours: "–" if hours is None else span(timedelta(hours=hours)),
        "highlight": lambda change: Markup(html.highlight(change)),  # noqa: S704 - render escapes
        "when": when,
        "outlet_when": outlet_when,
        "day": day,
        "iso": iso,
        "span": span,
        "copied": copied,
        "percent": lambda value: "–" if value is None else f"{value:.0%}",
        "thousands": lambda value: f"{value:,}",
        "picture": lambda name, *given: Markup(_PICTURES[name](*given)),  # noqa: S704 - render escapes
        "fold": shorten,
        "evidence": evidence,
        "notice_title": notice_title,
        "verdict": verdict_line,
        "json_ld": lambda value: Markup(dumps(value).replace("<", "\\u003c")),  # noqa: S704 - no element can begin in it
        "handed_in": handed_in,
        "code": lambda text: Markup(_CODE.sub(r"<code>\1</code>", str(escape(safe(text))))),  # noqa: S704 - escaped
    }
    return made


def page(view: View, **frame: Any) -> str:  # noqa: ANN401 - any value
    """Render a view as HTML. `frame` has values for its frame; the defaults are for readers who have not signed in."""
    return environment().get_template(view.template).render(view=view, **frame)


def when(at: datetime | None, now: datetime | None = None, *, seconds: bool | None = False) -> Markup:
    """Return a <time> element, without the date if it is the same day as `now`; `seconds` says whether with seconds."""
    if at is None:
        return Markup("–")
    utc = at.astimezone(UTC)
    full = f"{utc:%-d %b %Y %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        iso(at), full, moment(at, now) + (f"{utc::%S}" if seconds else "")
    )


def outlet_when(at: datetime | None) -> Markup:
    """Return a <time> element for a date of a page; with its offset if that is not UTC: 5 Mar 2026 23:30 UTC-05:00."""
    if at is None or not at.utcoffset():
        return when(at)
    written = outlet_time(at)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        written, f"{moment(at)} UTC", f"{at:%-d %b %Y %H:%M} UTC{written[-6:]}"
    )


def evidence(text: str) -> Markup:
    """Return the evidence of a label, "old → new". An arrow points at the new words in every script."""
    return Markup(" → ").join(Markup("<bdi>{}</bdi>").format(safe(part)) for part in text.split(" → "))


def lang_of(tag: str) -> Markup:
    """Return a lang attribute for screen readers, or "" if `tag` is not a valid language tag."""
    return Markup(' lang="{}"').format(tag) if _TAG.fullmatch(tag) else Markup("")


def _shown(value: Any) -> Any:  # noqa: ANN401 - any value of a template
    """Remove direction marks and invisible characters from texts that came from pages."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return escape(safe(value))
    return value
