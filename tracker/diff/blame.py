"""Find which version added each paragraph of an article, and which versions edited it."""

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
        first: the version that added it, counted from 0.
        edits: the versions that edited it. A move, or a changed break between paragraphs, is not an edit.
    """

    block: int
    text: str
    first: int
    edits: tuple[int, ...] = ()

    @property
    def last(self) -> int:
        """The version that last changed the words of the paragraph."""
        return self.edits[-1] if self.edits else self.first


def blame(versions: Sequence[Article], changes: Sequence[Change | None] = ()) -> tuple[Origin, ...]:
    """Return the origin of every editorial block of the newest version; empty if there is no version.

    Args:
        versions: the versions of an article, oldest first.
        changes: the stored change that led to each version; see `changes_between`.
    """
    if not versions:
        return ()
    origins = [Origin(i, block.text, 0) for i, block in enumerate(versions[0].editorial)]
    for n, change in enumerate(changes_between(versions, changes)[1:], 1):
        current: list[Origin] = []
        for row in sorted((b for b in change.blocks if b.new is not None), key=lambda b: b.new or 0) if change else ():
            before = origins[row.old] if row.old is not None else None
            text = row.new_text
            if before is None:
                current.append(Origin(len(current), text, n))
            else:
                edited = row.op is not Op.SAME and before.text != text
                edits = (*before.edits, n) if edited else before.edits
                current.append(Origin(len(current), text, before.first, edits))
        origins = current
    return tuple(origins)


def changes_between(versions: Sequence[Article], stored: Sequence[Change | None] = ()) -> list[Change | None]:
    """Return the change that led to each of `versions`, oldest first; None for the first.

    A `stored` change is used where it has exactly these texts; the other pairs of versions are compared again.
    """
    changes: list[Change | None] = [None] if versions else []
    for (old, new), change in zip_longest(pairwise(versions), stored[1:]):
        if change is not None:
            olds = {row.old: row.old_text for row in change.blocks if row.old is not None}
            news = {row.new: row.new_text for row in change.blocks if row.new is not None}
            before, after = ({i: block.text for i, block in enumerate(version.editorial)} for version in (old, new))
            if olds == before and news == after:
                changes.append(change)
                continue
        # Imported here because `blame` mostly reads stored changes, and the matching libraries take a while to load.
        from .comparison import compare

        changes.append(compare(old, new))
    return changes
