"""What the service believes of updates and has come to pay for a request; kept from one run to the next as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tracker.model import HintTally

from .cadence_signals import NO_SIGNAL, signal_for
from .curve import SHIPPED, Curve, replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.model import Tracked

    from .cadence_signals import Signal

MEMO: Final = "cadence"
"""The name under which the archive keeps it."""
REFIT_EVERY: Final = timedelta(days=7)
_FORM: Final = 1


@dataclass(frozen=True, slots=True)
class UpdateModel:
    """The curve with the threshold of all sources, those of sources with a budget of their own, and of hosts.

    *fitted_at* is when the constants were learned and *articles* from how many; both are empty while the shipped ones
    serve. *tried_at* is when learning was tried last. *tallies* say how far each source's hubs are right; the archive
    keeps them by itself.
    """

    curve: Curve = SHIPPED
    sources: Mapping[str, float] = field(default_factory=dict)
    hosts: Mapping[str, float] = field(default_factory=dict)
    fitted_at: datetime | None = None
    articles: int = 0
    tried_at: datetime | None = None
    tallies: Mapping[str, HintTally] = field(default_factory=dict)

    def threshold(self, source: str, host: str) -> float:
        """Return the price of a request to *host* for an article of *source*; a host's is never lower than others'."""
        return max(self.sources.get(source, self.curve.threshold), self.hosts.get(host, 0.0))

    def curve_for(self, tracked: Tracked) -> Curve:
        """Return the curve with the threshold that holds for an article."""
        threshold = self.threshold(tracked.source, tracked.host)
        return self.curve if threshold == self.curve.threshold else replaced(self.curve, threshold)

    def signal(self, tracked: Tracked, at: datetime) -> Signal:
        """Return what to make of what an article's hub says."""
        if tracked.told_at is None:
            return NO_SIGNAL
        return signal_for(tracked, self.tallies.get(tracked.source, HintTally()), at)

    def due_for_a_fit(self, now: datetime) -> bool:
        """Say whether it is time to learn anew: weekly, and daily while too little was there to learn from."""
        if self.tried_at is None:
            return True
        return now - self.tried_at >= (REFIT_EVERY if self.fitted_at else timedelta(days=1))


def to_json(beliefs: UpdateModel) -> str:
    """Return what `from_json` reads."""
    learned = asdict(beliefs.curve)
    times = {name: at.isoformat() if (at := getattr(beliefs, name)) else None for name in ("fitted_at", "tried_at")}
    rest = {"sources": dict(beliefs.sources), "hosts": dict(beliefs.hosts), "articles": beliefs.articles}
    return json.dumps({"form": _FORM, "curve": learned, **rest, **times})


def from_json(text: str, tallies: Mapping[str, HintTally] | None = None) -> UpdateModel:
    """Return what was kept; the shipped beliefs where nothing was, or where another release kept something else."""
    fresh = UpdateModel(tallies=tallies or {})
    if not text:
        return fresh
    try:
        data: dict[str, Any] = json.loads(text)
        if data["form"] != _FORM:
            return fresh
        known = {each.name for each in fields(Curve)}
        curve = Curve(**{name: value for name, value in data["curve"].items() if name in known})
        return replace(
            fresh,
            curve=curve,
            sources={str(name): float(x) for name, x in data["sources"].items()},
            hosts={str(name): float(x) for name, x in data["hosts"].items()},
            articles=int(data["articles"]),
            fitted_at=_time(data["fitted_at"]),
            tried_at=_time(data["tried_at"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return fresh


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
