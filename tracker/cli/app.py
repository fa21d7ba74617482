"""Commands, groups that import a command only when it runs, and the App object that each command gets."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from tracker.config.database import find_database
from tracker.config.file import database_url, find_config
from tracker.errors import UsageError, did_you_mean, require_known

from .complete import complete
from .exit_codes import leave
from .output import Output, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig

# The key, in click's `meta`, that has rare commands listed too.
_ALL = f"{__name__}.all"
# Versions counted from the end, such as -2..-1, which click would take for options.
_COUNTED = re.compile(r"-\d+(\.\..*)?")


@dataclass
class App:
    """One run of one command."""

    settings: Settings = field(default_factory=Settings)

    @cached_property
    def out(self) -> Output:
        """Return the output for data and messages."""
        return Output(self.settings)

    @cached_property
    def now(self) -> datetime:
        """Return the time at which the command started."""
        return datetime.now(UTC)

    def when(self, at: datetime) -> str:
        """Return a time as lists show it: short in a terminal, in full on a pipe, which is often read later."""
        from tracker.render.times import full, moment  # it brings msgspec, which `--help` does without

        return full(at) if self.out.columns is None else moment(at, self.now)

    @property
    def config_path(self) -> Path:
        """Return the path of the configuration file in use, which need not exist."""
        return find_config(self.settings.config)

    @cached_property
    def config(self) -> Config:
        """Read the configuration. Raises ConfigError."""
        from tracker.config.root import load

        loaded = load(self.config_path)
        for each in loaded.warnings:
            self.out.note(f"{self.config_path}: {each}")
        if not self.settings.db:
            return loaded
        # --db outweighs the file, also for what reads the configuration instead of `database`.
        archive = loaded.archive.model_copy(update={"database": database_url(self.settings.db)})
        return loaded.model_copy(update={"archive": archive})

    @property
    def config_or_default(self) -> Config:
        """Return the configuration, or that of an empty file if none is named and there is none. Raises ConfigError."""
        from tracker.config.root import parse

        # What only reads the archive works without a configuration, but a file that was named must be there.
        return self.config if self.settings.config or self.config_path.exists() else parse(b"")

    def sources(self, names: Sequence[str]) -> list[SourceConfig]:
        """Return the configured sources with these names, or all of them if `names` is empty. Raises NotKnown."""
        known = {source.name: source for source in self.config.sources}
        require_known("source", names, known)
        return [known[name] for name in names or known]

    @property
    def database(self) -> str:
        """Return the URL of the archive: from --db, WRITETHRU_DB or the configuration, or else ./writethru.db."""
        return find_database(self.settings.db, self.settings.config)

    def archive(self, *, readonly: bool = True) -> Archive:
        """Open the archive for a with block. Raises SchemaMismatch or ArchiveError."""
        from tracker.archive.opening import open_archive

        return open_archive(self.database, readonly=readonly)


pass_app = click.make_pass_decorator(App, ensure=True)


def _set(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None and value is not False and param.name is not None:
        setattr(ctx.ensure_object(App).settings, param.name, value)


def global_options() -> list[click.Option]:
    """Return the options that may be given before or after the command."""
    shared: dict[str, Any] = {"expose_value": False, "callback": _set}
    return [
        click.Option(["--config", "-c"], metavar="FILE", help="Use this configuration file.", **shared),
        click.Option(["--db"], metavar="URL", help="Use this archive: a SQLAlchemy URL or a file name.", **shared),
        click.Option(["--json"], is_flag=True, help="Write JSON, one object per line.", **shared),
        click.Option(["--quiet", "-q"], is_flag=True, help="Write only errors to stderr.", **shared),
        click.Option(["--verbose", "-v"], count=True, default=None, help="Write more; -vv shows tracebacks.", **shared),
        click.Option(["--color"], type=click.Choice(["auto", "always", "never"]), help="Use colours.", **shared),
        click.Option(["--no-pager"], is_flag=True, help="Do not use a pager.", **shared),
    ]


def add_global_options(command: click.Command) -> None:
    """Add the global options to a command. Only --json is shown in its help text."""
    for option in global_options():
        if option.name not in {param.name for param in command.params}:
            # Each has one variable, such as WRITETHRU_DB, not another for every command.
            option.allow_from_autoenv = False
            # They are described once, at `writethru --help`; on each command they would drown its own options.
            option.hidden = option.name != "json"
            command.params.append(option)


class Verb(click.Command):
    """A command that also takes the global options, and accepts -1 as an argument."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        super().__init__(*args, **kwargs)
        # Before the global options are added: those need no completion from the archive.
        complete(self.params)
        add_global_options(self)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; -2..-1 are versions from the end, not options or their values. Raises UsageError.

        Of options that set one value, such as --facts and --patch, click would take the last.
        """
        options = [each for each in self.params if isinstance(each, click.Option)]
        for each in options:
            if not each.allow_from_autoenv:
                continue
            # Such as WRITETHRU_LOG_LABEL of `log --label`; click would name it after the argument of the function.
            long = [name[2:].replace("-", "_").upper() for name in each.opts if name.startswith("--")]
            each.envvar = [f"{ctx.auto_envvar_prefix}_{name}" for name in long]
            if each.is_flag and not each.is_bool_flag:
                # WRITETHRU_DIFF_FACTS=0 must not choose --facts, as it does in click.
                each.envvar = [name for name in each.envvar if click.BOOL.str_to_bool(os.environ.get(name, ""))]
            if each.multiple:
                # click would split the value at every space, and names may have spaces.
                each.type = copy(each.type)
                each.type.envvar_list_splitter = "\n"  # type: ignore[misc]  # of this option alone
        need_value = {name for option in options if not (option.is_flag or option.count) for name in option.opts}
        args = [
            f"v{arg}" if _COUNTED.fullmatch(arg) and before not in need_value else arg
            for before, arg in zip(("", *args), args, strict=False)
        ]
        given: dict[str | None, click.Parameter] = {}
        for option in self.make_parser(ctx).parse_args(list(args))[2] if not ctx.resilient_parsing else ():
            if given.setdefault(option.name, option) is not option:
                both = " and ".join(each.opts[-1] for each in (given[option.name], option))
                raise UsageError(f"{both} cannot be combined", hint="give only one of them")
        return super().parse_args(ctx, args)


def verb(
    name: str | None = None,
    *,
    cls: type[Verb] = Verb,
    group: click.Group | None = None,
    **settings: Any,  # noqa: ANN401 - handed on to click
) -> Callable[[Callable[..., Any]], Verb]:
    """Make a function a command, of `group` if that is given, whose first argument is the App."""

    def made(work: Callable[..., Any]) -> Verb:
        command = click.command(name, cls=cls, **settings)(pass_app(work))
        if group is not None:
            group.add_command(command)
        return command

    return made


# Command → where it is, as module:attribute below `commands`, and its help in one line; an alias has no help.
Table = dict[str, tuple[str, str]]


class LazyGroup(click.Group):
    """A group that imports the commands of `table` only when they are called; `--help` imports none of them."""

    def __init__(self, *args: Any, table: Table | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        super().__init__(*args, **kwargs)
        self.table = table or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, without aliases, sorted."""
        return sorted([*(name for name, (_, line) in self.table.items() if line), *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module, "tracker.cli.commands"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises click.UsageError, which suggests the nearest name."""
        name = args[0]
        # While a shell completes (`resilient_parsing`), nothing may fail.
        if not (ctx.resilient_parsing or name.startswith("-") or self.get_command(ctx, name)):
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
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        found = [CompletionItem(name, help=self._line(ctx, name)) for name in names]
        return found + (click.Command.shell_complete(self, ctx, incomplete) if incomplete.startswith("-") else [])

    def _line(self, ctx: click.Context, name: str) -> str:
        if name in self.table:
            return self.table[name][1]
        command = self.get_command(ctx, name)
        return command.get_short_help_str(200) if command else ""


class Root(LazyGroup):
    """The whole program: global options, and the place where errors become exit codes."""

    def __init__(self, *args: Any, sections: dict[str, Table], rare: frozenset[str], **kwargs: Any) -> None:  # noqa: ANN401 - handed on to click
        super().__init__(*args, table={name: row for part in sections.values() for name, row in part.items()}, **kwargs)
        self.sections, self.rare = sections, rare
        self.params.extend(global_options())

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the table, which is that of a day's work."""
        return [name for name, (_, line) in self.table.items() if line]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in sections, without the rare ones unless `help --all` asks for them."""
        names = [name for name in self.list_commands(ctx) if name not in self.rare or ctx.meta.get(_ALL)]
        width = max(map(len, names))
        for section, table in self.sections.items():
            rows = [(name.ljust(width), table[name][1]) for name in names if name in table]
            with formatter.section(section):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run the command. A closed output pipe, as with `| head`, is not an error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            return 0

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own
        """Run the program and exit with the documented exit code."""
        # Made before the options are parsed, so that an error in them is reported with settings too.
        app = App(Settings())
        # Otherwise click would print errors in its own way and exit with its own codes.
        extra |= {"standalone_mode": False, "obj": app}
        extra.setdefault("prog_name", "writethru")
        try:
            code = super().main(args, *more, **extra)
            # Here, because a closed pipe shows only when the buffer is written.
            sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            code = 0
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - every error gets an exit code here
            code = leave(error, app.settings.verbose)
        sys.exit(code if isinstance(code, int) else 0)


@verb("help")
@click.argument("words", metavar="[COMMAND]…", nargs=-1)
@click.option("--all", "all_", is_flag=True, help="List every command, also those that are rarely needed.")
def help_(app: App, *, words: tuple[str, ...], all_: bool) -> None:
    """Describe Writethru or one of its commands."""
    context = click.get_current_context().find_root()
    for word in words:
        if not isinstance(context.command, click.Group):
            raise UsageError(f"{context.command_path} has no commands of its own", resource=word)
        command = context.command.resolve_command(context, [word])[1]
        assert command is not None
        context = click.Context(command, info_name=word, parent=context)
    context.meta[_ALL] = all_
    app.out.line(context.get_help())


def _discard_output() -> None:
    """Send the rest of the buffer to /dev/null: the interpreter would write it to the closed pipe when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
