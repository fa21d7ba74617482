import sys

import click
import pytest

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
