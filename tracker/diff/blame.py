"""Say of each paragraph which version brought it and which versions edited it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from tracker.model.article import Article
from tracker.model.change import Change, Op


@dataclass(frozen=True, slots=True)
class Origin:
    """A paragraph of the newest version.

    Attributes:
        block: its index among the editorial blocks.
        first: the version that brought it, counted from 0.
        edits: the versions that edited it. A move, or another break between paragraphs, is not an edit.
    """

    block: int
    text: str
    first: int
    edits: tuple[int, ...] = ()

    @property
    def last(self) -> int:
        """The version that gave the paragraph the words it has now."""
        return self.edits[-1] if self.edits else self.first


def blame(versions: Sequence[Article], changes: Sequence[Change | None] = ()) -> tuple[Origin, ...]:
    """Return the origin of every editorial block of the newest version; nothing if there is no version.

    Args:
        versions: the versions of an article, oldest first.
        changes: the stored change that led to each version; see `changes_between`.
    """
    if not versions:
        return ()
    origins = [Origin(i, block.text, 0) for i, block in enumerate(versions[0].editorial)]
    for n, change in enumerate(changes_between(versions, changes)[1:], 1):
        step: list[Origin] = []
        for row in sorted((b for b in change.blocks if b.new is not None), key=lambda b: b.new or 0) if change else ():
            before = origins[row.old] if row.old is not None else None
            text = row.new_text
            if before is None:
                step.append(Origin(len(step), text, n))
            else:
                edited = row.op is not Op.SAME and before.text != text
                step.append(Origin(len(step), text, before.first, (*before.edits, n) if edited else before.edits))
        origins = step
    return tuple(origins)


def changes_between(versions: Sequence[Article], stored: Sequence[Change | None] = ()) -> list[Change | None]:
    """Return the change that led to each of `versions`, oldest first; None for the first.

    A `stored` change is used where it describes exactly these texts; the others are compared again.
    """
    led: list[Change | None] = [None] if versions else []
    for (old, new), kept in zip_longest(pairwise(versions), stored[1:]):
        if kept is not None:
            olds = {row.old: row.old_text for row in kept.blocks if row.old is not None}
            news = {row.new: row.new_text for row in kept.blocks if row.new is not None}
            before, after = ({i: block.text for i, block in enumerate(version.editorial)} for version in (old, new))
            if olds == before and news == after:
                led.append(kept)
                continue
        # Imported where it is needed: `blame` mostly reads stored changes, and the matchers take a while to load.
        from .comparison import compare

        led.append(compare(old, new))
    return led
