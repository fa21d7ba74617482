"""Re-extract stored pages with the current extractor, and separate its differences from the outlet's edits.

A later extractor must neither invent an edit nor hide one. Both texts of a comparison are read by the same code, and
a version that turns out equal to the one before is kept and marked so.
"""

from __future__ import annotations

import asyncio
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.archive.archive import Archive
from tracker.archive.captures import get_capture
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.readings import save_readings
from tracker.archive.sources import list_habits
from tracker.archive.thread import ArchiveThread
from tracker.archive.versions import list_history
from tracker.diff.comparison import compare
from tracker.diff.reading_changes import keep_reading
from tracker.errors import ArchiveError
from tracker.extraction import EXTRACTOR
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply
from tracker.extraction.pool import ExtractPool
from tracker.extraction.text import decode
from tracker.model.article import Article, Reading
from tracker.model.capture import Failure
from tracker.model.change import Change, LabelKind, Significance
from tracker.model.version import Reread, Rereading, UpdatedChange, Version

from .decide import judged_change
from .decision_context import MAX_RUNS, DecisionContext, TextRun

if TYPE_CHECKING:
    from tracker.archive.ledger.verify import Progress, Report

Read = Mapping[int, Reading | Failure | str]
"""By version number; a string says why its page is missing."""


class Edit(StrEnum):
    """Whether a version is an edit by the current texts: `gone` was one until now, `found` was not."""

    FIRST = "first"
    UNCHANGED = "stands"
    GONE = "gone"
    FOUND = "found"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The result of one version.

    `outcome` is None if its page is not stored or was read by this extractor before, `detail` says why a page was not
    read. `words` are those added and removed by the code alone; `before` and `after` the labels of the edit.
    """

    n: int
    edit: Edit
    outcome: Rereading | None = None
    detail: str = ""
    words: tuple[int, int] = (0, 0)
    before: tuple[LabelKind, ...] = ()
    after: tuple[LabelKind, ...] = ()

    @property
    def by_code(self) -> bool:
        """Return whether the result differs without an edit by the outlet."""
        return self.outcome is Rereading.CODE or self.edit in {Edit.GONE, Edit.FOUND} or self.before != self.after

    @property
    def label_changes(self) -> str:
        """Return the labels that were lost and won, such as "−name +quote"."""
        lost = [f"−{kind.value}" for kind in self.before if kind not in self.after]
        won = [f"+{kind.value}" for kind in self.after if kind not in self.before]
        return " ".join(lost + won)


@dataclass(frozen=True, slots=True)
class Review:
    """The result for one article."""

    versions: tuple[Reviewed, ...] = ()
    rereads: tuple[Reread, ...] = ()
    changes: tuple[UpdatedChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to store."""
        return not (self.rereads or self.changes)


async def read_again(
    archive: ArchiveThread,
    reader: ExtractPool,
    article: str,
    extractor: str,
    now: datetime,
    *,
    everything: bool = False,
    dry_run: bool = False,
) -> Review:
    """Re-extract the stored pages of an article that were read by another extractor, and store the new texts.

    `extractor` is the version that `reader` has. With `everything` all pages are read, because the rules of an
    outlet or the labels may have changed without the extractor.
    """
    versions: list[Version] = await archive.run(list_history, article)
    read: dict[int, Reading | Failure | str] = {}
    for version in versions:
        if version.removed or (version.extractor == extractor and not everything):
            continue
        try:
            capture = await archive.run(get_capture, article, version.n)
        except ArchiveError as error:
            read[version.n] = error.message
            continue
        read[version.n] = await reader.read(capture, prefer=version.signature)
    habits = LearnedBoilerplate()
    if versions:
        habits = habits.with_habits(await archive.run(list_habits, versions[0].source))
    made = review(versions, read, habits, extractor)
    if not (dry_run or made.is_empty):
        await archive.run(save_readings, article, made.rereads, made.changes, now)
    return made


