"""Progress: a bar on a terminal, lines elsewhere, and nothing on stdout."""

import errno
import os
import pty
import sys

import pytest

from tracker.cli import output
from tracker.cli.output import Output


def test_lines_are_written_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr(output, "PROGRESS_SECONDS", 0.0)
    with Output().progress("MiB written", scale=1 << 20) as tell:
        tell(3 << 20, 5 << 20)
        tell(4 << 20, 0)
        tell(4 << 20, 5 << 20, "MiB compared")
    shown = capsys.readouterr()
    assert shown.err == "3 of 5 MiB written\n4 MiB written\n4 of 5 MiB compared\n"
    assert shown.out == ""


def test_quiet_says_nothing(capsys):
    with Output(quiet=True).progress("versions") as tell:
        tell(1, 2)
    assert capsys.readouterr().err == ""


def _read_to_the_end(terminal: int) -> str:
    """Read all that a terminal was sent: the kernel hands it over in pieces, and reports EIO after the last."""
    shown = b""
    with os.fdopen(terminal, "rb", buffering=0) as pieces:
        try:
            while piece := pieces.read(4096):
                shown += piece
        except OSError as error:
            if error.errno != errno.EIO:
                raise
    return shown.decode()


def _bar(monkeypatch, output: Output) -> str:
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with output.progress("versions verified") as tell:
            tell(200, 1000)
    return _read_to_the_end(ours)


def test_a_bar_has_no_colours_where_they_are_turned_off(monkeypatch):
    assert "\x1b[3" not in _bar(monkeypatch, Output(color="never"))


def test_a_terminal_gets_a_bar_that_is_taken_away(monkeypatch):
    shown = _bar(monkeypatch, Output())
    assert "200 of 1,000 versions verified" in shown
    assert shown.rstrip().endswith("\x1b[2K")  # the line is empty again
    assert "\x1b[?25h" in shown  # and the cursor is back


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_redraw_gets_lines(term, monkeypatch, capsys):
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(output, "PROGRESS_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Output().progress("articles") as tell:
        tell(1, 2)
    assert capsys.readouterr().err == "1 of 2 articles\n"
