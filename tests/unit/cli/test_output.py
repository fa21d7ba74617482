import errno
import os
import pty
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from tests.unit.render.samples import CHANGE, NOON
from tracker.cli import output
from tracker.cli.commands import alerts, search, sources_rules
from tracker.cli.commands.diff import fact_row
from tracker.cli.commands.sources_rules import RuleFile, save
from tracker.cli.exit_codes import leave
from tracker.cli.output import Output, Settings
from tracker.errors import TrackerError, UsageError
from tracker.extraction.site_rules import SiteRules, load_rules
from tracker.model.alert import Delivery, DeliveryState
from tracker.model.change import Fact, FactKind
from tracker.model.source import Habit, HabitKind
from tracker.render.text import cells
from tracker.views.version import BlameView, VersionMark


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(Output, "tty", True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_pipe_is_plain_and_unbroken_and_notes_can_be_silenced(capsys):
    out = Output()
    assert not out.styled
    assert out.columns is None
    out.wrapped("word " * 40 + "end")
    out.table(("NAME", "LAST"), [("a\tb", "x\x1b")])
    assert capsys.readouterr().out.splitlines() == ["word " * 40 + "end", "a b\tx␛"]
    Output().note("hello \x07")
    Output().command("run it")
    Output(Settings(quiet=True)).note("no")
    Output(Settings(quiet=True)).command("no")
    assert capsys.readouterr().err == "hello ␇\n  run it\n"
    with Output(Settings(quiet=True)).progress("versions") as tell:
        tell(1, 2)
    assert capsys.readouterr().err == ""


def test_a_terminal_is_styled(terminal, monkeypatch):
    assert Output().styled
    assert Output().colored
    assert not Output(Settings(color="never")).styled
    monkeypatch.setenv("NO_COLOR", "1")
    assert Output().styled
    assert not Output().colored
    assert Output(Settings(color="always")).colored
    monkeypatch.setenv("TERM", "dumb")
    assert not Output().styled


def test_text_is_broken_and_tables_are_aligned_on_terminals(terminal, capsys):
    Output().wrapped("word " * 20)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40
    Output(Settings(no_pager=True)).table(("NAME", "LAST"), [("one", "two")])
    assert "\x1b[1m" in capsys.readouterr().out
    Output(Settings(color="never", no_pager=True)).table(("NAME", "LAST"), [("one", "two\x1b"), ("three", "4")])
    assert capsys.readouterr().out.splitlines() == ["NAME   LAST", "one    two␛", "three  4"]


def test_bytes_are_made_safe_on_a_terminal_only(terminal, capsysbinary, monkeypatch):
    Output().raw(b"\x1b[2Jx")
    assert capsysbinary.readouterr().out == "␛[2Jx\n".encode()
    monkeypatch.setattr(Output, "tty", False)
    Output().raw(b"\x1b[2Jx")
    assert capsysbinary.readouterr().out == b"\x1b[2Jx"


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


def _bar(monkeypatch, output: Output) -> str:
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with output.progress("versions verified") as tell:
            tell(200, 1000)
    # Read all that a terminal was sent: the kernel hands it over in pieces, and reports EIO after the last.
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as pieces:
        try:
            while piece := pieces.read(4096):
                shown += piece
        except OSError as error:
            if error.errno != errno.EIO:
                raise
    return shown.decode()


def test_a_bar_is_taken_away_and_has_no_colours_where_they_are_turned_off(monkeypatch):
    assert "\x1b[3" not in _bar(monkeypatch, Output(Settings(color="never")))
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
        tell(1, 0)
    assert capsys.readouterr().err == "1 of 2 articles\n1 article\n"


OLD = VersionMark(1, NOON - timedelta(days=1, minutes=5))
NEW = VersionMark(12, NOON, NOON - timedelta(minutes=4))
TEXT = "The harbour was closed on Monday after three boats broke loose in the storm."


def paragraph(text: str, first: VersionMark, *edits: VersionMark) -> BlameView:
    return BlameView("a7f3", "https://herald.example/harbour", 12, 3, text, first, edits)


@pytest.mark.parametrize("width", [20, 34, 60, 80])
def test_every_line_fits_and_no_word_is_lost(width):
    shown = list(search.lines([paragraph(TEXT, OLD, NEW), paragraph("Short.", NEW)], NOON, width))
    assert max(cells(margin) + cells(text) for margin, text in shown) <= width
    assert " ".join(text for _, text in shown if text) == f"{TEXT} Short."
    assert ("", "") in shown


def test_rows_say_what_was_and_is_said_and_short_paragraphs_show_all_of_their_history():
    shown = list(search.lines([paragraph("Short.", OLD, NEW, NEW)], NOON, 60))
    assert [margin.split()[0] for margin, _ in shown] == ["+", "~", "~"]
    assert [fact_row(fact, CHANGE.blocks) for fact in ALL] == [
        ("~", "number (killed)", "¶3", "three", "four"),
        ("~", "hedge", "headline", "–", "may"),
        ("-", "quote", "old ¶4", "“Nobody was hurt in the storm, and nobody will be,”", "–"),
        ("+", "name", "¶4", "–", "Ada Lark"),
    ]


KILLED = Fact(FactKind.NUMBER, "three", "four", "killed", block=2)
TITLE = Fact(FactKind.HEDGE, "", "may", where="title")
GONE = Fact(FactKind.QUOTE, "“Nobody was hurt in the storm, and nobody will be,”", "", block=4, standing=False)
COME = Fact(FactKind.NAME, "", "Ada Lark", block=3, standing=False)
ALL = (KILLED, TITLE, GONE, COME)


SENT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DEAD = Delivery(
    *("k", "Corrections at the Ledger", "standards-desk", "46115ec91257", 2, {}),
    id=1,
    created_at=SENT,
    due_at=SENT,
    state=DeliveryState.DEAD,
    attempts=1,
    last_error="https://hooks.example.org: 410 Gone \x1b[2J and nothing was taken",
)


@pytest.mark.parametrize("width", [60, 80])
def test_a_dead_letter_says_why_at_any_width(width):
    shown = list(alerts.lines(DEAD, SENT, width))
    assert max(map(cells, shown)) <= width
    text = " ".join(" ".join(shown).split())
    assert "dead 46115ec9@v2 Corrections at the Ledger → standards-desk" in text
    assert "! failed 1 time: https://hooks.example.org: 410 Gone ␛[2J and nothing was taken" in text


def test_a_delivered_one_is_a_line():
    sent = replace(DEAD, rule="r", target="t", state=DeliveryState.DELIVERED, attempts=0, last_error="")
    assert list(alerts.lines(sent, SENT, 80)) == ["12:00        delivered 46115ec9@v2  r → t"]


HERALD = RuleFile(Path("config/sites/herald.example.toml"), SiteRules(hosts=["herald.example"], drop=[".tips"]))
RULES = [(HERALD, ["herald.example", "www.herald.example"])]
HABITS = [
    Habit(HabitKind.HOUSE, "a", "Got a tip? \x1b[2JWrite to the news desk at any time of the day.", 5, NOON),
    Habit(HabitKind.VOLATILE, "b", "12 people read this", 1, NOON),
]


@pytest.mark.parametrize("width", [40, 80, None])
def test_all_of_it_is_said(width):
    shown = list(sources_rules.lines("Herald", RULES, HABITS, width))
    assert width is None or max(map(cells, shown)) <= width
    text = " ".join(" ".join(shown).split())
    assert "rules from config/sites/herald.example.toml, for herald.example, www.herald.example drop .tips" in text
    assert "(5 articles, learned on 25 Nov 2026)" in text
    assert "“12 people read this” (1 article, learned" in text
    assert "\x1b" not in text


def test_rules_are_saved_without_a_folder_for_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    path = save(tmp_path / "writethru.toml", "www.tribune.example", [("drop", ".tips")])
    assert load_rules(path) == SiteRules(hosts=("tribune.example",), drop=(".tips",))


def test_rules_that_cannot_be_used_leave_the_file_as_it_was(tmp_path):
    path = save(tmp_path / "writethru.toml", "tribune.example", [("drop", ".tips")])
    before = path.read_bytes()
    with pytest.raises(UsageError, match="not a valid CSS selector") as caught:
        save(tmp_path / "writethru.toml", "tribune.example", [("drop", "p:nth-child(")])
    assert (caught.value.resource, caught.value.hint) == (str(path), "nothing was written")
    assert path.read_bytes() == before


def test_nothing_is_said_so():
    text = "\n".join(sources_rules.lines("Herald", [], [], 80))
    assert "no rule files" in text
    assert "no boilerplate learned yet" in text
    assert "no changing lines learned yet" in text
