"""The directory of one demo: the configuration of its service, the archive, the webhook secret and the logs."""

from __future__ import annotations

import base64
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import tomlkit

from tracker.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from .schedule import Schedule

_MARKER: Final = ".writethru-demo"
_HEADER: Final = (
    "# Written by writethru demo. Its sites run on this machine; check real ones far less often than these.\n"
)
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
        """The log file *name*: access, alerts or service."""
        return self.directory / "logs" / f"{name}.jsonl"


def create_workspace(directory: Path, speed: float) -> Workspace:
    """Create `directory`, replacing the workspace of an earlier demo.

    At `speed` simulated seconds per real second, pages are checked every simulated second where possible.

    Raises:
        UsageError: the path exists and is not the workspace of a demo.
    """
    if directory.exists() or directory.is_symlink():
        # Only what the demo made is deleted; behind a link could be anything.
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
    workspace: Workspace, schedule: Schedule, bases: Mapping[str, str], webhook_url: str, secret: str
) -> None:
    """Write the configuration for the service, and the webhook secret that it refers to.

    `bases` has the URL of each outlet, by its key; alerts are sent to `webhook_url`.
    """
    workspace.secret.write_text(secret + "\n", encoding="utf-8")
    workspace.secret.chmod(0o600)
    interval = f"{round(workspace.interval * 1000)}ms"
    sources = []
    for number, outlet in enumerate(schedule.outlets):
        base = bases[outlet.key]
        source: dict[str, object] = {"name": outlet.name, "feeds": [f"{base}/rss.xml"]}
        if number:  # the first outlet is read by its feed alone, the other by its sitemap as well
            source["sitemaps"] = [f"{base}/news-sitemap.xml"]
        sources.append(source | {"poll": interval, "every": interval})
    members = map(schedule.article, schedule.story_articles)
    document = {
        "contact": "demo@writethru.invalid",
        "archive": {"database": workspace.database},
        "fetch": {"timeout": "10s"},
        "service": {"listen": "", "log": "json", "tick": f"{round(workspace.interval * 200)}ms"},
        "sources": sources,
        "stories": [{"name": schedule.story, "urls": [bases[article.outlet] + article.path for article in members]}],
        "rules": [rule.model_dump(mode="json", exclude_defaults=True) for rule in schedule.rules],
        "targets": [
            {
                "name": "newsdesk",
                "type": "webhook",
                "url": webhook_url,
                "secret": {"file": str(workspace.secret.absolute())},
                "private": True,
            }
        ],
    }
    workspace.config.write_text(_HEADER + tomlkit.dumps(document), encoding="utf-8")
