"""A signed checkpoint as an alert: with it anybody can check later that the archive was not changed since. Pure."""

from __future__ import annotations

from typing import Final

from ..model.alert import Alert
from ..render.json import dumps
from .payload import alert_key

KIND: Final = "archive.checkpoint"
"""The type of its payload."""


def checkpoint_alert(target: str, note: str, public_key: str) -> Alert:
    """Return the alert that sends a signed note to `target`; the same note gives the same alert."""
    key = alert_key(KIND, target, note)
    body = {"schema": 1, "id": key, "type": KIND, "note": note, "key": public_key}
    # The second line of a note is the number of entries.
    return Alert(key, "checkpoints", target, "checkpoints", int(note.split("\n")[1]), dumps(body))