def review(versions: Sequence[Version], read: Read, habits: LearnedBoilerplate, extractor: str) -> Review:
    """Decide the new texts of the versions of one article, and the changes between them.

    `versions` are all, oldest first. `read` has the reading of each page by `extractor`, by version number.
    """
    texts: list[Article] = []
    results: list[tuple[Rereading | None, str]] = []
    for version in versions:
        text, outcome, detail = _reading(version, read.get(version.n), habits)
        if texts and text is not version.content and not version.removed:
            # As in a check, each paragraph keeps the class that it has in the version before.
            text = keep_reading(texts[-1], text)
        if outcome is Rereading.CODE and text == version.content:
            outcome = Rereading.SAME
        texts.append(text)
        results.append((outcome, detail))
    changes = [_change(versions, texts, place) for place in range(len(versions))]
    reviewed, rereads, leds = [], [], []
    for place, version in enumerate(versions):
        change, was = changes[place], version.change
        no_edit = change is not None and (change.is_empty or texts[place].sha256 == texts[place - 1].sha256)
        outcome, detail = results[place]
        by_code = compare(version.content, texts[place]) if outcome is Rereading.CODE else None
        known = version.extractor == extractor and outcome is not Rereading.CODE
        if (outcome is not None and not known) or no_edit != version.no_edit:
            if outcome is None:
                # Its page is not stored, but the version before it has another text now.
                reread = Reread(version.n, version.extractor, Rereading.SAME, None, version.signature, no_edit=no_edit)
            else:
                new_text = texts[place] if outcome is Rereading.CODE else None
                signature = getattr(read.get(version.n), "signature", "")
                reread = Reread(version.n, extractor, outcome, new_text, signature, no_edit=no_edit)
            rereads.append(reread)
        if change is not None and no_edit:
            change = replace(change, labels=(), significance=Significance.LOW)
        if change is not None and change != was:
            leds.append(UpdatedChange(version.n, change))
        current = change or was
        reviewed.append(
            Reviewed(
                version.n,
                _edit(version, change, no_edit=no_edit),
                outcome,
                detail,
                (by_code.words_added, by_code.words_removed) if by_code else (0, 0),
                tuple(sorted(was.kinds)) if was else (),
                tuple(sorted(current.kinds)) if current else (),
            )
        )
    return Review(tuple(reviewed), tuple(rereads), tuple(leds))


def derive_again(versions: Sequence[Version]) -> list[Reviewed]:
    """Derive the changes between the versions of one article again from their stored texts, oldest first.

    Returns those that differ from the stored ones, with the labels before and after.
    """
    found = review(versions, {}, LearnedBoilerplate(), "")
    changed = {each.n for each in found.changes}
    return [each for each in found.versions if each.n in changed]


def read_and_derive_again(
    archive: Archive, idents: Sequence[str], sites: Sequence[Path], report: Report, tell: Progress
) -> None:
    """Extract the stored pages of articles and derive their changes again, and report all differences.

    `sites` are the folders of site rules. `tell` is called after each article.
    """
    # Children, as in the service: a stored page may hang or crash the extractor.
    reader = ExtractPool(1, sites=sites)
    try:
        for place, ident in enumerate(idents, 1):
            versions = list_history(archive, ident)
            asyncio.run(_compare_texts(archive, reader, versions, report))
            for each in derive_again(versions):
                how = each.label_changes or "same labels, other details"
                change = f"the current rules derive this change differently: {how}"
                report.differences.append(Damage(f"{ident}@{each.n}", change))
            tell(place, len(idents))
    finally:
        reader.close()


