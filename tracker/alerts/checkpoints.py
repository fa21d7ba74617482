"""A signed checkpoint as an alert: whoever gets it can show later that the archive was not rewritten since. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from ..model import Alert
from ..render import html
from ..render.json import dumps

KIND: Final = "archive.checkpoint"
_ARTICLE: Final = "checkpoints"
_WHY: Final = (
    "Keep this message. It is a signed note of what the archive held; with it you can show later whether anything of"
    " that was changed since:"
)


def checkpoint_alert(target: str, note: str, public: str) -> Alert:
    """Return the alert that hands *note* to *target*; the same note makes the same alert.

    *public* is the key it is signed with. The payload holds schema, id, type, note and key.
    """
    digest = hashlib.sha256(json.dumps([KIND, target, note]).encode()).hexdigest()
    key = f"wt_{digest[:40]}"
    body = {"schema": 1, "id": key, "type": KIND, "note": note, "key": public}
    return Alert(key, "checkpoints", target, _ARTICLE, int(note.split("\n")[1]), dumps(body))


def compose(body: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return a payload of this kind as subject, text, a short text and HTML."""
    note, key = str(body["note"]), str(body["key"])
    origin, size, *_ = note.split("\n")
    subject = f"Checkpoint of {origin}: {int(size):,} entries"
    text = f"{_WHY}\n\n    writethru verify --against NOTE --key '{key}'\n\nNOTE is a file of these lines:\n\n{note}"
    page = html.page(
        subject, f"<p>{html.text(_WHY)}</p>\n<pre>{html.text(note)}</pre>\n<p><code>{html.text(key)}</code></p>"
    )
    return subject, text, note, page
