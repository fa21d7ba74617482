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
        about: what the claim is about, in a word or two ("status", "place"), where the words show it.
    """

    substance: Substance
    old: str
    new: str
    direction: Direction | None = None
    where: str = "text"
    block: int | None = None
    about: str = ""
