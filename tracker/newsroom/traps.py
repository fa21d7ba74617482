"""What servers do beside telling the news: failures, walls, moves, headline tests, stale edges, validators that lie.

Every trap is a function of the seed, the article, the moment and the number of the request.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random


class State(StrEnum):
    """What an address answers during an episode."""

    UNAVAILABLE = "http503"
    GONE = "gone410"
    MISSING = "gone404"
    AWAY = "gone_then_back"
    SOFT_MISSING = "soft404"
    HOME = "redirect_home"
    MOVED = "redirect_moved"
    LOOP = "redirect_loop"
    PAYWALL = "paywall"
    CONSENT = "consent"
    BOT_WALL = "bot_wall"
    EMPTY = "empty200"
    SHELL = "js_shell"
    CUT = "truncated"
    CHARSET = "charset_flip"


TELLS_NEWS: Final = frozenset({State.MOVED, State.CHARSET})
"""Episodes in which the text can be read all the same."""
MINUTE: Final = 60.0
HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of the play, in its seconds, in which an address answers otherwise."""

    state: State
    start: float
    end: float = math.inf

    def covers(self, seconds: float) -> bool:
        """Say whether it is under way."""
        return self.start <= seconds < self.end


@dataclass(frozen=True, slots=True)
class Traits:
    """How an article's servers behave all the time.

    *other_title* is shown to every second request; *lags* are how far each of three edges is behind; *validator* says
    how the ETag behaves: it follows the text ("ok"), there is none, it differs at every request, it never changes
    ("frozen"), or each edge has its own ("weak"). *modified* says the same of Last-Modified, which may also be "now",
    or two hours ahead ("skew").
    """

    other_title: str = ""
    lags: tuple[float, float, float] = (0.0, 0.0, 0.0)
    validator: str = "none"
    modified: str = "none"

    @property
    def is_frozen(self) -> bool:
        """Say whether whoever asks with what they were given last is never told of an edit."""
        return self.validator == "frozen" or (self.validator == "none" and self.modified == "frozen")

    def lag(self, request: int) -> float:
        """Return how far behind the edge is that takes the *request*-th request."""
        return self.lags[request % 3]

    def etag(self, key: str, edition: int, request: int) -> str:
        """Return the ETag of an answer; empty for none."""
        return {
            "ok": f'"{key}-{edition}"',
            "request": f'"{key}-r{request}"',
            "frozen": f'"{key}"',
            "weak": f'W/"{key}-{edition}-{request % 3}"',
        }.get(self.validator, "")

    def last_modified(self, born: float, edited: float, seconds: float) -> float | None:
        """Return the second of the play that Last-Modified names; None for no such header."""
        return {"ok": edited, "now": seconds, "skew": edited + 2 * HOUR, "frozen": born}.get(self.modified)


_CHANCES: Final[tuple[tuple[State, float, float, float], ...]] = (
    # state, probability an article, least and most length
    (State.UNAVAILABLE, 0.08, MINUTE, 30 * MINUTE),
    (State.GONE, 0.03, math.inf, math.inf),
    (State.MISSING, 0.02, math.inf, math.inf),
    (State.AWAY, 0.02, 15 * MINUTE, 120 * MINUTE),
    (State.SOFT_MISSING, 0.03, 10 * MINUTE, 27 * HOUR),
    (State.HOME, 0.02, HOUR, 9 * HOUR),
    (State.MOVED, 0.04, math.inf, math.inf),
    (State.LOOP, 0.02, MINUTE, 15 * MINUTE),
    (State.PAYWALL, 0.06, HOUR / 2, 27 * HOUR),
    (State.CONSENT, 0.05, HOUR / 2, 4 * HOUR),
    (State.BOT_WALL, 0.03, HOUR / 2, 4 * HOUR),
    (State.EMPTY, 0.03, MINUTE, HOUR),
    (State.SHELL, 0.02, HOUR / 2, 4 * HOUR),
    (State.CUT, 0.03, MINUTE, HOUR),
    (State.CHARSET, 0.02, MINUTE, HOUR),
)


def episodes(dice: random.Random, born: float, end: float) -> tuple[Episode, ...]:
    """Return what befalls an article between its birth and the end of the play, in order; none overlap."""
    found: list[Episode] = []
    for state, chance, least, most in _CHANCES:
        if dice.random() >= chance:
            continue
        start = dice.uniform(born + 0.15 * (end - born), end)
        length = math.inf if math.isinf(least) else dice.uniform(least, most)
        found.append(Episode(state, start, start + length))
    found.sort(key=lambda each: each.start)
    apart: list[Episode] = []
    for each in found:
        if not apart or each.start >= apart[-1].end:
            apart.append(each)
    return tuple(apart)


def site_episodes(dice: random.Random, duration: float) -> tuple[Episode, ...]:
    """Return the bursts of 503 of a whole site: three a day, five to twenty minutes long."""
    starts = sorted(dice.uniform(0, duration) for _ in range(max(round(3 * duration / (24 * HOUR)), 1)))
    return tuple(Episode(State.UNAVAILABLE, start, start + dice.uniform(5, 20) * MINUTE) for start in starts)


def traits(dice: random.Random, other_title: str) -> Traits:
    """Return how an article's servers behave."""
    lags = (0.0, 0.0, dice.uniform(1, 15) * MINUTE if dice.random() < 0.15 else 0.0)
    return Traits(
        other_title=other_title if dice.random() < 0.10 else "",
        lags=lags,
        validator=dice.choice(("ok", "none", "request", "frozen", "weak")),
        modified=dice.choice(("ok", "none", "now", "skew", "frozen")),
    )
