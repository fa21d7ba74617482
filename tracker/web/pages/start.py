"""The start page: what changed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracker.model import Counts, LabelKind, VersionQuery

from ..asked import View
from ..twin import twin
from .lines import Entry, entries
from .weather import Weather, weather

if TYPE_CHECKING:
    from tracker.archive.reading.outlets import SourceGlance
    from tracker.model import Glance

    from ..asked import Asked

_NEWEST: Final = 12
_FEW: Final = 5
_WINDOWS: Final = (("24 hours", timedelta(days=1)), ("7 days", timedelta(days=7)), ("any time", timedelta(days=36500)))


@dataclass(frozen=True)
class Start(View):
    """What changed now; *window* says how far back the largest edits were looked for."""

    template: ClassVar[str] = "start.html"
    counts: Counts
    newest: tuple[Entry, ...]
    largest: tuple[Entry, ...]
    corrections: tuple[Entry, ...]
    silent: tuple[Entry, ...]
    failing: tuple[SourceGlance, ...]
    weather: Weather
    window: str
    row: int
    now: datetime

    @property
    def title(self) -> str:
        """Return what stands in the title bar."""
        return "What changed now"

    def as_json(self) -> dict[str, Any]:
        """Return the JSON twin."""
        lists = ("newest", "largest", "corrections", "silent")
        held = [each.source for each in self.weather.holding]
        rest = {
            "counts": self.counts, "failing": self.failing, "held": held, "window": self.window, "now": self.now,
        }  # fmt: skip
        return twin(rest) | {name: [each.as_json() for each in getattr(self, name)] for name in lists}


def start(asked: Asked) -> Start:
    """Return the start page."""
    archive, browse = asked.archive, asked.archive.browse
    newest = browse.leaf(VersionQuery(changes_only=True), size=_NEWEST).glances
    window = ""
    largest: tuple[Glance, ...] = ()
    for window, length in _WINDOWS:  # noqa: B007 - both are wanted after the loop
        largest = browse.largest(asked.now - length, _FEW)
        if largest:
            break
    corrected = browse.labelled([LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE], _FEW)
    silent = browse.labelled([LabelKind.STEALTH], _FEW)
    sources = archive.kept("sources", browse.source_glances)
    return Start(
        counts=archive.kept("counts", archive.store.counts),
        newest=entries(archive, newest, shown=_NEWEST),
        largest=entries(archive, largest),
        corrections=entries(archive, corrected, shown=_FEW),
        silent=entries(archive, silent, shown=_FEW),
        failing=tuple(each for each in sources if (each.failing or each.hubs_failing) and not each.paused),
        weather=weather(archive, asked.now),
        window=window,
        row=browse.newest_row(),
        now=asked.now,
    )
