"""Gates: figures of a run and what they must be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure of a run and what it must be.

    Attributes:
        of: the number of things the figure was taken over.
        min_of: the least such number, so that an idle run passes no gate.
    """

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    of: int = 0
    min_of: int = 1

    @property
    def is_tested(self) -> bool:
        """Whether the figure was taken over enough."""
        return self.of >= self.min_of

    @property
    def holds(self) -> bool:
        """Whether the figure is what it must be, taken over enough."""
        is_enough = self.at_least is None or self.value >= self.at_least
        is_little_enough = self.at_most is None or self.value <= self.at_most
        return is_enough and is_little_enough and self.is_tested


def share_gate(name: str, bad: int, of: int, *, at_least: float, min_of: int = 1) -> Gate:
    """Return a gate over the share of things that are not bad."""
    return Gate(name, 1 - bad / max(of, 1), at_least=at_least, of=of, min_of=min_of)


def zero_gate(name: str, count: float, of: int, *, min_of: int = 20) -> Gate:
    """Return a gate over a count that must be 0."""
    return Gate(name, count, at_most=0, of=of, min_of=min_of)


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a scenario was watched, in simulated seconds.

    Attributes:
        interval: between two checks of a page.
        end: when watching ended.
        outages: when the service was not running, as pairs of start and end.
    """

    interval: float
    end: float
    outages: tuple[tuple[float, float], ...] = ()

    def seconds_unwatched(self, start: float, end: float) -> float:
        """Return for how many seconds between `start` and `end` the service was not running."""
        return sum(max(min(until, end) - max(since, start), 0.0) for since, until in self.outages)
