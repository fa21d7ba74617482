"""One performance: the newspaper, the sink, and in front of them the service, which knows nothing of it."""

from __future__ import annotations

import queue
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tracker.errors import TrackerError

from . import setting as settings
from .clock import Clock
from .newspaper import Newspaper
from .process import ServiceProcess
from .scorer import score
from .sink import Sink
from .truth import truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from tracker.ports import Store

    from .logbook import Entry
    from .play import Play
    from .scorer import Verdict
    from .setting import Setting

_STEP: Final = 0.1


class Performance:
    """A play on the boards; a context manager that leaves no process and no port behind.

    `events` gives what happens, as it happens: the service's log lines, and the sink's entries (event "alert"). The
    sink answers after *sink_delay* seconds.
    """

    def __init__(self, play: Play, setting: Setting, speed: float, *, sink_delay: float = 0.0) -> None:
        self.play = play
        self.setting = setting
        self.clock = Clock(speed)
        self._queue: queue.SimpleQueue[Entry] = queue.SimpleQueue()
        self._stack = ExitStack()
        self.newspaper = Newspaper(play, self.clock, datetime.now(UTC), setting.log("access"))
        self.sink = Sink(settings.new_secret(play.seed), setting.log("sink"), heard=self._alert, delay=sink_delay)
        self.service = ServiceProcess(setting.config, setting.log("service"), self._queue.put)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.newspaper)
            stack.enter_context(self.sink)
            stack.callback(self.service.stop)
            bases = self.newspaper.bases
            settings.write(self.setting, self.play, bases, self.sink.url, self.sink.secret)
            self.truth = truth(self.play, bases)
            self.setting.log("truth").write_text("\n".join(self.truth.lines()) + "\n", encoding="utf-8")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def url(self, key: str) -> str:
        """Return the address of the article with that key."""
        return next(self.newspaper.url(piece) for piece in self.play.pieces if piece.key == key)

    @property
    def over(self) -> bool:
        """Say whether the last edition has stood long enough."""
        return self.clock.now() >= self.play.duration

    def events(self, seconds: float | None = None) -> Iterator[Entry | None]:
        """Yield what happens until the play is over, or for *seconds*; None now and then, when nothing does.

        Raises TrackerError where the service ends by itself.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while not (self.over if end is None else time.monotonic() >= end):
            try:
                yield self._queue.get(timeout=_STEP)
            except queue.Empty:
                yield None
            if self.service.exit_code is not None:
                raise TrackerError(
                    f"the service ended with exit code {self.service.exit_code}",
                    hint=f"read {self.setting.log('service')}",
                )

    def rest(self) -> Iterator[Entry]:
        """Yield what is still in the queue; wait for nothing."""
        while not self._queue.empty():
            yield self._queue.get()

    def told_all(self) -> bool:
        """Say whether as many different alerts were taken as are due."""
        return len({entry["id"] for entry in self.sink.accepted()}) >= len(self.truth.due)

    def judge(self, store: Store) -> Verdict:
        """Compare the archive and what the sink took with what was printed until now."""
        return score(
            store,
            self.truth,
            self.sink.log.entries(),
            poll=self.setting.interval * self.clock.speed,
            end=self.clock.now(),
        )

    def _alert(self, entry: Entry) -> None:
        self._queue.put({"event": "alert", **entry})
