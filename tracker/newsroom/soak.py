"""The soak: the real service watches a season of news for minutes that stand for hours, and must come through."""

from __future__ import annotations

import json
import random
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from . import setting as settings
from .assessor import EVERY, Assessment, assess
from .clock import Clock
from .conduct import TAKEN_DOWN
from .gates import Conditions
from .process import ServiceProcess
from .sink import Sink
from .troubled import Troubled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tracker.ports import Store

    from .logbook import Entry
    from .season import Season

EVERY_SECONDS: Final = 5.0
"""How often each page is looked at, in real seconds."""
_REFUSED: Final = 0.15


def configuration(folder: Path, season: Season, bases: Mapping[str, str], sink: str, secret: Path) -> str:
    """Return the configuration of the service for a season, as TOML."""
    parts = [
        'contact = "soak@writethru.invalid"',
        f'[archive]\ndatabase = "sqlite:///{folder / "writethru.db"}"',
        '[fetch]\ntimeout = "10s"',
        '[service]\nlisten = ""\nlog = "json"\ntick = "500ms"\nconcurrency = 16\nstorm = 0',
    ]
    for outlet in season.play.outlets:
        feed = json.dumps([f"{bases[outlet.key]}/rss.xml"])
        parts.append(
            f'[[sources]]\nname = {json.dumps(outlet.name)}\nfeeds = {feed}\npoll = "{2 * EVERY_SECONDS:g}s"\n'
            f'every = "{EVERY_SECONDS:g}s"'
        )
    parts += [
        f'[[rules]]\nname = "{EVERY}"\nto = ["desk"]',
        f'[[rules]]\nname = "{TAKEN_DOWN}"\nlabels = ["unpublished", "restored"]\nto = ["desk"]',
        "\n".join(
            [
                f'[[targets]]\nname = "desk"\ntype = "webhook"\nurl = {json.dumps(sink)}',
                f"secret = {{ file = {json.dumps(str(secret))} }}\nprivate = true",
            ]
        ),
    ]
    return "\n\n".join(parts) + "\n"


class _Moody:
    """Turns one message in seven away, once each: the second refusal of a message is waited out for minutes."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._met: set[str] = set()

    def __call__(self, _number: int, ident: str) -> bool:
        if ident in self._met:
            return False
        self._met.add(ident)
        return self._dice.random() < _REFUSED


class Soak:
    """One run; *say* is told how it goes, *opened* gives the archive at a URL to read, *strike* has it fail a while."""

    def __init__(
        self,
        folder: Path,
        season: Season,
        speed: float,
        say: Callable[[str], None],
        opened: Callable[[str], AbstractContextManager[Store]],
        strike: Callable[[str], None] = lambda _url: None,
    ) -> None:
        self._folder = folder
        self._season = season
        self._clock = Clock(speed)
        self._say = say
        self._opened = opened
        self._strike = strike
        self._heard: list[Entry] = []
        self._away: list[tuple[float, float]] = []

    @property
    def _database(self) -> str:
        return f"sqlite:///{self._folder / 'writethru.db'}"

    def run(self, kills: Sequence[float] = ()) -> Assessment:
        """Play the season to its end and hold what was kept against it; *kills* are real seconds after the start.

        Between every second pair of kills the archive is struck.
        """
        (self._folder / "truth.jsonl").write_text("\n".join(self._season.lines()) + "\n", encoding="utf-8")
        secret = self._folder / "webhook.secret"
        dice = random.Random(f"sink:{self._season.play.seed}")  # noqa: S311 - a stage set
        with ExitStack() as stack:
            paper = stack.enter_context(
                Troubled(self._season, self._clock, datetime.now(UTC), self._folder / "access.jsonl")
            )
            word = settings.new_secret(self._season.play.seed)
            secret.write_text(word + "\n", encoding="utf-8")
            sink = stack.enter_context(Sink(word, self._folder / "sink.jsonl", refuse=_Moody(dice)))
            config = self._folder / "writethru.toml"
            config.write_text(
                configuration(self._folder, self._season, paper.bases, sink.url, secret), encoding="utf-8"
            )
            service = ServiceProcess(config, self._folder / "service.jsonl", self._heard.append)
            stack.callback(service.stop)
            service.start()
            self._watch(service, list(kills), [(one + other) / 2 for one, other in list(pairwise(kills))[::2]])
            self._settle(sink)
            end = self._clock.now()
            service.stop()
            with self._opened(self._database) as store:
                return assess(
                    store,
                    self._season,
                    paper.bases,
                    paper.access.entries(),
                    sink.log.entries(),
                    Conditions(
                        EVERY_SECONDS * self._clock.speed, min(end, self._season.play.duration), tuple(self._away)
                    ),
                )

    def _watch(self, service: ServiceProcess, kills: list[float], strikes: list[float]) -> None:
        began = told = time.monotonic()
        while self._clock.now() < self._season.play.duration:
            time.sleep(0.1)
            now = time.monotonic()
            if kills and now - began > kills[0]:
                kills.pop(0)
                since = self._clock.now()
                service.kill()
                starts = self._starts()
                service.start()
                while self._starts() == starts and service.exit_code is None:
                    time.sleep(0.1)
                # After a start every page is looked at anew within two rounds.
                self._away.append((since, self._clock.now() + 3 * EVERY_SECONDS * self._clock.speed))
            if strikes and now - began > strikes[0]:
                strikes.pop(0)
                since = self._clock.now()
                self._strike(self._database)
                self._away.append((since, self._clock.now() + 3 * EVERY_SECONDS * self._clock.speed))
            if now - told > 30:
                told = now
                versions = sum(entry.get("event") == "version" for entry in list(self._heard))
                self._say(f"{self._clock.now() / 3600:5.1f} h of the play, {versions} versions kept")
            if service.exit_code is not None:
                raise SystemExit(f"the service ended with {service.exit_code}; read {self._folder / 'service.jsonl'}")

    def _starts(self) -> int:
        return sum(entry.get("event") == "started" for entry in list(self._heard))

    def _settle(self, sink: Sink) -> None:
        """Wait until no alert has come for a while: those the sink turned away come again."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < 25:
            count = len(sink.log.entries())
            if count != last:
                last, since = count, time.monotonic()
            time.sleep(0.2)
