"""The service in a process of its own: start it, read its log, stop it or kill it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from .json_log import LogEntry

# The event of a line that is not a log entry, such as a line of a traceback.
OUTPUT: Final = "output"
# Longer than the service takes to finish what it is doing.
MAX_STOP_SECONDS: Final = 35.0


class ServiceProcess:
    """Run `writethru run` with the configuration at *config*.

    The service may fetch from loopback, and does not wait between requests there. Its working directory is that of
    the configuration; WRITETHRU_* variables of this process are not passed on.

    Args:
        log: file that all output is appended to.
        on_entry: called with each log entry, in a thread that reads the output.
    """

    def __init__(self, config: Path, log: Path, on_entry: Callable[[LogEntry], None]) -> None:
        self._config = config
        self._log = log
        self._on_entry = on_entry
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None if no process was started or it was stopped."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """The exit code, if the process ended on its own; None while it runs and before it is started."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the service; one that was started before must have been stopped or killed."""
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
            # Ctrl-C in the terminal goes to this process alone, which then stops the service.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def stop(self, seconds: float = MAX_STOP_SECONDS) -> int:
        """Stop the service with SIGTERM, or with SIGKILL after *seconds*, and return its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._finish()

    def kill(self) -> int:
        """Kill the service with SIGKILL, read the rest of its output, and return its exit code."""
        assert self._process is not None
        self._process.kill()
        return self._finish()

    def _finish(self) -> int:
        assert self._process is not None
        assert self._reader is not None
        code = self._process.wait()
        # A child that outlives the service keeps the pipe open, but all the service wrote is in it by now.
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
                self._on_entry(parse_log_line(line))


def parse_log_line(line: str) -> LogEntry:
    """Return a line of a JSON log as an entry; any other line becomes the event "output" with its `text`."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    return entry if isinstance(entry, dict) and "event" in entry else {"event": OUTPUT, "text": line.rstrip("\n")}
