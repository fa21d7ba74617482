"""A gate: one figure of a run and what it must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure of a run and what it must be; *of* counts what it was taken over, so that none passes idle."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None
    of: int = 0
    floor: int = 1

    @property
    def holds(self) -> bool:
        """Say whether the figure is what it must be, over enough."""
        good = (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)
        return good and self.of >= self.floor


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the season was watched: *poll* in seconds of the play, its *end*, and when the service was *away*."""

    poll: float
    end: float
    away: tuple[tuple[float, float], ...] = ()

    def missed(self, start: float, end: float) -> float:
        """Return the seconds between *start* and *end* in which nobody looked."""
        return sum(max(min(till, end) - max(since, start), 0.0) for since, till in self.away)
