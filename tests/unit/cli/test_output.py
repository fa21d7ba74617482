"""What commands write to terminals and elsewhere; progress is a bar on a terminal, lines elsewhere."""

import errno
import os
import pty
import sys

import click
import pytest

from tracker.cli import output
from tracker.cli.exit_codes import leave
from tracker.cli.output import Output
from tracker.errors import TrackerError


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(Output, "tty", True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_pipe_is_plain_and_unbroken(capsys):
    out = Output()
    assert not out.styled
    assert out.columns is None
    out.wrapped("word " * 40 + "end")
    out.table(("NAME", "LAST"), [("a\tb", "x\x1b")])
    assert capsys.readouterr().out.splitlines() == ["word " * 40 + "end", "a b\tx␛"]


def test_a_terminal_is_styled(terminal, monkeypatch):
    assert Output().styled
    assert Output().colored
    assert not Output(color="never").styled
    monkeypatch.setenv("NO_COLOR", "1")
    assert Output().styled
    assert not Output().colored
    assert Output(color="always").colored
    monkeypatch.setenv("TERM", "dumb")
    assert not Output().styled


def test_text_is_broken_on_a_terminal(terminal, capsys):
    Output().wrapped("word " * 20)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40


def test_tables_on_terminals(terminal, capsys):
    Output(pager=False).table(("NAME", "LAST"), [("one", "two")])
    assert "\x1b[1m" in capsys.readouterr().out
    Output(color="never", pager=False).table(("NAME", "LAST"), [("one", "two\x1b"), ("three", "4")])
    assert capsys.readouterr().out.splitlines() == ["NAME   LAST", "one    two␛", "three  4"]


def test_bytes_are_made_safe_on_a_terminal_only(terminal, capsysbinary, monkeypatch):
    Output().raw(b"\x1b[2Jx")
    assert capsysbinary.readouterr().out == "␛[2Jx\n".encode()
    monkeypatch.setattr(Output, "tty", False)
    Output().raw(b"\x1b[2Jx")
    assert capsysbinary.readouterr().out == b"\x1b[2Jx"


def test_notes_can_be_silenced(capsys):
    Output().note("hello \x07")
    Output().command("run it")
    Output(quiet=True).note("no")
    Output(quiet=True).command("no")
    assert capsys.readouterr().err == "hello ␇\n  run it\n"


def test_messages_and_errors_are_broken_on_a_terminal_and_commands_are_not(terminal, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    text = "word " * 20 + "end"
    Output().note(text)
    Output().say({}, text)
    leave(TrackerError(text, hint=text), 0)
    leave(click.UsageError(text), 0)
    said = capsys.readouterr()
    assert max(map(len, (said.out + said.err).splitlines())) <= 40
    assert said.err.count("word") == 80
    Output().command(text)
    assert capsys.readouterr().err == f"  {text}\n"


def test_a_pager_gets_lines_without_an_empty_one_at_the_end_and_nothing_if_there_are_none(terminal, monkeypatch):
    written = []
    monkeypatch.setattr("click.echo_via_pager", lambda parts, **_: written.append("".join(parts)))
    Output().page(["one", "two"])
    Output().page([])
    assert written == ["one\ntwo"], "click adds the last new line"


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
