from collections.abc import Iterator

import click
import pytest

from tests.command_line import outputs as run
from tracker.cli.app import LazyGroup
from tracker.cli.exit_codes import leave
from tracker.cli.main import COMMANDS, cli
from tracker.errors import ArchiveLocked, ConfigError, NotKnown, SchemaMismatch, TrackerError


def every_command() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield the words and the command of everything that can be called."""
    context = click.Context(cli, info_name="writethru", **cli.context_settings)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield (name,), command
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context)
            for sub in command.list_commands(inner):
                below = command.get_command(inner, sub)
                assert below is not None
                yield (name, sub), below


ALL = list(every_command())


@pytest.mark.parametrize(("words", "command"), ALL, ids=[" ".join(words) for words, _ in ALL])
def test_every_command_and_option_has_help(words, command):
    assert command.help
    assert command.get_short_help_str(80)
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, (words, param.name)
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert max(len(line) for line in result.output.splitlines()) <= 100


def test_help_lists_the_table_and_version_and_completion_answer():
    shown = run("--help").output
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in shown
        assert line in shown
    assert run("--version").output.startswith("writethru ")

    def complete(words: str, number: str) -> str:
        env = {"_WRITETHRU_COMPLETE": "fish_complete", "COMP_WORDS": words, "COMP_CWORD": number}
        return run(env=env).output

    assert "diff" in complete("writethru di", "di")
    assert "--since" in complete("writethru log --s", "--s")


@pytest.mark.parametrize(("words", "command"), ALL, ids=[" ".join(words) for words, _ in ALL])
def test_a_group_shows_the_first_sentence_of_each_command(words, command):
    group = cli.get_command(click.Context(cli), words[0])
    if isinstance(group, LazyGroup) and words[-1] in group.table:
        assert group.table[words[-1]][1] == command.get_short_help_str(200)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("dif",), "did you mean 'diff'?"),
        (("zzz",), "commands are: init, add"),
        (("sources", "lst"), "did you mean 'list'?"),
        (("log", "--sinse", "1h"), "--since"),
        (("--nonsense",), "No such option"),
        (("log", "-n", "0"), "0 is not in the range"),
    ],
)
def test_usage_errors_exit_with_2(args, message):
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_completion_scripts(shell):
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_WRITETHRU_COMPLETE" in result.output


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (TrackerError("it broke", resource="thing", hint="mend it"), 1, "writethru: thing: it broke\nhint: mend it\n"),
        (ConfigError("bad"), 78, "writethru: bad\n"),
        (NotKnown("no such article", resource="ff"), 2, "writethru: ff: no such article\n"),
        (ArchiveLocked("held"), 75, "hint: wait until"),
        (SchemaMismatch("old"), 1, "hint: run: writethru db upgrade"),
        (KeyboardInterrupt(), 130, "writethru: interrupted"),
        (click.Abort(), 130, "writethru: interrupted"),
        (click.UsageError("no"), 2, "Error: no"),
        (PermissionError(13, "Permission denied", "x.db"), 1, "writethru: x.db: permission denied"),
        (ZeroDivisionError("division"), 1, "internal error: ZeroDivisionError: division"),
        (TrackerError("evil \x1b[2J"), 1, "writethru: evil ␛[2J"),
    ],
)
def test_errors_become_codes(error, code, message, capsys):
    assert leave(error, 0) == code
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_traceback_from_vv_on(capsys):
    leave(ValueError("x"), 2)
    assert "ValueError: x\n" in capsys.readouterr().err
