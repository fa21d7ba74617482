"""The directory of one demo: the configuration of its service, the archive, the webhook secret and the logs."""

from __future__ import annotations

import base64
import json
import random
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError

from .expected import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .expected import DemoRule
    from .schedule import Schedule

_MARKER: Final = ".writethru-demo"
MIN_CHECK_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Workspace:
    """The files of one demo; `interval` is the real seconds between two checks of a page."""

    directory: Path
    interval: float

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / "writethru.toml"

    @property
    def database(self) -> str:
        """The archive, as a SQLAlchemy URL."""
        return f"sqlite:///{self.directory.absolute() / 'writethru.db'}"

    @property
    def secret(self) -> Path:
        """The file that holds the webhook secret."""
        return self.directory / "webhook.secret"

    def log(self, name: str) -> Path:
        """The log file *name*: access, alerts, expected or service."""
        return self.directory / "logs" / f"{name}.jsonl"


def create_workspace(directory: Path, speed: float) -> Workspace:
    """Create `directory`, replacing the workspace of an earlier demo.

    At `speed` simulated seconds per real second, pages are checked every simulated second where possible.

    Raises:
        UsageError: the path exists and is not the workspace of a demo.
    """
    if directory.exists() or directory.is_symlink():
        if not (directory / _MARKER).is_file() or directory.is_symlink():
            raise UsageError(
                "this path exists and was not created by writethru demo; nothing was changed",
                resource=str(directory),
                hint="choose another directory: writethru demo --dir NAME",
            )
        shutil.rmtree(directory)
    (directory / "logs").mkdir(parents=True)
    (directory / _MARKER).write_text("writethru demo replaces this directory each time it runs\n", encoding="utf-8")
    return Workspace(directory, max(1 / speed, MIN_CHECK_SECONDS))


def make_secret(seed: int) -> str:
    """Return a webhook secret; it protects nothing but the demo's own receiver."""
    key = random.Random(f"secret:{seed}").randbytes(32)  # noqa: S311 - see above
    return "whsec_" + base64.b64encode(key).decode()


def write_config(
    workspace: Workspace,
    schedule: Schedule,
    bases: Mapping[str, str],
    webhook_url: str,
    secret: str,
    rules: Sequence[DemoRule] = RULES,
) -> None:
    """Write the configuration for the service, and the webhook secret that it refers to.

    `bases` has the URL of each outlet, by its key; alerts are sent to `webhook_url`.
    """
    workspace.secret.write_text(secret + "\n", encoding="utf-8")
    workspace.secret.chmod(0o600)
    workspace.config.write_text(_render(workspace, schedule, bases, webhook_url, rules), encoding="utf-8")


def _render(
    workspace: Workspace,
    schedule: Schedule,
    bases: Mapping[str, str],
    webhook_url: str,
    rules: Sequence[DemoRule],
) -> str:
    interval = f"{round(workspace.interval * 1000)}ms"
    parts = [
        "# Written by writethru demo. Its sites run on this machine; check real ones far less often than these.",
        'contact = "demo@writethru.invalid"',
        _table("[archive]", database=workspace.database),
        _table("[fetch]", timeout="10s"),
        _table("[service]", listen="", log="json", tick=f"{round(workspace.interval * 200)}ms"),
    ]
    for outlet in schedule.outlets:
        base = bases[outlet.key]
        # The first outlet is read by its feed alone, the other by its sitemap as well.
        sitemaps = [f"{base}/news-sitemap.xml"] if outlet.key != schedule.outlets[0].key else []
        feeds = [f"{base}/rss.xml"]
        parts.append(
            _table("[[sources]]", name=outlet.name, feeds=feeds, sitemaps=sitemaps, poll=interval, every=interval)
        )
    urls = [bases[article.outlet] + article.path for article in map(schedule.article, schedule.story_articles)]
    parts.append(_table("[[stories]]", name=schedule.story, urls=urls))
    parts += [_rule(rule, schedule) for rule in rules]
    secret = f"secret = {{ file = {_toml(str(workspace.secret.absolute()))} }}\nprivate = true"
    parts.append(_table("[[targets]]", name="newsdesk", type="webhook", url=webhook_url) + f"\n{secret}")
    return "\n\n".join(parts) + "\n"


def _rule(rule: DemoRule, schedule: Schedule) -> str:
    conditions: dict[str, object] = {
        "labels": sorted(str(kind) for kind in rule.labels),
        "sources": [schedule.outlet(rule.outlet).name] if rule.outlet else [],
        "stories": [schedule.story] if rule.story else [],
        "urls": [rule.path] if rule.path else [],
    }
    return _table("[[rules]]", name=rule.name, **conditions, to=["newsdesk"])


def _table(header: str, **pairs: object) -> str:
    return "\n".join([header, *(f"{key} = {_toml(value)}" for key, value in pairs.items() if value != [])])


def _toml(value: object) -> str:
    # Strings and lists of strings are written alike in JSON and TOML.
    return json.dumps(value, ensure_ascii=False)
