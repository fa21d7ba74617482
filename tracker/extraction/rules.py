"""Rules by hand for single outlets: `config/sites/*.toml`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from tracker.config import Model, Regex
from tracker.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_PROBE = LexborHTMLParser("<p>")


def _selector(text: str) -> str:
    try:
        _PROBE.css(text)
    except SelectolaxError as error:
        raise ValueError(f"{text!r} is no CSS selector") from error
    return text


Selector = Annotated[str, AfterValidator(_selector)]


class SiteRules(Model):
    """What an outlet's pages need said. Selectors are CSS; every list may be empty."""

    hosts: tuple[str, ...] = Field(min_length=1, description="hosts the rules are for; subdomains are included")
    container: tuple[Selector, ...] = Field((), description="where the article's text is; the first that matches")
    drop: tuple[Selector, ...] = Field((), description="elements that are never editorial")
    keep: tuple[Selector, ...] = Field((), description="elements that are editorial whatever their names say")
    title: tuple[Selector, ...] = Field((), description="the headline")
    dek: tuple[Selector, ...] = Field((), description="the standfirst")
    byline: tuple[Selector, ...] = Field((), description="who wrote it")
    notice: tuple[Selector, ...] = Field((), description="elements that hold notices")
    published: tuple[Selector, ...] = Field(
        (), description="when it was published: datetime attribute, content or text"
    )
    boilerplate: tuple[Regex, ...] = Field((), description="regular expressions of lines of the house")
    promo: tuple[Regex, ...] = Field((), description="regular expressions of lines that lead elsewhere")
    news: tuple[Regex, ...] = Field((), description="regular expressions of lines that are news whatever was learned")

    def matches(self, host: str) -> bool:
        """Say whether *host* is one of the hosts or below one."""
        return any(host == own or host.endswith("." + own) for own in self.hosts)


def load_sites(folders: Iterable[Path]) -> tuple[SiteRules, ...]:
    """Read every ``*.toml`` in *folders*, in their order and that of the names, the first of an outlet being in force.

    A folder that does not exist holds none. Raises ConfigError, which names the file.
    """
    return tuple(load_rules(path) for folder in folders for path in sorted(folder.glob("*.toml")))


def load_rules(path: Path) -> SiteRules:
    """Read one file of rules. Raises ConfigError."""
    try:
        return SiteRules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("cannot be read", resource=str(path), hint="see config/sites for examples") from error
    except ValidationError as error:
        item = error.errors()[0]
        where = ".".join(str(part) for part in item["loc"])
        message = str(item["msg"]).removeprefix("Value error, ")
        raise ConfigError(f"{where}: {message}", resource=str(path), hint="see docs/reference on site rules") from error


def rules_for(host: str, sites: Sequence[SiteRules]) -> SiteRules | None:
    """Return the first rules for *host*, or None."""
    return next((rules for rules in sites if rules.matches(host)), None)
