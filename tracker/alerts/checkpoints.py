"""A signed checkpoint as an alert: with it anybody can check later that the archive was not changed since. Pure."""

from __future__ import annotations

from typing import Final

from ..model.alert import Alert
from ..render.json import dumps
from .payload import alert_key

KIND: Final = "archive.checkpoint"
"""The type of its payload."""


def checkpoint_alert(target: str, note: str, public_key: str) -> Alert:
    """Return the alert that sends the checkpoint `note` to `target`; the same note gives the same alert.

    Args:
        target: the name of a target.
        note: the signed note; its second line is the number of entries.
        public_key: the key that verifies it.
    """
    key = alert_key(KIND, target, note)
    body = {"schema": 1, "id": key, "type": KIND, "note": note, "key": public_key}
    return Alert(key, "checkpoints", target, "checkpoints", int(note.split("\n")[1]), dumps(body))
