"""Writes docs/reference/commands.md from the program's own help: `python docs/make_reference.py`."""  # noqa: INP001 - a script

from __future__ import annotations

import re
from pathlib import Path

import click
from click.testing import CliRunner

from tracker.cli.main import cli

PAGE = Path(__file__).parent / "reference" / "commands.md"
_HEAD = """\
# Commands

<!-- written by docs/make_reference.py; a test says when it is old -->

Options that stand on every command: `-c/--config FILE`, `--db URL`, `--json`, `-q/--quiet`, `-v/--verbose`,
`--color auto|always|never`, `--no-pager`. They may come before the command or after it. Every option has a twin in the
environment: `--db` is `WRITETHRU_DB`, `log --since` is `WRITETHRU_LOG_SINCE`.

stdout is data, stderr is progress and errors. With `--json` a command writes one object a line, each with
`"schema": 1`. On a terminal long output goes through `$PAGER`; on a pipe lines are not broken, tables have tabs between
their columns, and edits are marked `[-removed-]{+added+}`.
"""


def names(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the words of every command, those of groups before those of their own."""
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*above, name))
        if isinstance(command, click.Group):
            found += names(command, (*above, name))
    return found


def text() -> str:
    """Return the page."""
    parts = [_HEAD]
    for words in names(cli):
        shown = CliRunner().invoke(cli, [*words, "--help"], env={"COLUMNS": "90"}).output.rstrip()
        shown = re.sub(r"[ \t]+$", "", shown, flags=re.MULTILINE)
        parts.append(f"## {' '.join(words)}\n\n```text\n{shown}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
