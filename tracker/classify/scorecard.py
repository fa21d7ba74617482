"""Count how a source treats its own edits, in one pass over its versions that keeps a few values an article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model.article import NoticeKind
from tracker.model.change import Change, Op
from tracker.model.labels import LabelKind
from tracker.model.scorecard import Scorecard, Share

if TYPE_CHECKING:
    from tracker.model.check import Check
    from tracker.model.version import Version

CLOCK_MOVED: Final = "clock: nothing changed, and the page says it was modified "
"""How the detail of an unchanged check begins where the page's own time of modification moved nevertheless."""

_HOUR: Final = timedelta(hours=1)
_FORM_LABELS: Final = frozenset({LabelKind.COSMETIC, LabelKind.MOVE})


@dataclass(slots=True)
class _Counter:
    """Counts, version by version. `clocks` holds the latest time of modification of each article."""

    clocks: dict[str, datetime | None] = field(default_factory=dict)
    changes: int = 0
    headlines: int = 0
    hours: list[float] = field(default_factory=list)
    undated: int = 0
    early: int = 0
    still: int = 0
    clocked: int = 0
    form: int = 0
    form_clocked: int = 0
    flaps: int = 0

    def add(self, version: Version) -> None:
        """Count one version."""
        before = self.clocks.get(version.article)
        self.clocks[version.article] = version.content.modified
        change = version.change
        if change is None:
            self.early += any(notice.kind is NoticeKind.CORRECTION for notice in version.content.notices)
        elif LabelKind.FLAP in change.kinds:
            self.flaps += 1
        else:
            self._change(version, change, before)

    def _change(self, version: Version, change: Change, before: datetime | None) -> None:
        self.changes += 1
        self.headlines += headline_only(change)
        if LabelKind.CORRECTION in change.kinds:
            self._correction(version)
        if before is not None and version.content.modified is not None:
            moved = version.content.modified != before
            self.clocked += 1
            self.still += not moved
            if change.kinds and change.kinds <= _FORM_LABELS:
                self.form_clocked += 1
                self.form += moved

    def _correction(self, version: Version) -> None:
        published = version.content.published
        if published is None or published > version.seen:
            self.undated += 1
        else:
            self.hours.append(round((version.seen - published) / _HOUR, 4))


def scorecard(versions: Iterable[Version]) -> Scorecard:
    """Count over the versions of a source, oldest first. Versions that were taken down do not count."""
    c = _Counter()
    for version in versions:
        if not version.removed:
            c.add(version)
    return Scorecard(
        headline_only=Share(c.headlines, c.changes),
        correction_hours=tuple(sorted(c.hours)),
        undated_corrections=c.undated,
        early_corrections=c.early,
        clock_still=Share(c.still, c.clocked),
        clock_for_form=Share(c.form, c.form_clocked),
        flaps=c.flaps,
    )


def headline_only(change: Change) -> bool:
    """Return whether the headline changed and nothing else did."""
    return (
        change.title.changed
        and not (change.dek.changed or change.byline.changed)
        and (change.layout_only or all(block.op is Op.SAME for block in change.blocks))
        and all(notice.op is Op.SAME for notice in change.notices)
    )


def moved_alone(checks: Iterable[Check]) -> int:
    """Count, from an article's checks, how often its own time of modification moved while nothing changed."""
    return len({check.detail for check in checks if check.detail.startswith(CLOCK_MOVED)})
