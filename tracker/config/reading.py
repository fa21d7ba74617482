"""TOML bytes and the environment, read into a configuration."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from pydantic import ValidationError

from tracker.errors import ConfigError

from .explaining import explain
from .overrides import override
from .whole import Config


def default_path() -> Path:
    """Return $WRITETHRU_CONFIG, else ./writethru.toml where it exists, else ./config/writethru.toml."""
    named = os.environ.get("WRITETHRU_CONFIG")
    if named:
        return Path(named)
    here = Path("writethru.toml")
    return here if here.exists() else Path("config/writethru.toml")


def load(path: Path | None = None) -> Config:
    """Read a configuration and let the environment override it. Raises ConfigError naming file, key and value."""
    path = path or default_path()
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError("no such file", resource=str(path), hint="writethru init writes one") from error
    except OSError as error:
        raise ConfigError("the file cannot be read", resource=str(path)) from error
    return parse(raw, str(path))


def parse(raw: bytes, name: str = "configuration") -> Config:
    """Read a configuration from TOML bytes. Raises ConfigError."""
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is no TOML: {error}", resource=name) from None
    override(data)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(explain(item) for item in error.errors()), resource=name) from None
