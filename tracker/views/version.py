"""A version of an article: the object of `log --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .article import ContentView, notice_json
from .change import noted_json
from .values import CHANGE_SCHEMA, JsonObject, iso, plain
from .verdict import VerdictView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.model.change import Change
    from tracker.model.recapture import Recaptured
    from tracker.model.verdict import Verdict
    from tracker.model.version import Version


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version; `with_content` adds what its page says, as `show --json` does."""

    version: Version
    with_content: bool = False
    verdicts: Sequence[Verdict] = ()

    def as_json(self) -> JsonObject:
        """Return the version; "change" is null for the first one.

        "event" is only there for something that happened to the page while this version was current ("unpublished",
        "restored"), "removed" only for a version that was taken down, "verdicts" only for a change that people judged.
        """
        kept = self.version
        value: JsonObject = {
            "schema": CHANGE_SCHEMA,
            "article": kept.article,
            "url": kept.url,
            "version": kept.n,
            "seen": iso(kept.seen),
            "title": kept.content.title,
            "sha256": kept.content.sha256,
            "words": kept.content.words,
            "change": None if kept.change is None else summary_json(kept.change),
            "notices": [notice_json(each) for each in kept.content.notices],
            "previous_seen": iso(kept.previous_seen),
            "source": kept.source,
            "stories": list(kept.stories),
            "capture": kept.capture_sha256,
            "extractor": kept.extractor,
            # Never empty, so that a program can compare both without knowing that most pages are read once.
            "first_extractor": kept.first_extractor or kept.extractor,
            "no_edit": kept.no_edit,
        }
        if kept.removed:
            value["removed"] = kept.removed
        if kept.change is not None and kept.is_event:
            value["event"] = kept.change.labels[0].kind.value
        if self.verdicts:
            value["verdicts"] = [VerdictView(each).as_json() for each in self.verdicts]
        if self.with_content:
            value["content"] = ContentView(kept.content).as_json()
        return value


def stored_again(captures: Iterable[Recaptured]) -> list[JsonObject]:
    """Return the later pages that showed a version; "removed" says why the bytes of one are gone."""
    return [
        {"at": iso(each.fetched_at), "status": each.status, "sha256": each.sha256, "removed": each.removed}
        for each in captures
    ]


def summary_json(change: Change) -> JsonObject:
    """Return how much changed, with which labels, and whether it was noted; without the edits."""
    return {
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "substance": change.substance,
        "labels": plain(change.labels),
        "significance": change.significance,
        "announced": change.announced,
        "noted": noted_json(change),
        "classifier": change.classifier,
    }
