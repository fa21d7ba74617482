"""Say of each paragraph when it first stood and when it was edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Article, Change


@dataclass(frozen=True, slots=True)
class Origin:
    """A paragraph of the newest version: its text, the version (from 0) it first stood in, the versions that edited it.

    A move or a changed break between paragraphs is no edit.
    """

    block: int
    text: str
    first: int
    edits: tuple[int, ...] = ()

    @property
    def last(self) -> int:
        """Return the version that gave the paragraph the words it has now."""
        return self.edits[-1] if self.edits else self.first


def blame(versions: Sequence[Article], changes: Sequence[Change | None] = ()) -> tuple[Origin, ...]:
    """Return the origin of every editorial block of the last of *versions*, which are given oldest first.

    Each version is compared with the one before it, as the log shows them; no versions give an empty tuple. *changes*
    are what is known to have led to each version: where one tells of these very texts, they need not be compared.
    """
    if not versions:
        return ()
    origins = [Origin(i, block.text, 0) for i, block in enumerate(versions[0].editorial)]
    for n in range(1, len(versions)):
        change = _between(versions[n - 1], versions[n], changes[n] if changes else None)
        step: list[Origin] = []
        for row in sorted((b for b in change.blocks if b.new is not None), key=lambda b: b.new or 0):
            before = origins[row.old] if row.old is not None else None
            text = row.new_text
            if before is None:
                step.append(Origin(len(step), text, n))
            else:
                edited = row.op is not Op.SAME and before.text != text
                step.append(Origin(len(step), text, before.first, (*before.edits, n) if edited else before.edits))
        origins = step
    return tuple(origins)


def _between(old: Article, new: Article, known: Change | None) -> Change:
    if known is not None:
        olds = {row.old: row.old_text for row in known.blocks if row.old is not None}
        news = {row.new: row.new_text for row in known.blocks if row.new is not None}
        if olds == _texts(old) and news == _texts(new):
            return known
    from .assemble import compare

    return compare(old, new)


def _texts(version: Article) -> dict[int, str]:
    return {place: block.text for place, block in enumerate(version.editorial)}
