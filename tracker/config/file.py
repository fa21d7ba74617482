"""The configuration file before it is validated, and where it is with the site rules: bytes, TOML, environment.

Nothing here needs pydantic, so that commands that only read the archive start fast.
"""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import Any, Final

from tracker.errors import ConfigError
from tracker.files import shipped_folder

CONFIG_PATHS: Final = (Path("writethru.toml"), Path("config/writethru.toml"))
"""Where a configuration is looked for in the current directory, in this order."""
DEFAULT_DATABASE: Final = "sqlite:///writethru.db"


def find_config(named: str = "") -> Path:
    """Return the path of the configuration: `named`, $WRITETHRU_CONFIG, or else the first file that exists.

    Looks in the current directory, in the user's configuration folder and in /etc/writethru. If none exists, returns
    writethru.toml in the current directory; the error on reading it says what to do.
    """
    chosen = named or os.environ.get("WRITETHRU_CONFIG")
    if chosen:
        return Path(chosen)
    # XDG Base Directory Specification 0.8: a relative path counts as unset.
    user = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(user) if user.startswith("/") else Path("~/.config").expanduser()
    elsewhere = (folder / "writethru" / CONFIG_PATHS[0], Path("/etc/writethru") / CONFIG_PATHS[0])
    return next((path for path in (*CONFIG_PATHS, *elsewhere) if path.exists()), CONFIG_PATHS[0])


def shipped_config() -> Path:
    """Return the folder of the files shipped with writethru: a configuration, its schema, and rules for sites."""
    return shipped_folder("_config", "config", str(CONFIG_PATHS[0]))


def read_config(path: Path) -> bytes:
    """Return the bytes of a configuration. Raises ConfigError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if path in CONFIG_PATHS:
            raise ConfigError(
                f"there is no {CONFIG_PATHS[0]} here", hint="run `writethru init`, or name one with --config"
            ) from None
        hint = "check the path, or run `writethru init` to write a new one"
        raise ConfigError("there is no such file", resource=str(path), hint=hint) from None
    except OSError as error:
        raise ConfigError("the file cannot be read", resource=str(path)) from error


def parse_toml(raw: bytes, name: str = "", hint: str = "") -> dict[str, Any]:
    """Return the tables of a TOML file. Raises ConfigError with `name` as its resource, and the line and column."""
    import tomllib  # imported here because --help and a command with --db read no file

    # Windows editors add a BOM; tomllib would only report an invalid statement at line 1, column 1.
    if raw.startswith(codecs.BOM_UTF8):
        hint = hint or "save it again as UTF-8 without BOM"
        raise ConfigError("not valid TOML: it begins with a byte order mark (BOM)", resource=name, hint=hint)
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(f"not valid TOML: line {line} is not UTF-8 text", resource=name, hint=hint) from None
    except tomllib.TOMLDecodeError as error:
        unquoted = str(error).startswith(("Invalid value", "Expected newline"))
        hint = hint or ('text and durations need quotes, as in delay = "2s"' if unquoted else "")
        # The place comes first here; "(at line 3, column 7)" is the end of tomllib's message.
        found = re.fullmatch(r"(?s)(.*?)(?: \((at line \d+, column \d+|at end of document)\))?", str(error))
        reason, place = found.groups() if found else (str(error), None)
        reason = reason.replace("Cannot overwrite a value", "a key is set twice")
        # tomllib writes the tuple ('fetch', 'delay') for the key fetch.delay.
        keys = re.compile(r"\(('[^']*'(?:, '[^']*')*),?\)")
        reason = keys.sub(lambda match: ".".join(re.findall(r"'([^']*)'", match[1])), reason)
        where = f" {place}" if place else ""
        message = f"not valid TOML{where}: {reason[:1].lower()}{reason[1:]}"
        raise ConfigError(message, resource=name, hint=hint) from None


def database_url(text: str) -> str:
    """Return `text` as a database URL; a plain file name means SQLite."""
    return text if "://" in text else f"sqlite:///{text}"


_OVERRIDES: Final = (
    ("WRITETHRU_DB", "archive", "database"),
    ("WRITETHRU_CONTACT", "", "contact"),
    ("WRITETHRU_LISTEN", "service", "listen"),
    ("WRITETHRU_LOG", "service", "log"),
    ("WRITETHRU_WEB_LISTEN", "web", "listen"),
)
"""Variable, table ("" for the top of the file) and key."""


def apply_environment(data: dict[str, Any]) -> None:
    """Set the keys in `data` that WRITETHRU_* variables override.

    An empty variable counts, since an empty `listen` means no page; only an empty WRITETHRU_DB counts as unset.
    A table that is not a table is left for validation to report.
    """
    for variable, table, key in _OVERRIDES:
        value = os.environ.get(variable)
        if value is None or (key == "database" and not value):
            continue
        target = data.setdefault(table, {}) if table else data
        if isinstance(target, dict):
            target[key] = value
    if os.environ.get("WRITETHRU_ALLOW_PRIVATE") == "1" and isinstance(data.setdefault("fetch", {}), dict):
        data["fetch"]["allow_private"] = True


def variable_of(path: str) -> str:
    """Return the environment variable that set the key at `path` (such as "service.log"), or ""."""
    for variable, table, key in _OVERRIDES:
        if path == (f"{table}.{key}" if table else key) and variable in os.environ:
            return variable
    return ""


def own_folder(config_path: Path | None = None) -> Path:
    """Return the folder of the user's rules, `sites` next to the configuration, whether it exists or not."""
    beside = config_path.parent if config_path else Path()
    within = beside / "config" / "sites"
    return within if within.is_dir() else beside / "sites"


def rule_folders(config_path: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that rules are read from, the user's first: its rules take precedence."""
    folders = (own_folder(config_path), shipped_config() / "sites")
    return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))
