"""Shows a performance of the living newspaper on a terminal or a pipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from tracker.archive import open_archive
from tracker.archive.articles import get_article
from tracker.archive.versions import iter_versions, latest_version
from tracker.errors import TrackerError
from tracker.model import VersionQuery
from tracker.newsroom import playbill
from tracker.render import DiffOptions, ansi, plain, timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.archive.archive import Archive
    from tracker.newsroom.logbook import Entry
    from tracker.newsroom.performance import Performance
    from tracker.newsroom.playbill import Line

    from .output import Output

_PATIENCE: Final = 8.0


@dataclass(frozen=True)
class Stage:
    """Writes what happens to stdout; with --json to stderr, and the score alone to stdout."""

    performance: Performance
    out: Output
    _gone: set[str] = field(default_factory=set)

    def say(self, lines: Iterable[Line]) -> None:
        """Write lines, coloured where somebody watches."""
        for line in lines:
            self._text(self._styled(line) if self.out.styled and line else "".join(text for text, _ in line).rstrip())

    def watch(self) -> None:
        """Show what happens until the play is over and, for a few seconds, until every alert has arrived."""
        for entry in self.performance.events():
            self._show(entry)
        for entry in self.performance.events(_PATIENCE):
            self._show(entry)
            if entry is None and self.performance.told_all():
                return

    def linger(self) -> None:
        """Show what happens until Ctrl-C."""
        try:
            for entry in self.performance.events(float("inf")):
                self._show(entry)
        except KeyboardInterrupt:
            self.stop()

    def stop(self) -> None:
        """Ask the service to stop, and show its last words. Raises TrackerError where it does not end well."""
        code = self.performance.service.stop()
        for entry in self.performance.rest():
            self._show(entry)
        if code:
            log = self.performance.setting.log("service")
            raise TrackerError(f"the service ended with exit code {code}", hint=f"read {log}")

    def close(self) -> bool:
        """Show timeline, diff, alerts and score; say whether all is well."""
        play = self.performance
        store = open_archive(play.setting.database, readonly=True)
        try:
            verdict = play.judge(store)
            bridge, hospital = (get_article(store, play.url(key)).id for key in ("bridge", "hospital"))
            self._exhibits(store, bridge, hospital)
        finally:
            store.close()
        self.say(playbill.alerts(play.sink.accepted()))
        self.say(playbill.result(verdict.score, play.setting.interval, verdict.faults))
        width = timeline.ID_CHARACTERS
        self.say(playbill.afterwards(play.setting.directory, bridge[:width], hospital[:width]))
        if self.out.json:
            self.out.data(verdict.score.as_dict())
        return verdict.score.perfect

    def _exhibits(self, store: Archive, bridge: str, hospital: str) -> None:
        now, width = datetime.now(UTC), playbill.WIDTH
        self.say([playbill.BLANK, playbill.heading("The bridge story, version by version")])
        for version in iter_versions(store, VersionQuery(article=bridge, reverse=True)):
            if self.out.styled:
                self._text(ansi.line(version, now, width=width, color=self.out.colored))
            else:
                self._text(timeline.line(version, now, width))
        silent = latest_version(store, hospital)
        if silent is None or silent.change is None:
            return
        self.say([playbill.BLANK, *playbill.silent(silent.content.title, plain.summary(silent.change)), playbill.BLANK])
        view = DiffOptions(changes_only=True, context=0)
        if self.out.styled:
            self._text(ansi.diff(silent.change, view, width=width, color=self.out.colored))
        else:
            self._text(plain.diff(silent.change, view, width=width))

    def _show(self, entry: Entry | None) -> None:
        if entry is None:
            return
        if entry.get("outcome") == "gone":
            # A page that is gone is looked at again, less and less often; that it is gone is told once.
            if entry["url"] in self._gone:
                return
            self._gone.add(entry["url"])
        self.say(playbill.event(entry, self.performance.clock.now()))

    def _styled(self, line: Line) -> str:
        from rich.text import Text

        return ansi.paint(Text.assemble(*line), width=playbill.WIDTH + 20, color=self.out.colored)

    def _text(self, text: str) -> None:
        if not (self.out.json and self.out.quiet):
            click.echo(text, err=self.out.json, color=self.out.styled)
