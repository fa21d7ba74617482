"""How a source treats its own edits: counted over its versions, one pass, nothing kept but a few times an article."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from ..model import LabelKind, NoticeKind, Op

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ..model import Change, Check, Version

CLOCK_MOVED: Final = "clock: nothing changed, and the page says it was modified "
"""How the detail of an unchanged check begins when the page's dateModified moved all the same."""

_HOUR: Final = timedelta(hours=1)
_FORM: Final = frozenset({LabelKind.COSMETIC, LabelKind.MOVE})


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """Return the share, 0 to 1, or None of nothing."""
        return round(self.count / self.of, 4) if self.of else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What the versions of a source say of it.

    *changed*: articles that changed, of those kept. *announced*: of the changes of facts. *headline_only*: of all
    changes. *correction_hours*: from publication to the first sight of each new correction, sorted; corrections without
    a time of publication are in *undated_corrections*, those that stood in an article's first version already in
    *early_corrections*. *clock_still*: changes with the publisher's time of modification unmoved, of those where both
    versions name one. *clock_for_form*: changes of form or order alone for which it moved. How often it moves while
    nothing at all changes stands in the checks (`moved_alone`). *flaps* are in no other count.
    """

    changed: Share = Share()
    changes: int = 0
    announced: Share = Share()
    headline_only: Share = Share()
    correction_hours: tuple[float, ...] = ()
    undated_corrections: int = 0
    early_corrections: int = 0
    clock_still: Share = Share()
    clock_for_form: Share = Share()
    flaps: int = 0

    @property
    def median_hours(self) -> float | None:
        """Return the median of the hours from publication to correction, or None without any."""
        return round(median(self.correction_hours), 4) if self.correction_hours else None


@dataclass(slots=True)
class _Counter:
    """Counts as versions go by; *clocks* holds the last time of modification of each article."""

    clocks: dict[str, datetime | None] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    changes: int = 0
    factual: int = 0
    announced: int = 0
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
        self.changed.add(version.article)
        self.changes += 1
        self.factual += change.announced is not None
        self.announced += change.announced is True
        self.headlines += headline_only(change)
        if LabelKind.CORRECTION in change.kinds:
            self._correction(version)
        if before is not None and version.content.modified is not None:
            moved = version.content.modified != before
            self.clocked += 1
            self.still += not moved
            if change.kinds and change.kinds <= _FORM:
                self.form_clocked += 1
                self.form += moved

    def _correction(self, version: Version) -> None:
        published = version.content.published
        if published is None or published > version.seen:
            self.undated += 1
        else:
            self.hours.append(round((version.seen - published) / _HOUR, 4))


def scorecard(versions: Iterable[Version]) -> Scorecard:
    """Count over the versions of a source, which are given oldest first; those taken out do not count."""
    c = _Counter()
    for version in versions:
        if not version.removed:
            c.add(version)
    return Scorecard(
        changed=Share(len(c.changed), len(c.clocks)),
        changes=c.changes,
        announced=Share(c.announced, c.factual),
        headline_only=Share(c.headlines, c.changes),
        correction_hours=tuple(sorted(c.hours)),
        undated_corrections=c.undated,
        early_corrections=c.early,
        clock_still=Share(c.still, c.clocked),
        clock_for_form=Share(c.form, c.form_clocked),
        flaps=c.flaps,
    )


def headline_only(change: Change) -> bool:
    """Say whether the headline changed and nothing else did."""
    return (
        change.title.changed
        and not (change.dek.changed or change.byline.changed)
        and (change.layout_only or all(block.op is Op.SAME for block in change.blocks))
        and all(notice.op is Op.SAME for notice in change.notices)
    )


def moved_alone(checks: Iterable[Check]) -> int:
    """Count how often an article's own clock moved while nothing changed, from its checks."""
    return len({check.detail for check in checks if check.detail.startswith(CLOCK_MOVED)})
