"""Tab completion of values that the archive knows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from tests.archive_samples import grow, watch
from tests.archives import new_archive_at
from tests.command_line import command
from tracker.archive.opening import open_archive
from tracker.cli.main import cli


def completed(*args: str) -> list[str]:
    *before, last = args
    found = ShellComplete(cli, {}, "writethru", "_WRITETHRU_COMPLETE").get_completions(before, last)
    return [item.value for item in found]


@pytest.fixture
def ident(tmp_path, monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", new_archive_at(tmp_path / "a.db"))
    with open_archive() as store:
        tracked = watch(store, source="The Herald", stories=("Flood of 2026",))
        grow(store, tracked, 1)
        watch(store, "https://post.example/a", source="Post")
    return tracked.id


def test_articles_sources_and_stories_are_completed(ident):
    assert completed("show", ident[:2]) == [ident[:8]]
    assert completed("story", "add", "Flood of 2026", ident[:2]) == [ident[:8]]
    assert set(completed("log", "--source", "")) == {"The Herald", "Post"}
    assert completed("log", "--story", "Fl") == ["Flood of 2026"]
    assert completed("stats", "source", "The") == ["The Herald"]
    assert completed("sources", "pause", "Po") == ["Post"]


def test_the_archive_named_on_the_line_is_used(ident, monkeypatch):
    url = os.environ["WRITETHRU_DB"]
    monkeypatch.delenv("WRITETHRU_DB")
    assert completed("--db", url, "show", ident[:2]) == [ident[:8]]


def test_labels_and_choices_are_completed(ident):
    assert completed("log", "--label", "corr") == ["correction"]
    assert completed("log", "--label", "number,corr") == ["number,correction"]
    assert completed("log", "--substance", "cl") == ["claim"]


def test_without_an_archive_nothing_is_completed(tmp_path, monkeypatch):
    monkeypatch.setenv("WRITETHRU_DB", f"sqlite:///{tmp_path / 'none.db'}")
    assert completed("show", "") == []


@pytest.mark.parametrize(("typed", "inserted"), [("The", r"The\ Herald"), ('"The', "The Herald"), ("Po", "Post")])
def test_bash_inserts_a_name_with_a_space_as_one_word(ident, typed, inserted):
    program = Path(sys.executable).with_name("writethru")
    shell = 'eval "$1"; COMP_WORDS=(writethru log --source "$3"); COMP_CWORD=3; _writethru_completion "$2"; '
    shell += 'echo "$COMPREPLY"'
    arguments = ("bash", command("completion", "bash").stdout, program, typed)
    done = subprocess.run(["bash", "--norc", "-c", shell, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout == f"{inserted}\n"
