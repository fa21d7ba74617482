"""How well an archive kept what was printed, and whether those who asked were told, once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tracker.model import VersionQuery
from tracker.urls import identity

from .truth import UNPUBLISHED, VERSION, Due, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.model import Version
    from tracker.ports import Store

    from .truth import TrueVersion, Truth


@dataclass(frozen=True, slots=True)
class Score:
    """What came of a play. *alerts_repeated* counts repeats that bear the same id, which a receiver can drop."""

    lived: int
    captured: int
    missed: int
    false_versions: int
    alerts_due: int
    alerts_delivered: int
    alerts_duplicated: int
    alerts_repeated: int = 0
    alerts_false: int = 0
    alerts_unsigned: int = 0

    @property
    def perfect(self) -> bool:
        """Say whether nothing was missed, invented, told twice, told wrongly or left untold."""
        wrong = (
            self.missed
            + self.false_versions
            + self.alerts_duplicated
            + self.alerts_false
            + self.alerts_unsigned
            + (self.alerts_due - self.alerts_delivered)
        )
        return wrong == 0

    def as_dict(self) -> dict[str, Any]:
        """Return the figures, ready for JSON."""
        return {"schema": 1, **asdict(self)}


@dataclass(frozen=True)
class Verdict:
    """A score with its reasons: each missed or false version and each undelivered or unasked-for alert, in words."""

    score: Score
    faults: tuple[str, ...]


def align(kept: Sequence[str], printed: Sequence[str]) -> list[int | None]:
    """Return for each kept key the index of the printed version it is, in order; None where it is none of those left.

    A text that returns is a version again only if it was printed again.
    """
    found: list[int | None] = []
    start = 0
    for each in kept:
        index = next((i for i in range(start, len(printed)) if printed[i] == each), None)
        found.append(index)
        if index is not None:
            start = index + 1
    return found


def score(store: Store, truth: Truth, log: Iterable[dict[str, Any]], *, poll: float, end: float) -> Verdict:
    """Compare an archive and a sink's log with the truth.

    *poll* and *end* are in seconds of the play: versions that lived no longer than *poll* before *end* may be missed.
    """
    faults: list[str] = []
    numbers: dict[tuple[str, int], int] = {}
    by_identity = {identity(url): versions for url, versions in truth.versions.items()}
    seen: set[tuple[str, int]] = set()
    false = 0
    for tracked in store.articles():
        kept = list(store.versions(VersionQuery(article=tracked.id, reverse=True)))
        printed = by_identity.get(identity(tracked.url), ())
        for version, index in zip(kept, align(_keys(kept), [v.key for v in printed]), strict=True):
            if index is None:
                false += 1
                faults.append(f"false version: {tracked.url} v{version.n} “{version.content.title}”")
            else:
                seen.add((identity(tracked.url), index + 1))
                numbers[identity(tracked.url), version.n] = index + 1
    lived = [v for versions in truth.versions.values() for v in versions if v.life(end) > poll]
    missed = [v for v in lived if (identity(v.url), v.n) not in seen]
    faults += [f"missed: {_named(v)}" for v in missed]
    heard = _heard(log, numbers)
    due = {Due(d.rule, identity(d.url), d.n, d.event) for d in truth.due}
    faults += [f"alert not delivered: {_told(d)}" for d in sorted(due - set(heard))]
    faults += [f"alert nobody asked for: {_told(d)}" for d in sorted(set(heard) - due)]
    return Verdict(
        Score(
            lived=len(lived),
            captured=len(lived) - len(missed),
            missed=len(missed),
            false_versions=false,
            alerts_due=len(due),
            alerts_delivered=len(due & set(heard)),
            alerts_duplicated=sum(len(set(ids)) - 1 for ids in heard.values()),
            alerts_repeated=sum(len(ids) - len(set(ids)) for ids in heard.values()),
            alerts_false=len(set(heard) - due),
            alerts_unsigned=sum(1 for entry in log if not entry["signed"]),
        ),
        tuple(faults),
    )


def alert_of(payload: dict[str, Any]) -> tuple[str, str, int, str]:
    """Return rule, address, archived version and event of an alert's payload (schema 1)."""
    labels = [label["kind"] if isinstance(label, dict) else label for label in payload.get("labels", [])]
    event = UNPUBLISHED if UNPUBLISHED in labels else VERSION
    return str(payload["rule"]), str(payload["url"]), int(payload["version"]), event


def _heard(log: Iterable[dict[str, Any]], numbers: dict[tuple[str, int], int]) -> dict[Due, list[str]]:
    """Return the ids under which each alert was taken; a version the truth does not know has a negative number."""
    heard: dict[Due, list[str]] = defaultdict(list)
    for entry in log:
        if entry["status"] != 204:
            continue
        rule, url, version, event = alert_of(entry["payload"])
        n = 0 if event == UNPUBLISHED else numbers.get((identity(url), version), -version)
        heard[Due(rule, identity(url), n, event)].append(entry["id"])
    return heard


def _keys(versions: Sequence[Version]) -> list[str]:
    return [key_of(version.content) for version in versions]


def _named(version: TrueVersion) -> str:
    until = f"{version.died} s" if version.died is not None else "the end"
    return f"{version.url} v{version.n} “{version.title}”, on the page from {version.born} s to {until}"


def _told(due: Due) -> str:
    return f"{due.rule}: {due.url} " + (f"v{due.n}" if due.event == VERSION else due.event)
