"""Choose the one edit of a change to show first."""

from __future__ import annotations

from tracker.model.article import count_words
from tracker.model.change import LABELS, BlockChange, Change, Field, Hunk, LabelKind, Op

# As much as the heaviest label weighs, so that length alone never outweighs a corrected fact.
MAX_COUNTED_WORDS = 40
"""More words do not make an edit more important."""


def top_hunk(change: Change) -> BlockChange | Field:
    """Return the most important edit of a change: facts before length, length before place.

    If only a notice was added or removed, it is returned as a Field with one empty side. An empty change gives its
    headline.
    """
    scored: list[tuple[int, BlockChange | Field]] = []
    if change.title.changed:
        scored.append((LABELS[LabelKind.HEADLINE].highlight + _words(change.title.hunks), change.title))
    # Dek and byline have no weight of their own: they are shown first only where little else changed.
    scored += [(_words(field.hunks), field) for field in (change.dek, change.byline) if field.changed]
    explained = {index for notice in change.notices if notice.op is Op.INSERT for index in notice.explains}
    for index, block in enumerate(change.blocks):
        if block.op is not Op.SAME:
            # An edit that a new notice explains counts as a corrected one.
            kinds = {label.kind for label in change.labels if index in label.blocks}
            kinds |= {LabelKind.CORRECTION} if index in explained else set()
            weight = max((LABELS[kind].highlight for kind in kinds), default=0)
            scored.append((_words(block.hunks) + weight, block))
    if scored:
        return max(scored, key=lambda pair: pair[0])[1]
    for notice in change.notices:
        if notice.op is Op.INSERT:
            return Field("", notice.text, (("+", notice.text),))
        if notice.op is Op.DELETE:
            return Field(notice.text, "", (("-", notice.text),))
    return change.title


def _words(hunks: tuple[Hunk, ...]) -> int:
    return min(sum(count_words(text) for op, text in hunks if op != "="), MAX_COUNTED_WORDS)
