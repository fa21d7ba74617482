"""Ledgers of an exported site: corrections and edits not noted that a person confirmed, with feeds and JSON-LD."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, Final

from tracker.exchange.export import Job
from tracker.model.change import CORRECTIONS, Change, LabelKind, Op, Verdict
from tracker.model.version import VersionSummary
from tracker.render import atom
from tracker.service.verdicts import newest_on_labels
from tracker.views.json import SCHEMA, iso

from . import links
from .page_request import PageRequest, View
from .pages.changes import VersionLine, entries
from .pages.feeds import MAX_ENTRIES, NEVER

LEDGERS: Final = {"corrections": ("Corrections", CORRECTIONS), "not-noted": ("Edits not noted", [LabelKind.NOT_NOTED])}
MAX_LISTED: Final = 500


@dataclass(frozen=True)
class Ledger(View):
    """The changes of one ledger, newest first: of one outlet, or of all. `outlets` counts those of each."""

    template: ClassVar[str] = "ledger.html"
    title: str
    name: str
    source: str
    path: str
    lines: tuple[VersionLine, ...]
    outlets: Mapping[str, int]
    job: Job

    def verdict(self, line: VersionLine) -> Verdict | None:
        """Return the newest verdict on the labels of a change."""
        return newest_on_labels(self.job.verdicts.get((line.summary.article, line.summary.n), ()))

    def notes(self, line: VersionLine) -> list[str]:
        """Return the corrections, clarifications and editor's notes that a change brought, if it has their labels."""
        made = line.change or Change()
        kinds = made.kinds.intersection(CORRECTIONS)
        return [each.text for each in made.notices if each.op is Op.INSERT and each.kind.value in kinds]

    def answer(self) -> Mapping[str, Any]:
        """Return the JSON object of the page."""
        return {"schema": SCHEMA, "changes": [each.answer() for each in self.lines]}

    @property
    def structured(self) -> list[dict[str, Any]]:
        """Return the corrections in the terms of schema.org; nothing for other changes."""
        found = []
        for line in self.lines if self.name == "corrections" else ():
            seen, said = line.summary, self.verdict(line)
            publisher = {"@type": "Organization", "name": seen.source}
            article = {"@type": "NewsArticle", "url": seen.url, "headline": seen.title, "publisher": publisher}
            comment = {"@type": "CorrectionComment", "datePublished": iso(seen.seen)}
            correction = [comment | {"text": text} for text in self.notes(line)] or (said and said.link)
            found += [{"@context": "https://schema.org", **article, "correction": correction}] if correction else []
        return found

    def feed(self, address: Callable[[str], str]) -> str:
        """Return the feed of the changes that were judged last. `address` returns the link to a path."""
        made = [(self.verdict(line), atom.entry(line.summary, line.change, address(line.link))) for line in self.lines]
        # An old change is news when it is judged.
        dated = [replace(entry, at=said.at) if said else entry for said, entry in made]
        newest = sorted(dated, key=lambda entry: entry.at, reverse=True)[:MAX_ENTRIES]
        itself = address(f"{self.path}.atom")
        ident = atom.entry_id(itself, NEVER, self.path)
        return atom.feed(self.title, address(self.path), itself, newest, NEVER, ident)


def ledgers(found: Iterable[VersionSummary], job: Job) -> Iterator[tuple[str, Callable[[PageRequest], Ledger]]]:
    """Yield the path of each ledger and the function that makes it: for all outlets, then for each outlet of `found`.

    A ledger has the changes whose label a person confirmed. If `job` includes changes that nobody judged, it also has
    those that the program gave the label.
    """
    summaries = sorted(found, key=lambda each: each.seen, reverse=True)
    for name, (title, wanted) in LEDGERS.items():
        # With `no_edit`, the page was read again, and nothing had changed.
        listed = [each for each in summaries if not each.no_edit and not set(wanted).isdisjoint(_kinds(each, job))]
        yield f"/{name}", partial(_ledger, job, title, "", listed)
        for source in sorted({each.source for each in summaries}):
            own = [each for each in listed if each.source == source]
            yield f"{links.source(source)}/{name}", partial(_ledger, job, f"{title}: {source}", source, own)


def _kinds(seen: VersionSummary, job: Job) -> Sequence[LabelKind]:
    said = newest_on_labels(job.verdicts.get((seen.article, seen.n), ()))
    return (said.labels or ()) if said else seen.kinds if job.include_unjudged else ()


def _ledger(job: Job, title: str, source: str, listed: Sequence[VersionSummary], request: PageRequest) -> Ledger:
    path = request.address.removesuffix(".json")
    lines = entries(request.cache, listed[:MAX_LISTED], shown=MAX_LISTED)
    outlets = {} if source else Counter(each.source for each in listed)
    return Ledger(title, path.rpartition("/")[2], source, path, lines, outlets, job)
