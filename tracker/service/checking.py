"""Check the selectors of a configuration, which needs the parser and so cannot be done by `config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import ConfigError, PageError
from tracker.model.source import Hub, HubKind
from tracker.sources import read_hub

if TYPE_CHECKING:
    from tracker.config import Config

_PAGE = b"<!doctype html><html><head><title>Page</title></head><body><a href='/a'>An article of ours</a></body></html>"
_ADDRESS = "https://page.example/"


def require_usable(config: Config) -> None:
    """Raise ConfigError if the selector of a section page is invalid."""
    for source in config.sources:
        for page in source.pages:
            require_selector(page.selector, resource=f"source {source.name!r}, page {page.url}")


def require_selector(selector: str, *, pattern: str = "", resource: str = "") -> None:
    """Raise ConfigError if *selector* is not a CSS selector or *pattern* not a regular expression."""
    try:
        read_hub(Hub("", HubKind.PAGE, _ADDRESS, selector, pattern), _PAGE, _ADDRESS)
    except PageError as error:
        raise ConfigError(error.message, resource=resource, hint=error.hint) from None
