"""Click groups that import a command only when it runs, and turn errors into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from tracker.errors import did_you_mean

from .app import App, Settings, add_global_options, global_options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Where a command is, as module:attribute, and its help text in one line.
Entry = tuple[str, str]


class LazyGroup(click.Group):
    """A group with a table of its commands and their help texts, so that `--help` imports none of them."""

    def __init__(self, *args: Any, table: dict[str, Entry] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        super().__init__(*args, **kwargs)
        self.table = table or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return [*self.table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises click.UsageError, which suggests the nearest name."""
        name = args[0]
        # While a shell completes (`resilient_parsing`), nothing may fail.
        if name not in self.list_commands(ctx) and not name.startswith("-") and not ctx.resilient_parsing:
            known = self.list_commands(ctx)
            hint = did_you_mean(name, known) or f"commands are: {', '.join(known)}"
            raise click.UsageError(f"No such command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and their help texts."""
        rows = [(name, self._line(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete command names from the table, and options as usual."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        found = [CompletionItem(name, help=self._line(ctx, name)) for name in names]
        return found + (click.Command.shell_complete(self, ctx, incomplete) if incomplete.startswith("-") else [])

    def _line(self, ctx: click.Context, name: str) -> str:
        if name in self.table:
            return self.table[name][1]
        command = self.get_command(ctx, name)
        return command.get_short_help_str(200) if command else ""


class VerbGroup(LazyGroup):
    """A group that can also run without a subcommand, and then takes the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        super().__init__(*args, invoke_without_command=True, **kwargs)
        add_global_options(self)


class Root(LazyGroup):
    """The whole program: global options, and the place where errors become exit codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        super().__init__(*args, **kwargs)
        self.params.extend(global_options())

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run the command. A closed output pipe, as with `| head`, is not an error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            return 0

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own
        """Run the program and exit with the documented exit code."""
        from .exit_codes import leave

        # Made here and not by the first option, so that an error before any option has settings too.
        app = App(Settings())
        # Otherwise click would print errors in its own way and exit with its own codes.
        extra |= {"standalone_mode": False, "obj": app}
        extra.setdefault("prog_name", "writethru")
        try:
            code = super().main(args, *more, **extra)
            # Here, because a pipe that is closed shows only when what is buffered is written.
            sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            code = 0
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - every error gets an exit code here
            code = leave(error, app.settings.verbose)
        sys.exit(code if isinstance(code, int) else 0)


def _discard_output() -> None:
    """Send what is still buffered to /dev/null: the interpreter would write it to the closed pipe when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
