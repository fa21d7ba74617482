"""Rules for single outlets, written by hand: `config/sites/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from tracker.config.problems import describe
from tracker.config.tables import ConfigModel, Regex
from tracker.errors import ConfigError

_HINT: Final = "see config/sites/README.md"
_ANY_PAGE = LexborHTMLParser("<p>")  # to try selectors on


def _valid_selector(text: str) -> str:
    try:
        _ANY_PAGE.css(text)
    except SelectolaxError as error:
        raise ValueError(f"{text!r} is not a valid CSS selector") from error
    return text


Selector = Annotated[str, AfterValidator(_valid_selector)]


class SiteRules(ConfigModel):
    """Rules for the pages of an outlet. Selectors are CSS; every list may be empty."""

    hosts: tuple[str, ...] = Field(min_length=1, description="hosts the rules are for; subdomains are included")
    container: tuple[Selector, ...] = Field((), description="the element with the article's text; the first match")
    drop: tuple[Selector, ...] = Field((), description="elements that are never editorial")
    keep: tuple[Selector, ...] = Field((), description="elements that are editorial whatever their names say")
    title: tuple[Selector, ...] = Field((), description="the headline")
    dek: tuple[Selector, ...] = Field((), description="the standfirst")
    byline: tuple[Selector, ...] = Field((), description="the authors")
    notice: tuple[Selector, ...] = Field((), description="elements that hold notices")
    published: tuple[Selector, ...] = Field(
        (), description="when it was published: datetime attribute, content or text"
    )
    boilerplate: tuple[Regex, ...] = Field((), description="regular expressions of lines that are boilerplate")
    promo: tuple[Regex, ...] = Field((), description="regular expressions of lines that lead to other pages")
    news: tuple[Regex, ...] = Field((), description="regular expressions of lines that are always news")


def load_site_rules(folders: Iterable[Path]) -> tuple[SiteRules, ...]:
    """Read every ``*.toml`` in `folders`, in their order and that of the names; for an outlet, the first counts.

    A folder that does not exist counts as empty. Raises ConfigError, which names the file.
    """
    return tuple(load_rules(path) for folder in folders for path in sorted(folder.glob("*.toml")))


def load_rules(path: Path) -> SiteRules:
    """Read one file of rules. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("the file cannot be read", resource=str(path), hint=_HINT) from error
    return parse_rules(text, path)


def parse_rules(text: str, path: Path) -> SiteRules:
    """Return the rules in the text of a file. Raises ConfigError, which names the file as `path`."""
    try:
        return SiteRules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("the file is not valid TOML", resource=str(path), hint=_HINT) from error
    except ValidationError as error:
        raise ConfigError(describe(error, SiteRules), resource=str(path), hint=_HINT) from None