async def _compare_texts(archive: Archive, reader: ExtractPool, versions: Sequence[Version], report: Report) -> None:
    """Extract the stored pages of one article's versions again, and compare the texts; `versions` are all of them.

    A text with words that its page does not have is damage; if another extractor read it, it may only be a difference
    between the two.
    """
    before = ""
    for version in versions:
        # The signature of the version before decides where text is looked for; one of a later check may have, too.
        signatures, before = dict.fromkeys((version.signature, before, "")), version.signature
        read, is_same = [], version.extractor == EXTRACTOR
        if not version.removed:
            with suppress(ArchiveError):  # deleted, or damaged: `verify` itself names it
                capture = get_capture(archive, version.article, version.n)
                readings = [await reader.read(capture, prefer=name) for name in signatures]
                read = [each.article for each in readings if isinstance(each, Reading)]
        report.texts_compared += bool(read) and is_same
        report.texts_not_compared += not (read and is_same)
        texts, given = _texts(version.content), [_texts(article) for article in read]
        if not read or texts in given:
            continue
        known = set().union(*given)
        on_page = _letters(decode(capture.body, capture.charset).decode())
        words = _WORD.findall("\n".join(text for text in texts if text not in known))
        foreign = [word for word in words if not any(_plain(word) in letters for letters in on_page)]
        if not foreign and not is_same:
            continue
        how = f"its text has words that its stored page does not have: {foreign[0]!r}" if foreign else _OTHERWISE
        found = report.damage if foreign and is_same else report.differences
        found.append(Damage(f"{version.article}@{version.n}", how))


_OTHERWISE = "its stored page gives another text now, as after a change of site rules"
_WORD = re.compile(r"\w+")
_TAG = re.compile("<[^<>]*>")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def _texts(article: Article) -> list[str]:
    """Return all texts of the page in order, of every class."""
    notices = (notice.text for notice in article.notices)
    blocks = (block.text for block in article.blocks)
    return [article.title, article.heading, article.dek, *article.byline, *notices, *blocks]


def _letters(page: str) -> tuple[str, str]:
    """Return the letters and digits of a page, with those of its tags and without."""
    page = html.unescape(html.unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), page)))
    # JSON writes rare letters as two surrogates.
    page = page.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _plain(page), _plain(_TAG.sub("", page))


def _plain(text: str) -> str:
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _reading(
    version: Version, read: Reading | Failure | str | None, habits: LearnedBoilerplate
) -> tuple[Article, Rereading | None, str]:
    """Return the current text of a version, the result of reading its page, and why it was not read."""
    if read is None or isinstance(read, str):
        return version.content, None, read or ""
    if isinstance(read, Failure):
        return version.content, Rereading.UNREADABLE, read.reason
    if not read.is_article:
        return version.content, Rereading.UNREADABLE, f"it reads as {read.page} now"
    article, feed = read.article, version.content.headlines.feed
    if feed and not article.headlines.feed:
        article = replace(article, headlines=replace(article.headlines, feed=feed))
    return apply(habits, article), Rereading.CODE, ""


def _change(versions: Sequence[Version], texts: Sequence[Article], place: int) -> Change | None:
    """Return the change that leads to the version at index `place`, by the current `texts` of all versions.

    None for the first version, and for one next to a version that was taken down.
    """
    if place == 0 or versions[place].removed or versions[place - 1].removed:
        return None
    before = replace(versions[place - 1], content=texts[place - 1])
    context, hashes = DecisionContext(), [text.sha256 for text in texts[: place + 1]]
    # Where an earlier version has this text, the label depends on how long each version since was current.
    if hashes[place] in hashes[:place] and hashes[place - 1] != hashes[place]:
        first = max(0, place - MAX_RUNS)
        following = versions[first + 1 : place + 1]
        runs = tuple(
            TextRun(sha256, version.seen, after.previous_seen or version.seen)
            for sha256, version, after in zip(hashes[first:place], versions[first:place], following, strict=True)
        )
        context = DecisionContext(runs=runs, first_run=versions[first].n)
    return judged_change(before, texts[place], versions[place].seen, context)


def _edit(version: Version, change: Change | None, *, no_edit: bool) -> Edit:
    if change is None:
        return Edit.FIRST if version.n == 1 else Edit.UNCHANGED
    if no_edit:
        return Edit.NONE if version.no_edit else Edit.GONE
    return Edit.FOUND if version.no_edit else Edit.UNCHANGED
