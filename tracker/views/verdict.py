"""A person's verdict on a change: the object of `note --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, fields_json

if TYPE_CHECKING:
    from tracker.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class VerdictView:
    """A verdict on the change that led to a version."""

    verdict: Verdict

    def as_json(self) -> JsonObject:
        """Return the verdict; "labels" is null where the labels were not judged."""
        return {"schema": SCHEMA, **fields_json(self.verdict)}

    def as_line(self) -> str:
        """Return the verdict as one line of text: significant · not number, but name · Called the desk · by ada."""
        said = self.verdict
        parts = [said.weight.value if said.weight else ""]
        if said.labels is not None:
            wrong = f"not {', '.join(said.wrong)}" if said.wrong else ""
            missing = f"{'but ' if wrong else 'also '}{', '.join(said.missing)}" if said.missing else ""
            parts.append(", ".join(filter(None, (wrong, missing))) or "labels right")
        parts += [said.note, said.link, f"by {said.by}" if said.by else ""]
        return " · ".join(filter(None, parts))
