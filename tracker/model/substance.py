"""What an edit does to what a reader believes, and whether the outlet noted it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Substance(StrEnum):
    """What an edit does to what a reader believes."""

    FORM = "form"
    WORDING = "wording"
    CLAIM = "claim"
    UNCLEAR = "unclear"


class Direction(StrEnum):
    """What happened to a claim."""

    ALTERED = "altered"
    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    """A headline or dek about another thing took its place, as on live pages."""


class Noted(StrEnum):
    """Whether the outlet said that it changed a claim."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class EditUnit:
    """One sentence or field that was edited, added or removed, and what that does to what a reader believes.

    Attributes:
        direction: what happened to the claim; None unless the substance is CLAIM.
        where: "title", "dek" or "text".
        block: the block of the text, as an index into `Change.blocks`; None for a field.
        is_sure: whether the judgement is good enough to say of an outlet that it did not note the edit.
    """

    substance: Substance
    direction: Direction | None = None
    where: str = "text"
    block: int | None = None
    is_sure: bool = True

    @property
    def stood(self) -> bool:
        """Whether a claim that stood in the old version is said otherwise now, or not at all."""
        return self.direction in {Direction.ALTERED, Direction.REMOVED}
