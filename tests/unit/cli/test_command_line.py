import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.core import ParameterSource
from click.shell_completion import ShellComplete
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import grow, intent, watch
from tests.archives import new_archive_at, temporary_archive
from tests.command_line import command, objects
from tests.command_line import outputs as run
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.cli.app import App, LazyGroup
from tracker.cli.exit_codes import leave
from tracker.cli.main import RARE, SECTIONS, cli
from tracker.cli.options import parse_when
from tracker.cli.versions import Numbers, split
from tracker.errors import ArchiveLocked, ConfigError, NotKnown, SchemaMismatch, TrackerError, UsageError


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
    shown, everything = run("--help").output, run("help", "--all").output
    for section, table in SECTIONS.items():
        assert f"\n{section}:\n" in shown
        for name, (_, line) in table.items():
            assert (f"  {name} " in everything) == bool(line)
            assert line in everything
            assert (f"\n  {name} " in shown) == (bool(line) and name not in RARE)
    assert "help --all" in shown
    assert run("help", "sources", "list").output == run("sources", "list", "--help").output
    assert "did you mean 'list'?" in run("help", "sources", "lst").stderr
    assert "has no commands of its own" in run("help", "diff", "x").stderr
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
        (("log", "--sice", "1h"), "No such option '--sice'. Did you mean '--since'?"),
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


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a7f3", ("a7f3", "")),
        ("a7f3…", ("a7f3", "")),
        ("a7f3@v3", ("a7f3", "v3")),
        ("a7f3@3", ("a7f3", "3")),
        ("a7f3@-1", ("a7f3", "-1")),
        ("a7f3@last", ("a7f3", "last")),
        ("a7f3@2h", ("a7f3", "@2h")),
        ("a7f3@@1h30m", ("a7f3", "@1h30m")),
        ("a7f3@2026-11-24T09:00Z", ("a7f3", "2026-11-24T09:00Z")),
        ("https://example.org/@ann/story", ("https://example.org/@ann/story", "")),
        ("https://example.org/@ann/story@v2", ("https://example.org/@ann/story", "v2")),
    ],
)
def test_split(text, parts):
    assert split(text) == parts


def numbers(versions: int = 5) -> Numbers:
    """Return those of an article that had two versions three hours ago; the others came within the last hour."""
    archive = temporary_archive()
    tracked = watch(archive)
    for n in range(1, versions + 1):
        commit_check(archive, intent(tracked, n, NOW - timedelta(hours=3 if n <= 2 else 0.5, minutes=-n)))
    return Numbers(archive, get_article(archive, tracked.id), NOW)


@pytest.mark.parametrize(
    ("spec", "n"),
    [
        ("", 5),
        ("last", 5),
        ("first", 1),
        ("v3", 3),
        ("3", 3),
        ("-1", 5),
        ("v-2", 4),
        ("@2h", 2),
        ("2026-11-25T11:00", 2),
    ],
)
def test_one(spec, n):
    assert numbers().one(spec) == n


@pytest.mark.parametrize("spec", ["6", "0", "-6", "@4h"])
def test_no_such_version(spec):
    with pytest.raises(NotKnown):
        numbers().one(spec)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("", (4, 5)),
        ("2..4", (2, 4)),
        ("..3", (1, 3)),
        ("2..", (2, 5)),
        ("v3", (2, 3)),
        ("first", (1, 1)),
        ("-2..-1", (4, 5)),
        ("4..2", (4, 2)),
    ],
)
def test_pair(text, ends):
    assert numbers().pair(text) == ends


def test_a_hint_says_which_versions_there_are():
    hints = []
    for most in (1, 5):
        with pytest.raises(NotKnown) as raised:
            numbers(most).one("9")
        hints.append(raised.value.hint)
    assert hints == ["there is only v1", "versions are v1 to v5"]


def test_pair_of_a_single_version_says_so():
    with pytest.raises(NotKnown, match="nothing to compare"):
        numbers(1).pair("")
    with pytest.raises(NotKnown, match="no version"):
        numbers(0).pair("")


def test_parse_when():
    assert parse_when("24h", NOW) == NOW - timedelta(days=1)
    assert parse_when("24h ago", NOW) == NOW - timedelta(days=1)
    assert parse_when("2026-11-24", NOW) == datetime(2026, 11, 24, tzinfo=UTC)
    assert parse_when("2026-11-24T10:00+02:00", NOW) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    for text in ("soon", "0001-01-01T00:00+14:00"):
        with pytest.raises(UsageError, match="not a valid time"):
            parse_when(text, NOW)


