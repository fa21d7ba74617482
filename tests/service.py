"""Processes for tests: the service, which they stop, kill, or run several of, and a Python that answers lines."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

PROGRAM = (sys.executable, "-c", "from tracker.cli.main import main; main()")
"""The command line of `writethru`, without arguments."""


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which the program may reach loopback; other WRITETHRU_* settings are left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
    return kept | {"WRITETHRU_ALLOW_PRIVATE": "1"} | more


def run_program(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, seconds: float = 220
) -> subprocess.CompletedProcess[str]:
    """Run `writethru` with `arguments` in `folder` and return its output and exit code."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=seconds,
    )


class RunningService:
    """Run `writethru run`, or another command, in `folder` until the context is left.

    The configuration there must have log = "json".

    Attributes:
        entries: the log entries so far.
        output: other lines that it wrote to stderr.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        command: Sequence[str] = ("run", "--no-pace"),
    ) -> None:
        self.entries: list[dict[str, Any]] = []
        self.output: list[str] = []
        self.process = subprocess.Popen(
            [*PROGRAM, *command, *arguments],
            cwd=folder,
            env=environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                try:
                    self.entries.append(json.loads(line))
                except ValueError:
                    self.output.append(line.rstrip("\n"))

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Return the log entries of an event."""
        return [each for each in list(self.entries) if each.get("event") == event]

    @property
    def versions(self) -> list[tuple[str, int, str]]:
        """The versions that it reported as stored: article, number, hash."""
        return [(each["article"], each["version"], each["sha256"]) for each in self.logged("version")]

    def has_stored(self, count: int) -> bool:
        """Return whether it reported that many versions as stored."""
        return len(self.versions) >= count

    @property
    def leads(self) -> bool:
        """Whether it reported that it schedules the checks for all processes."""
        return any("this process schedules" in each["detail"] for each in self.logged("lead"))

    @property
    def errors(self) -> list[Any]:
        """What should not be in the log of a service that runs well."""
        return [*self.logged("crash"), *self.output]

    @property
    def memory_mb(self) -> float:
        """The resident memory of the process itself, in megabytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)

    @property
    def cpu_seconds(self) -> float:
        """The processor time of the process and of its children that have ended."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(fields[place]) for place in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def until(self, what: str, condition: Callable[[], object], seconds: float = 90.0) -> float:
        """Wait until the condition holds and return how many seconds it took; fail if the service ends."""
        return until(what, condition, seconds, self)

    def stop(self, seconds: float = 90.0) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self) -> None:
        """Kill the process and its children with SIGKILL."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds: float) -> int:
        """Return the exit code of a service that ends within so many seconds."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._reader.join(5)


def until(what: str, condition: Callable[[], object], seconds: float, *services: RunningService) -> float:
    """Wait until the condition holds and return how many seconds it took; fail if one of the services ends."""
    began = time.monotonic()
    while not condition():
        for service in services:
            assert service.process.poll() is None, f"the service ended: {service.output[-5:]}"
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


class LineProcess:
    """Start Python with `arguments`, and answer lines until it is closed."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, line: str) -> str:
        """Write a line and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        answer = self._process.stdout.readline()
        assert answer, "the process ended"
        return answer.strip()

    def send_signal(self, sent: signal.Signals) -> None:
        """Send a signal to the process."""
        self._process.send_signal(sent)

    def close(self) -> str:
        """Wait until the process ends, which must be well, and return what it wrote to stderr."""
        _, errors = self._process.communicate(timeout=90)
        assert self._process.returncode == 0, errors
        return errors
