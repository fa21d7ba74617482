"""Where a play takes place: a fresh directory with a configuration for the service, as a user would have written it."""

from __future__ import annotations

import base64
import json
import random
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError

from .truth import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .play import Play
    from .truth import Rule

_MARK: Final = ".writethru-demo"
_LEAST_INTERVAL: Final = 0.3


@dataclass(frozen=True, slots=True)
class Setting:
    """The files of one play; *interval* is how often each page is looked at, in real seconds."""

    directory: Path
    interval: float

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.directory / "writethru.toml"

    @property
    def database(self) -> str:
        """The archive, as a SQLAlchemy URL."""
        return f"sqlite:///{self.directory.absolute() / 'writethru.db'}"

    @property
    def secret(self) -> Path:
        """The file with the webhook's secret."""
        return self.directory / "webhook.secret"

    def log(self, name: str) -> Path:
        """The file of one log: service, access, sink or truth."""
        return self.directory / "logs" / f"{name}.jsonl"


def prepare(directory: Path, speed: float) -> Setting:
    """Make *directory* anew. Raises UsageError where something is there that was not made here."""
    if directory.exists() or directory.is_symlink():
        if not (directory / _MARK).is_file() or directory.is_symlink():
            raise UsageError(
                "this exists and was not made by writethru demo, so it is left alone",
                resource=str(directory),
                hint="name another directory, as in writethru demo --dir play",
            )
        shutil.rmtree(directory)
    (directory / "logs").mkdir(parents=True)
    (directory / _MARK).write_text("writethru demo makes this directory anew each time\n", encoding="utf-8")
    return Setting(directory, max(1 / speed, _LEAST_INTERVAL))


def new_secret(seed: int) -> str:
    """Return a webhook secret for a play; it guards nothing but the play's own sink."""
    key = random.Random(f"secret:{seed}").randbytes(32)  # noqa: S311 - see above
    return "whsec_" + base64.b64encode(key).decode()


def write(
    setting: Setting, play: Play, bases: Mapping[str, str], sink: str, secret: str, rules: Sequence[Rule] = RULES
) -> None:
    """Write the configuration and the secret it names."""
    setting.secret.write_text(secret + "\n", encoding="utf-8")
    setting.secret.chmod(0o600)
    setting.config.write_text(configuration(setting, play, bases, sink, rules), encoding="utf-8")


def configuration(
    setting: Setting, play: Play, bases: Mapping[str, str], sink: str, rules: Sequence[Rule] = RULES
) -> str:
    """Return the configuration as TOML."""
    interval = f"{round(setting.interval * 1000)}ms"
    parts = [
        "# Written by writethru demo: two outlets on loopback, looked at far more often than is polite elsewhere.",
        'contact = "demo@writethru.invalid"',
        _table("[archive]", database=setting.database),
        _table("[fetch]", timeout="10s"),
        _table("[service]", listen="", log="json", tick=f"{round(setting.interval * 200)}ms"),
    ]
    for outlet in play.outlets:
        base = bases[outlet.key]
        # One outlet is read by its feed alone, the other by its sitemap too.
        maps = [f"{base}/news-sitemap.xml"] if outlet.key != play.outlets[0].key else []
        parts.append(
            _table(
                "[[sources]]",
                name=outlet.name,
                feeds=[f"{base}/rss.xml"],
                sitemaps=maps,
                poll=interval,
                every=interval,
            )
        )
    urls = [bases[piece.outlet] + piece.path for piece in play.pieces if piece.key in play.story_pieces]
    parts.append(_table("[[stories]]", name=play.story, urls=urls))
    parts += [_rule(rule, play) for rule in rules]
    parts.append(
        "[[targets]]\n"
        + "\n".join(
            [
                'name = "newsdesk"',
                'type = "webhook"',
                f"url = {_toml(sink)}",
                f"secret = {{ file = {_toml(str(setting.secret.absolute()))} }}",
                "private = true",
            ]
        )
    )
    return "\n\n".join(parts) + "\n"


def _rule(rule: Rule, play: Play) -> str:
    conditions: dict[str, object] = {
        "labels": sorted(str(kind) for kind in rule.labels),
        "sources": [play.outlet(rule.outlet).name] if rule.outlet else [],
        "stories": [play.story] if rule.story else [],
        "urls": [rule.path] if rule.path else [],
    }
    return _table("[[rules]]", name=rule.name, **conditions, to=["newsdesk"])


def _table(head: str, **pairs: object) -> str:
    return "\n".join([head, *(f"{key} = {_toml(value)}" for key, value in pairs.items() if value != [])])


def _toml(value: object) -> str:
    # Strings and lists of strings are written alike in JSON and TOML.
    return json.dumps(value, ensure_ascii=False)
