"""Find the origin's notices that a copy should have printed: those about errors that it printed itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.story import MissingNotice

from .words import figures_of, words_of

if TYPE_CHECKING:
    from tracker.model.version import Version

# An update note says what is new at the origin; a copy need not repeat it.
_EXPECTED: Final = frozenset({NoticeKind.CORRECTION, NoticeKind.CLARIFICATION, NoticeKind.EDITORS_NOTE})

MIN_SAME_NOTICE_RATIO: Final = 80
"""From this similarity on, in percent, two texts are the same notice."""
MIN_WORD_LETTERS: Final = 5
MIN_COMMON_WORDS: Final = 2
# Words of this length that most notices have, whatever they are about.
_USUAL_WORDS: Final = frozenset(
    """correction corrected corrects clarification clarified story article version earlier previous previously report
    reported incorrectly misstated stated stating headline paragraph updated editor editors number amount spelling
    which there their should would about error since after before""".split()
)


def missing_notices(
    copy: Sequence[Version], origin: Sequence[Version], runs: Sequence[int]
) -> tuple[MissingNotice, ...]:
    """Return the notices that the newest version of *copy* lacks, oldest first.

    A copy that never ran a version from before the notice did not print the error, and lacks nothing.

    Args:
        copy: the versions of the copy, oldest first.
        origin: the versions of the origin, oldest first.
        runs: for each version of the copy, the version of the origin that it is nearest to.
    """
    # Each notice counts once, from the version that brought it: one that was reworded later is the same.
    first: list[tuple[Version, Notice]] = []
    for version in origin:
        for notice in version.content.notices:
            if notice.kind in _EXPECTED and not any(_same_text(notice, known) for _, known in first):
                first.append((version, notice))
    missing = []
    for version, notice in first:
        printed_error = any(run < version.n for run in runs)
        if printed_error and not _has_notice(copy[-1].content, notice):
            since = max(version.seen, copy[0].seen)
            missing.append(MissingNotice(notice.kind, notice.text, version.n, since, runs[-1] >= version.n))
    return tuple(missing)


def _has_notice(copy: Article, notice: Notice) -> bool:
    """Say whether *copy* has the notice, in the origin's words or in its own, as a notice or as a paragraph."""
    if any(_same_text(notice, each) or _same_subject(notice, each) for each in copy.notices):
        return True
    text = _key(notice.text)
    # A short block is similar to a part of anything.
    long_enough = (block for block in copy.blocks if len(block.text) >= len(text) * MIN_SAME_NOTICE_RATIO / 100)
    return any(fuzz.partial_ratio(text, _key(block.text)) >= MIN_SAME_NOTICE_RATIO for block in long_enough)


def _same_text(one: Notice, other: Notice) -> bool:
    return fuzz.token_sort_ratio(_key(one.text), _key(other.text)) >= MIN_SAME_NOTICE_RATIO


def _same_subject(one: Notice, other: Notice) -> bool:
    """Say whether two notices, each in its outlet's words, are about the same: a figure or two words in common."""
    if one.kind != other.kind:
        return False
    figures = set(figures_of(one.text)) & set(figures_of(other.text))
    words = {word for word in words_of(one.text) if len(word) >= MIN_WORD_LETTERS} - _USUAL_WORDS
    # A correction mostly names the figure that was wrong.
    return bool(figures) or len(words.intersection(words_of(other.text))) >= MIN_COMMON_WORDS


def _key(text: str) -> str:
    return " ".join(words_of(text))
