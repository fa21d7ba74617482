"""Stored changes: those of release 0.1 keep their words and numbers, which are hashed, and are translated when read."""

from __future__ import annotations

from typing import Any, Final

from tracker.model.change import EARLIER_WORDS, Change, Significance

from . import codec

_SUBSTANCES: Final = {"wording": "words", "unclear": "words"}


def load_change(data: bytes) -> Change:
    """Return a stored change in today's words. Raises ValueError and KeyError, as `codec.load` does."""
    return codec.decode(Change, translated(codec.parse(data)))


def translated(stored: dict[str, object]) -> dict[str, object]:
    """Return the JSON object of a change, as `codec.dump` made it, in this release's words in place of the earlier."""
    change: dict[str, Any] = dict(stored)
    if change.get("classifier", 1) > 1:
        return change
    if isinstance(score := change.get("significance"), (int, float)):
        change["significance"] = Significance.of_score(score).value
    if "substance" in change:
        change["substance"] = _SUBSTANCES.get(change["substance"], change["substance"])
    if "labels" in change:
        change["labels"] = [_label(each) for each in change["labels"]]
    if "units" in change:
        change["units"] = [_unit(each) for each in change["units"]]
    return change


def _label(stored: dict[str, Any]) -> dict[str, Any]:
    kind = EARLIER_WORDS.get(stored["kind"], stored["kind"])
    return stored | {"kind": kind, "evidence": stored["evidence"].replace("∅", "–")}


def _unit(stored: dict[str, Any]) -> dict[str, Any]:
    unit = {name: value for name, value in stored.items() if name != "is_sure"}
    return unit | {"substance": _SUBSTANCES.get(unit["substance"], unit["substance"])}
