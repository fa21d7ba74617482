"""A Python process that answers each line it is given with a line."""

import subprocess
import sys


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

    def close(self) -> str:
        """Wait until the process ends, which must be well, and return what it wrote to stderr."""
        _, errors = self._process.communicate(timeout=90)
        assert self._process.returncode == 0, errors
        return errors
