"""Check the selectors of a configuration, which needs the parser and so cannot be done by `config`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from tracker.config.field_types import Secret
from tracker.config.root import Config
from tracker.errors import ConfigError, PageError
from tracker.model.source import Hub, HubKind

_PAGE = b"<!doctype html><html><head><title>Page</title></head><body><a href='/a'>An article of ours</a></body></html>"
_ADDRESS = "https://page.example/"


def require_usable(config: Config) -> None:
    """Raise ConfigError if the selector of a section page is invalid."""
    for source in config.sources:
        for page in source.pages:
            require_selector(page.selector, resource=f"source {source.name!r}, page {page.url}")


def require_secrets(config: Config) -> list[str]:
    """Raise ConfigError if a secret is there but empty; return a message for each secret that is not there."""
    missing = []
    for path, secret in _secrets(config, ""):
        try:
            secret.reveal(path)
        except ConfigError as error:
            # An empty secret is a mistake; one that is not set may be set where the service runs.
            if secret.env in os.environ or (secret.file and Path(secret.file).exists()):
                raise
            missing.append(str(error))
    return missing


def _secrets(value: object, path: str) -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for place, each in enumerate(value, 1):
            yield from _secrets(each, f"{path}[{place}]")


def require_selector(selector: str, *, pattern: str = "", resource: str = "") -> None:
    """Raise ConfigError if `selector` is not a CSS selector or `pattern` not a regular expression."""
    from tracker.sources.hub_reader import read_hub

    try:
        read_hub(Hub("", HubKind.PAGE, _ADDRESS, selector, pattern), _PAGE, _ADDRESS)
    except PageError as error:
        raise ConfigError(error.message, resource=resource, hint=error.hint) from None
