"""Locate quotations in stored versions, follow them through later ones, and alert when a cited passage changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracker import compare
from tracker.alerts.matching import in_scope
from tracker.alerts.payload import citation_alert
from tracker.alerts.schedule import scheduled
from tracker.archive.archive import Archive
from tracker.archive.citations import last_gone, list_citations
from tracker.archive.versions import list_history
from tracker.config.tables import RuleConfig
from tracker.diff.blame import changes_between
from tracker.diff.quotations import MAX_QUOTATION_WORDS, Text, follow, locate
from tracker.errors import UsageError
from tracker.model.article import Article, count_words
from tracker.model.change import Change, LabelKind, PageEvent, status_change
from tracker.model.citation import Citation, CitationState, FollowedCitation, PassageState
from tracker.model.version import Version
from tracker.model.watch import ArticleState, Intent, WatchedArticle

from .decide import as_version

MAX_CONTEXT_CHARACTERS: Final = 60
_REPORTED: Final = {CitationState.ALTERED, CitationState.REMOVED, CitationState.CORRECTED}


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that a quotation may be from.

    Attributes:
        passage: its words in the version.
        place: which of the passages with these words it is, from 0.
        different_words: how many words the quotation has otherwise, 0 if only marks or capitals; None if it is exact.
        context: the words around it.
    """

    version: int
    passage: str
    place: int
    different_words: int | None
    context: str


def find_quotation(archive: Archive, article: str, quotation: str) -> list[FoundPassage]:
    """Return the passages that a quotation may be from, of the newest version that has any.

    Exact ones of any version outweigh those with a few words of difference. Raises UsageError for a quotation without
    words, or with too many.
    """
    if not 0 < count_words(quotation) <= MAX_QUOTATION_WORDS:
        raise UsageError(f"a quotation must have from 1 to {MAX_QUOTATION_WORDS} words", resource=article)
    history = [each for each in reversed(list_history(archive, article)) if not each.removed]
    nearly: list[FoundPassage] = []
    for version in history:
        found = list(_found(quotation, version))
        if found and found[0].different_words is None:
            return found
        nearly = nearly or found
    return nearly


def _found(quotation: str, version: Version) -> Iterator[FoundPassage]:
    text = Text(version.content)
    for place in locate(quotation, text):
        passage = text.passage(place)
        ordinal = [each.first for each in text.exact(passage)].index(place.first)
        block, start, end = text.pieces(place)[0]
        before, after = text.blocks[block][:start], text.blocks[block][end:]
        context = f"{before[-MAX_CONTEXT_CHARACTERS:]}[{passage}]{after[:MAX_CONTEXT_CHARACTERS]}"
        yield FoundPassage(version.n, passage, ordinal, place.different_words, context)


def follow_citations(archive: Archive, citations: Iterable[Citation]) -> list[FollowedCitation]:
    """Return citations, in their order, with their states now."""
    listed = list(citations)
    gone = last_gone(archive, [each.article for each in listed])
    histories: dict[str, _History] = {}
    found = []
    for each in listed:
        history = histories.get(each.article)
        if history is None:
            history = histories[each.article] = _History.of(list_history(archive, each.article))
        passage = history.states(each)[-1]
        since = next((seen.seen for seen in history.versions if seen.n == passage.version), each.added)
        is_gone, at = gone.get(each.article, (False, since))
        if is_gone:
            passage, since = replace(passage, state=CitationState.GONE), at
        # Nobody could read the passage while the page was gone.
        since = max(since, at) if passage.state is CitationState.STANDS else since
        found.append(FollowedCitation(each, passage, since))
    return found


@dataclass(frozen=True, slots=True)
class _History:
    """The versions of an article whose texts are stored, with the changes between them."""

    versions: tuple[Version, ...]
    changes: tuple[Change | None, ...]
    texts: tuple[tuple[int, Text], ...]

    @classmethod
    def of(cls, versions: Sequence[Version]) -> _History:
        there = [each for each in versions if not each.removed]
        contents: list[Article] = [each.content for each in there]
        changes = changes_between(contents, [each.change for each in there])
        return cls(tuple(there), tuple(changes), tuple((each.n, Text(each.content)) for each in there))

    def states(self, citation: Citation) -> list[PassageState]:
        """Return the state of a citation in its own version and each later one; no state without its text."""
        first = next((place for place, (n, _) in enumerate(self.texts) if n == citation.version), None)
        if first is None:
            return [PassageState(None, citation.version)]
        versions = self.versions[first:]

        def judge(old: int, new: int) -> Change:
            return compare(versions[old].content, versions[new].content)

        return follow(citation.passage, citation.place, self.texts[first:], self.changes[first:], judge)


def with_citation_alerts(
    archive: Archive, tracked: WatchedArticle, intent: Intent, rules: Sequence[RuleConfig], link: str
) -> Intent:
    """Return `intent` with the alerts about cited passages that its version alters or its state takes away."""
    citations, at = list_citations(archive, tracked.id), intent.check.at
    stored = list_history(archive, tracked.id)
    if not citations or not stored:
        return intent
    latest, event = stored[-1], ""
    version, before = as_version(intent.version, tracked, at, latest) if intent.version else None, None
    if intent.state is ArticleState.GONE and tracked.state is not ArticleState.GONE:
        gone = status_change(PageEvent.UNPUBLISHED)
        version, event = (
            replace(latest, previous_seen=tracked.last_seen_at, seen=at, change=gone),
            f"{PageEvent.UNPUBLISHED}:{at.isoformat()}",
        )
        affected = [(each, PassageState(CitationState.GONE, latest.n)) for each in citations]
    elif version is None or version.change is None:
        return intent
    else:
        before, history = latest.content, _History.of([*stored, version])
        affected = []
        for each in citations:
            *earlier, passage = history.states(each)
            # If a page alternates between texts, this is reported once.
            was_reported = LabelKind.FLAP in version.change.kinds and any(known.state in _REPORTED for known in earlier)
            if passage.latest == version.n and passage.state in _REPORTED and not was_reported:
                affected.append((each, passage))
    followed = [FollowedCitation(each, passage, at) for each, passage in affected]
    alerts = [
        scheduled(citation_alert(rule, target, version, before, followed, link=link, event=event), rule, at)
        for rule in rules
        if rule.cites and followed and in_scope(rule, version)
        for target in dict.fromkeys(rule.to)
    ]
    return replace(intent, alerts=(*intent.alerts, *alerts))
