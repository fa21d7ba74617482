"""A user at a terminal and in a browser, whose commands, clicks and waits are counted."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page

MAX_WAIT_SECONDS = 600.0
SILENCE_SECONDS = 20.0
_CHANGING = re.compile(r"[\d\s]+")


@dataclass
class Tally:
    """What a user did and how long the programs took; thinking and typing take no time.

    Attributes:
        commands: typed into a terminal.
        answers: to questions that a command asked.
        clicks: on links and buttons.
        fields: filled in or chosen from, an address typed into the browser too.
        files: how often a file was edited by hand.
        first_diff: seconds until the words before and after the edit were on the screen.
        first_alert: seconds until a mail about the edit arrived.
        silences: how often nothing new was on the screen for 20 seconds.
        longest: the longest time without anything new on the screen, in seconds.
    """

    commands: int = 0
    answers: int = 0
    clicks: int = 0
    fields: int = 0
    files: int = 0
    first_diff: float = 0.0
    first_alert: float = 0.0
    silences: int = 0
    longest: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def was_silent(self, seconds: float) -> None:
        """Count a time in which nothing new was shown."""
        self.silences += seconds > SILENCE_SECONDS
        self.longest = max(self.longest, seconds)


@dataclass
class Terminal:
    """A terminal of 80 columns in a folder, whose shell has these variables."""

    tally: Tally
    folder: Path
    environment: Mapping[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def type(self, command: str, answers: Mapping[str, str] | None = None, until: str = "") -> str:
        """Run a command and return what it showed; each of the answers is given when its question is on the screen.

        With `until`, the command goes on in the background once it has shown that text, until the terminal is closed.
        """
        self.tally.commands += 1
        controller, screen = pty.openpty()
        environment = {**self.environment, "COLUMNS": "80", "TERM": "xterm"}
        process = subprocess.Popen(
            shlex.split(command),
            cwd=self.folder,
            env=environment,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)
        self.running.append(process)
        shown, left, last = "", dict(answers or {}), time.monotonic()
        deadline = last + MAX_WAIT_SECONDS
        while not (until and until in shown):
            if time.monotonic() > deadline:
                raise SystemExit(f"{command}: nothing came of it in {MAX_WAIT_SECONDS:g} s:\n{shown[-2000:]}")
            if not select.select([controller], [], [], 0.05)[0]:
                continue
            try:
                part = os.read(controller, 65536)
            except OSError:
                part = b""
            self.tally.was_silent(time.monotonic() - last)
            last = time.monotonic()
            if not part:
                break
            shown += part.decode(errors="replace")
            for question in [each for each in left if each in shown]:
                os.write(controller, left.pop(question).encode() + b"\n")
                self.tally.answers += 1
        if until:
            # What stays must not wait for somebody to read what it writes.
            threading.Thread(target=_drain, args=(controller,), daemon=True).start()
            return shown
        os.close(controller)
        if process.wait(60):
            raise SystemExit(f"{command}: exit code {process.returncode}:\n{shown[-2000:]}")
        return shown

    def edit(self, file: Path, after: str) -> None:
        """Add text to the end of a file in an editor."""
        self.tally.files += 1
        file.write_text(f"{file.read_text(encoding='utf-8')}{after}", encoding="utf-8")

    def close(self) -> None:
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _drain(controller: int) -> None:
    with suppress(OSError):
        while os.read(controller, 65536):
            pass


@dataclass
class Reader:
    """A user in front of a page."""

    tally: Tally
    page: Page

    def open(self, address: str) -> None:
        """Type an address."""
        self.tally.fields += 1
        self.page.goto(address)

    def click(self, what: Locator) -> None:
        self.tally.clicks += 1
        what.click()

    def fill(self, what: Locator, text: str) -> None:
        self.tally.fields += 1
        what.fill(text)

    def choose(self, what: Locator, value: str) -> None:
        self.tally.fields += 1
        what.select_option(value)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait, and load the page anew every few seconds; new is what it shows apart from numbers."""
        last, shown = time.monotonic(), self._words()
        deadline = last + MAX_WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.page.url}: nothing came of it in {MAX_WAIT_SECONDS:g} s")
            self.page.wait_for_timeout(2000)
            self.page.reload()
            now = self._words()
            if now != shown:
                self.tally.was_silent(time.monotonic() - last)
                last, shown = time.monotonic(), now
        self.tally.was_silent(time.monotonic() - last)

    def _words(self) -> str:
        return _CHANGING.sub(" ", self.page.inner_text("body"))
