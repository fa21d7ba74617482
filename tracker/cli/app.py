"""The App object that every command gets: settings, configuration, archive and output, each created on first use."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import click

from tracker.config.database import find_database
from tracker.config.file import database_url, find_config

from .output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.archive.archive import Archive
    from tracker.config import Config


@dataclass
class Settings:
    """The global options, given before or after the command."""

    config: str = ""
    db: str = ""
    json: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"
    no_pager: bool = False


@dataclass
class App:
    """One run of one command."""

    settings: Settings = field(default_factory=Settings)

    @cached_property
    def out(self) -> Output:
        """Return the output for data and messages."""
        chosen = self.settings
        return Output(json=chosen.json, quiet=chosen.quiet, color=chosen.color, pager=not chosen.no_pager)

    @cached_property
    def now(self) -> datetime:
        """Return the time at which the command started."""
        return datetime.now(UTC)

    @property
    def config_path(self) -> Path:
        """Return the path of the configuration file in use, which need not exist."""
        return find_config(self.settings.config)

    @cached_property
    def config(self) -> Config:
        """Read the configuration. Raises ConfigError."""
        from tracker.config import load

        loaded = load(self.config_path)
        if not self.settings.db:
            return loaded
        archive = loaded.archive.model_copy(update={"database": database_url(self.settings.db)})
        return loaded.model_copy(update={"archive": archive})

    @property
    def database(self) -> str:
        """Return the URL of the archive: from --db, WRITETHRU_DB or the configuration, or else ./writethru.db."""
        return find_database(self.settings.db, self.settings.config)

    @contextmanager
    def archive(self, *, readonly: bool = True) -> Iterator[Archive]:
        """Open the archive for a with block. Raises SchemaMismatch or ArchiveError."""
        from tracker.archive import open_archive

        with open_archive(self.database, readonly=readonly) as opened:
            yield opened


pass_app = click.make_pass_decorator(App, ensure=True)
