"""Tab completion of values that the archive knows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.core import ParameterSource
from click.shell_completion import ShellComplete

from tests.archive_samples import grow, watch
from tests.archives import new_archive_at
from tests.command_line import command
from tracker.archive.opening import open_archive
from tracker.cli.app import App
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


def test_articles_sources_stories_labels_and_choices_are_completed(ident):
    assert completed("show", ident[:2]) == [ident[:8]]
    assert completed("story", "add", "Flood of 2026", ident[:2]) == [ident[:8]]
    assert set(completed("log", "--source", "")) == {"The Herald", "Post"}
    assert completed("log", "--story", "Fl") == ["Flood of 2026"]
    assert completed("stats", "source", "The") == ["The Herald"]
    assert completed("sources", "pause", "Po") == ["Post"]
    assert completed("log", "--label", "corr") == ["correction"]
    assert completed("log", "--label", "number,corr") == ["number,correction"]
    assert completed("log", "--substance", "cl") == ["claim"]


def test_the_archive_named_on_the_line_is_used(ident, monkeypatch):
    url = os.environ["WRITETHRU_DB"]
    monkeypatch.delenv("WRITETHRU_DB")
    assert completed("--db", url, "show", ident[:2]) == [ident[:8]]


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


def own_options(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command, click.Option]]:
    for name in group.list_commands(click.Context(group)):
        leaf = group.get_command(click.Context(group), name)
        assert leaf is not None
        if isinstance(leaf, click.Group):
            yield from own_options(leaf, *above, name)
        else:
            own = (each for each in leaf.params if isinstance(each, click.Option) and each.expose_value)
            yield from (((*above, name), leaf, each) for each in own)


def value_for(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return str(option.type.choices[0])
    if isinstance(option.type, click.Path):
        return "/dev/null"
    if option.nargs == 2:
        return "1 2"
    texts = {"integer range": "30", "float range": "0.5", "time": "24h", "address": "127.0.0.1:1"}
    return "1" if option.is_flag else "number" if "LABEL" in str(option.metavar) else texts.get(option.type.name, "1.0")


def test_every_option_has_a_variable_of_its_name(monkeypatch):
    found = 0
    for path, leaf, option in own_options(cli):
        for flag in (each for each in option.opts if each.startswith("--")):
            variable = "_".join(("WRITETHRU", *path, flag[2:])).replace("-", "_").upper()
            with monkeypatch.context() as patch:
                patch.setenv(variable, value_for(option))
                outer = click.Context(cli, info_name="writethru", **cli.context_settings)
                for name in path[:-1]:
                    outer = click.Context(leaf, parent=outer, info_name=name)
                # While a shell completes, what is required may be missing.
                context = leaf.make_context(path[-1], [], parent=outer, resilient_parsing=True)
                assert context.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT, variable
                found += 1
    assert found > 150


def test_variables_of_the_configuration_count_where_there_is_no_file(folder, monkeypatch):
    monkeypatch.setenv("WRITETHRU_CONTACT", "desk@example.org")
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    config = App().config_or_default
    assert (config.contact, config.fetch.allow_private) == ("desk@example.org", True)
