"""The service as a process of its own, watched through its log; it is started, asked to stop, or killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .logbook import Entry

OUTPUT: Final = "output"
"""The event of a line that is no log line: a traceback, a message of another library."""


class ServiceProcess:
    """`writethru run` on the configuration at *config*; every line it writes goes to *heard* and to the file *log*.

    The service is the installed one, as it is. It may reach loopback, and keeps no pace there.
    """

    def __init__(self, config: Path, log: Path, heard: Callable[[Entry], None]) -> None:
        self._config = config
        self._log = log
        self._heard = heard
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """Return the id of the process, or None where none runs."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """Return how the process ended, or None where it runs or never ran."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the service; the one started before must have ended."""
        assert self._process is None
        run = ["run", "--migrate", "--no-pace", "--config", str(self._config.absolute())]
        env = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", "from tracker.cli.main import main; main()", *run],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=self._config.parent,
            env={**env, "WRITETHRU_ALLOW_PRIVATE": "1"},
            # Ctrl-C in the terminal is for the demo, which then asks the service to stop.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def stop(self, seconds: float = 35.0) -> int:
        """Ask the service to stop, wait for it to drain, and return its exit code; it is killed when it does not."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._buried()

    def kill(self) -> int:
        """Kill the service with SIGKILL, read what it had written, and return its exit code."""
        assert self._process is not None
        self._process.kill()
        return self._buried()

    def _buried(self) -> int:
        assert self._process is not None
        assert self._reader is not None
        code = self._process.wait()
        # A child that outlives the service would hold the pipe open; what the service wrote is in it already.
        self._reader.join(5)
        if self._process.stdout is not None and not self._reader.is_alive():
            self._process.stdout.close()
        self._process = None
        return code

    def _read(self, lines: TextIO) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            for line in lines:
                file.write(line)
                file.flush()
                self._heard(parse(line))


def parse(line: str) -> Entry:
    """Read one line of a JSON log; a line that is none becomes the event "output" with its *text*."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    return entry if isinstance(entry, dict) and "event" in entry else {"event": OUTPUT, "text": line.rstrip("\n")}
