"""The update model with its prices and the reliability of hubs; stored in a memo between runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.archive import codec
from tracker.model.check import CheckOutcome
from tracker.model.hint_tally import HintTally

from . import cadence
from .cadence_signals import Signal, signal_for
from .curve import SHIPPED, Curve

if TYPE_CHECKING:
    from tracker.config.tables import SourceConfig
    from tracker.model.check import Tracked
    from tracker.pipeline.decide import CheckVerdict


MEMO: Final = "cadence"
"""The name of its memo."""
REFIT_EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UpdateModel:
    """The curve with the threshold of all sources, those of sources with a budget of their own, and of hosts.

    Attributes:
        sources, hosts: their thresholds, by name.
        fitted_at: when the constants were learned; None while the shipped ones are used.
        articles: from how many articles they were learned.
        tried_at: when learning was last tried.
        gain: how many percentage points more versions that fit found on the newest third of the log than the constants
            in use; a fit that finds fewer is not used.
        tallies: how often the hints of each source's hubs were right. The archive stores them apart from the model.
    """

    curve: Curve = SHIPPED
    sources: Mapping[str, float] = field(default_factory=dict)
    hosts: Mapping[str, float] = field(default_factory=dict)
    fitted_at: datetime | None = None
    articles: int = 0
    tried_at: datetime | None = None
    gain: float | None = None
    tallies: Mapping[str, HintTally] = field(default_factory=dict)

    def threshold(self, source: str, host: str) -> float:
        """Return the threshold for an article of `source` on `host`; a host's own threshold can only raise it."""
        return max(self.sources.get(source, self.curve.threshold), self.hosts.get(host, 0.0))

    def curve_for(self, tracked: Tracked) -> Curve:
        """Return the curve with the threshold that holds for an article."""
        threshold = self.threshold(tracked.source, tracked.host)
        return self.curve if threshold == self.curve.threshold else replace(self.curve, threshold=threshold)

    def signal(self, tracked: Tracked, at: datetime) -> Signal:
        """Return the signal of an article's hub."""
        return signal_for(tracked, self.tallies.get(tracked.source, HintTally()), at)

    def next_check(
        self, source: SourceConfig, tracked: Tracked, now: datetime, verdict: CheckVerdict
    ) -> datetime | None:
        """Return when to check an article of `source` again: at a fixed interval, or by equal expected loss."""
        if verdict.failures:
            refused = verdict.outcome in {CheckOutcome.REFUSED, CheckOutcome.GONE}
            return cadence.retry(tracked, now, failures=verdict.failures, every=source.every, refused=refused)
        return cadence.next_check(
            tracked,
            now,
            changed=verdict.outcome.made_version,
            every=source.every,
            until=source.until,
            curve=self.curve_for(tracked),
            signal=self.signal(tracked, now),
        )

    def pulled_forward(self, source: SourceConfig, tracked: Tracked, now: datetime) -> datetime | None:
        """Return when to check an article of `source` after its hub reported an update."""
        signal, curve = self.signal(tracked, now), self.curve_for(tracked)
        return cadence.pulled_forward(tracked, now, signal=signal, every=source.every, curve=curve)

    def due_for_a_fit(self, now: datetime) -> bool:
        """Return whether a fit is due: weekly, or daily while the log is too short for one."""
        if self.tried_at is None:
            return True
        return now - self.tried_at >= (REFIT_EVERY if self.fitted_at else timedelta(days=1))


def to_json(model: UpdateModel) -> str:
    """Return `model` without its tallies as the text of a memo."""
    return codec.dump_memo(model, without=("tallies",))


def from_json(text: str, tallies: Mapping[str, HintTally] | None = None) -> UpdateModel:
    """Return the model of a memo, with `tallies`; the shipped one for an empty text or one of another release."""
    shipped = UpdateModel(tallies=tallies or {})
    # What a memo of another release holds is learned again from the log: it is not worth a migration.
    try:
        return codec.load_memo(UpdateModel, text, tallies=shipped.tallies) or shipped
    except ValueError:
        return shipped
