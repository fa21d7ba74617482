"""How the inside of this room says that a fetch ends here; it never leaves the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model import FailureKind


class Stop(Exception):
    """Ends a fetch; the client turns it into a `model.Failure` of the same *kind* and *reason*."""

    def __init__(self, kind: FailureKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
