"""`writethru service` and `completion`: the systemd units that run writethru, and tab completion."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final

import click
from click.shell_completion import get_completion_class

from tracker.archive.database.drivers import archive_url
from tracker.errors import TrackerError, UsageError
from tracker.files import shipped_folder

from .. import options
from ..app import App, LazyGroup, verb
from ..main import cli

UNIT: Final = "writethru.service"
SYSTEM_FOLDER: Final = Path("/etc/systemd/system")
# Settings for the system manager alone: a user's service runs as that user, in their home.
_SYSTEM_ONLY: Final = re.compile(
    r"^(DynamicUser|User|StateDirectory|StateDirectoryMode|CapabilityBoundingSet|Private\w+|ProcSubset|Protect\w+"
    r"|ReadWritePaths|RemoveIPC|WorkingDirectory|#LoadCredential)=.*\n",
    re.MULTILINE,
)
# ProtectHome and PrivateTmp of the shipped units hide these (systemd.exec(5)).
_HIDDEN_FOLDERS: Final = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - nothing is written there
# Comments of a shipped unit that are true for the system manager alone.
_SYSTEM_COMMENTS: Final = re.compile(r"^# (?:Secrets|Folders): .*\n(#[^\n]*\n)*", re.MULTILINE)
# The comments at the top of a shipped unit say how to install it by hand.
_HEAD: Final = re.compile(r"\A(#.*\n)+")


@click.group(cls=LazyGroup)
def service() -> None:
    """Run Writethru with systemd."""


@verb(group=service)
@click.option("--user", "whose", flag_value="user", help="Install it for you: it runs as you, with your configuration.")
@click.option("--system", "whose", flag_value="system", help="Install it for the machine: it runs as a separate user.")
@click.option("--into", metavar="FOLDER", type=click.Path(path_type=Path), help="Write the unit to this folder.")
@click.option("--force", is_flag=True, help="Replace a unit that differs.")
@options.dry_run("Print the unit without writing it.")
def install(app: App, *, whose: str | None, into: Path | None, force: bool, dry_run: bool) -> None:
    """Write a systemd unit for this installation, and say how to start it.

    With --user the unit uses the configuration and the archive that `writethru` uses in this folder. With --system the
    configuration is /etc/writethru/writethru.toml and the archive is in /var/lib/writethru.
    """
    if whose is None:
        raise UsageError("choose who runs the service", hint="add --user for yourself or, as root, --system")
    is_user = whose == "user"
    text = _unit(app, _program(is_user=is_user), is_user=is_user)
    user_folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    place = (into or (user_folder if is_user else SYSTEM_FOLDER)) / UNIT
    if not dry_run:
        _write(place, text, force=force)
    if app.settings.json:
        app.out.data({"file": str(place), "text": text, "written": not dry_run})
    else:
        app.out.line(f"# {place}\n{text}" if dry_run else str(place))
    if dry_run:
        return
    control = "systemctl --user" if is_user else "systemctl"
    if not is_user:
        app.out.note("The service runs as a separate user. Let it read the configuration:")
        app.out.command("chmod 644 /etc/writethru/writethru.toml")
    app.out.note("Start it:")
    app.out.command(f"{control} daemon-reload && {control} enable --now {UNIT}")
    if is_user:
        app.out.note("Let it run while you are not signed in: loginctl enable-linger")


def _program(*, is_user: bool) -> Path:
    """Return the program of this installation. Raises UsageError if a system's service could not read it."""
    program = Path(sys.executable).with_name("writethru")
    if not program.exists():
        raise UsageError("the writethru command is missing", resource=str(program), hint="install the package")
    if not is_user and any(program.is_relative_to(folder) for folder in _HIDDEN_FOLDERS):
        raise UsageError(
            "a system service cannot read home folders or /tmp, and Writethru is installed in one of them",
            resource=str(program),
            hint="install it elsewhere: python3 -m venv /opt/writethru && /opt/writethru/bin/pip install writethru",
        )
    return program


def _unit(app: App, program: Path, *, is_user: bool) -> str:
    """Return the text of a unit for this installation."""
    shipped = shipped_folder("_units", "cron", UNIT) / UNIT
    text = _HEAD.sub("", shipped.read_text(encoding="utf-8"))
    text = re.sub(r"^Documentation=.*\n", "Documentation=man:writethru(1)\n", text, flags=re.MULTILINE)
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={_quoted(str(program))}", text, flags=re.MULTILINE)
    if not is_user:
        return text
    config, database = app.config_path.absolute(), archive_url(app.database)
    environment = {"WRITETHRU_CONFIG": str(config)}
    if database.path is not None:  # the address of a server may hold a password, and stays where it is written
        environment["WRITETHRU_DB"] = f"sqlite:///{database.path.absolute()}"
    # A user's systemd cannot apply them, and would not start the service.
    text = _SYSTEM_ONLY.sub("", _SYSTEM_COMMENTS.sub("", text)).replace("multi-user.target", "default.target")
    text = re.sub(r"^Environment=WRITETHRU_\w+=.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\n{3,}", "\n\n", text)
    lines = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in environment.items())
    # systemd takes the rest of the line as the folder, with its specifiers but without quotes.
    folder = str(config.parent).replace("%", "%%")
    return text.replace("[Service]\n", f"[Service]\n{lines}WorkingDirectory={folder}\n")


def _quoted(text: str) -> str:
    """Return a value as systemd reads it (systemd.service(5), systemd.syntax(7))."""
    escaped = text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"[\s\"'\\]", text) else escaped


def _write(place: Path, text: str, *, force: bool) -> None:
    """Write the unit. Raises UsageError if one is there and differs, TrackerError if it cannot be written."""
    if not force and place.exists() and place.read_text(encoding="utf-8", errors="replace") != text:
        raise UsageError("a different unit has this name", resource=str(place), hint="add --force to replace it")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "run it as root, or with --user"
        raise TrackerError("the unit cannot be written", resource=str(place.parent), hint=hint) from error


# Click keeps the lines of a paragraph that begins with a backspace.
_HELP: Final = """Print a completion script. Save it where your shell looks for such scripts.

\b
bash        writethru completion bash > ~/.local/share/bash-completion/completions/writethru
zsh         writethru completion zsh > "${fpath[1]}/_writethru"
fish        writethru completion fish > ~/.config/fish/completions/writethru.fish
powershell  writethru completion powershell >> $PROFILE
"""
# In click's script for bash: bash inserts a completion as it is, so a name such as "The Herald" would become two words,
# unless the word begins with a quotation mark.
_INSERTED: Final = "COMPREPLY+=($value)"
_QUOTED: Final = r"""if [[ ${COMP_WORDS[COMP_CWORD]} != [\"\']* && $value == *[[:space:]\&\(\)\']* ]]; then
                printf -v value %q "$value"
            fi
            COMPREPLY+=("$value")"""


@verb(help=_HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
def completion(app: App, shell: str) -> None:
    """Print a completion script for a shell."""
    found = get_completion_class(shell)
    assert found is not None
    app.out.line(found(cli, {}, "writethru", "_WRITETHRU_COMPLETE").source().replace(_INSERTED, _QUOTED))