@given(st.integers(0, 10_000_000))
def test_a_day_is_its_midnight_within_the_last_week(minutes):
    now = NOW + timedelta(minutes=minutes)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert parse_when("today", now) == midnight
    assert parse_when("Yesterday", now) == midnight - timedelta(days=1)
    for weekday, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")):
        day = parse_when(name, now)
        assert day.weekday() == weekday
        assert timedelta(days=1) <= midnight - day <= timedelta(days=7)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "con fig"))
    (tmp_path / "writethru.toml").write_text('contact = "desk@example.org"\n')
    return tmp_path


def test_a_users_unit_runs_this_program_with_this_configuration(place):
    done = command("service", "install", "--user")
    unit = place / "con fig" / "systemd" / "user" / "writethru.service"
    assert str(unit) in done.stdout
    assert "systemctl --user enable --now writethru.service" in done.stderr
    text = unit.read_text()
    program = Path(sys.executable).with_name("writethru")
    assert f"ExecStart={program} run --migrate" in text
    assert f"Environment=WRITETHRU_CONFIG={place / 'writethru.toml'}" in text
    assert f"Environment=WRITETHRU_DB=sqlite:///{place / 'writethru.db'}" in text
    assert f"WorkingDirectory={place}" in text
    assert "WantedBy=default.target" in text
    without_paths = text.replace(str(program), "").replace(str(place), "")
    for only_system in (
        "DynamicUser",
        "User=",
        "ProtectHome",
        "StateDirectory",
        "/opt/",
        "/var/lib",
        "Secrets",
        "/run/",
    ):
        assert only_system not in without_paths


def test_a_users_folder_is_not_read_as_a_specifier_of_systemd(place, monkeypatch):
    folder = place / "100%news here"
    folder.mkdir()
    (place / "writethru.toml").rename(folder / "writethru.toml")
    monkeypatch.chdir(folder)
    text = command("service", "install", "--user", "--dry-run").stdout
    assert f"\nWorkingDirectory={place}/100%%news here\n" in text
    assert "\n\n\n" not in text
    assert f'\nEnvironment="WRITETHRU_CONFIG={place}/100%%news here/writethru.toml"\n' in text


def test_a_system_unit_keeps_its_protection(place, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/writethru/bin/python3")
    monkeypatch.setattr(Path, "exists", lambda _self: True)
    done = command("service", "install", "--system", "--force", "--into", str(place / "units"))
    assert "Let it read the configuration:\n  chmod 644 /etc/writethru/writethru.toml\n" in done.stderr
    text = (place / "units" / "writethru.service").read_text()
    assert "ExecStart=/opt/writethru/bin/writethru run --migrate" in text
    assert "DynamicUser=yes" in text
    assert "WRITETHRU_CONFIG=/etc/writethru/writethru.toml" in text
    assert "ReadWritePaths=" in text


def test_a_unit_that_differs_is_not_replaced_unasked(place):
    unit = place / "units" / "writethru.service"
    unit.parent.mkdir()
    unit.write_text("mine")
    assert "--force" in command("service", "install", "--user", "--into", "units", code=2).output
    assert unit.read_text() == "mine"
    command("service", "install", "--user", "--into", "units", "--force")
    assert "ExecStart" in unit.read_text()
    command("service", "install", "--user", "--into", "units")  # the same unit is no trouble


def test_who_runs_the_service_has_to_be_chosen():
    assert "--user" in command("service", "install", code=2).output


@pytest.mark.parametrize("folder", ["/home/ada/.local/share/pipx/venvs/writethru", "/root/venv", "/tmp/venv"])
def test_a_system_service_is_not_installed_from_a_folder_that_it_cannot_read(folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", f"{folder}/bin/python")
    monkeypatch.setattr(Path, "exists", lambda _self: True)
    assert "/opt/writethru" in command("service", "install", "--system", "--dry-run", code=2).output


def test_json_has_each_unit_and_whether_it_was_written(place):
    dry = objects(command("service", "install", "--user", "--json", "--dry-run"))
    assert not (place / "con fig").exists()
    wet = objects(command("service", "install", "--user", "--json"))
    assert [each["written"] for each in dry + wet] == [False, True]
    assert dry[0]["text"] == wet[0]["text"] == Path(wet[0]["file"]).read_text()
