"""The real service as a process, heard line by line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROGRAM = [sys.executable, "-c", "from tracker.cli.main import main; main()"]


class Running:
    """`writethru run` in *folder*; *entries* are its log lines, *output* is what it said besides."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
        self.entries: list[dict[str, Any]] = []
        self.output: list[str] = []
        self.process = subprocess.Popen(
            [*PROGRAM, "run", "--no-pace", *arguments],
            cwd=folder,
            env={**kept, "WRITETHRU_ALLOW_PRIVATE": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._hear, daemon=True)
        self._reader.start()

    def _hear(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            try:
                self.entries.append(json.loads(line))
            except ValueError:
                self.output.append(line.rstrip("\n"))

    def said(self, event: str) -> list[dict[str, Any]]:
        return [each for each in list(self.entries) if each.get("event") == event]

    @property
    def versions(self) -> list[tuple[str, int, str]]:
        """Return what it called stored."""
        return [(each["article"], each["version"], each["sha256"]) for each in self.said("version")]

    def stored(self, count: int) -> bool:
        """Say whether it called that many versions stored."""
        return len(self.versions) >= count

    @property
    def resident(self) -> float:
        """Return the megabytes the process itself holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)

    @property
    def cpu(self) -> float:
        """Return the seconds of processor time that the process and its children that ended have used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(fields[place]) for place in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def until(self, what: str, holds: Callable[[], object], seconds: float = 30.0) -> float:
        """Wait until something holds; return how long it took."""
        began = time.monotonic()
        while not holds():
            assert self.process.poll() is None, f"the service ended: {self.output[-5:]}"
            assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}"
            time.sleep(0.02)
        return time.monotonic() - began

    def stop(self, seconds: float = 40.0) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds: float) -> int:
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._reader.join(5)
        assert self.process.stderr is not None
        if not self._reader.is_alive():
            self.process.stderr.close()
