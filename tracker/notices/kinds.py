# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Decide of which kind a notice is: by its label first, else by what the outlet admits to have done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tracker.model.article import NoticeKind

if TYPE_CHECKING:
    from .features import Measured

# "Amended on 3 May" says that something was wrong; "updated on 3 May" does not.
_AMENDED: Final = re.compile(
    r"\b(?:amended|altered)\b(?! (?:since|from)\b)|\b(?:changed|edited|revised|modified|refiled|resubmitted)\b"
    r"[^.]{0,40}\bto (?:\w+ )?(?:reflect that|show that|say|state|note that|correct|fix)\b"
    r"|\b(?:update[ds]?|edited|changed|revised|modified|refile[ds]?|resubmitted)\b[^.]{0,80}\b(?:to|and) (?:correct|fix)s?\b(?! (?:typo|a typo))"
    r"|\b(?:following|the) corrections?\b|\b(?:korrig|berichtig|corrig|correg|corregg|rectif|rettific|retific)\w+\b",
    re.IGNORECASE,
)


def kind_of(m: Measured) -> NoticeKind:
    """Return the kind of a text that is taken for a notice."""
    label, wire = m.opening.label, m.opening.wire
    if wire is not None:
        return wire
    if label == "correction":
        return NoticeKind.CORRECTION
    if label == "clarification":
        return NoticeKind.CLARIFICATION
    if label == "editors":
        return _of_editors_note(m)
    if label == "update" and not _corrects(m):
        return NoticeKind.UPDATE
    return _of_sentence(m)


def _corrects(m: Measured) -> bool:
    """Say whether the outlet admits an error in its text or says that it corrected it."""
    if m.has("earlier told", "this told", "we told", "version corrects", "contrary", "the told") or _AMENDED.search(
        m.text
    ):
        return True
    if m.has("error") and m.has("edited", "display", "first told", "contrast", "we erred", "earlier", "here"):
        return True
    if m.has("corrected", "first told", "correction made", "amends"):
        return True
    return m.has("changed", "part edited", "thanks") and m.has("contrast", "true value", "true sentence", "error")


def _of_editors_note(m: Measured) -> NoticeKind:
    if m.has("clarified") and m.has("edited"):
        return NoticeKind.CLARIFICATION
    if m.has("removed") and m.has("request", "protect") and not m.has("error"):
        return NoticeKind.EDITORS_NOTE
    if _corrects(m):
        return NoticeKind.CORRECTION
    is_update = m.has("updated") and m.has("this edited", "the edited", "we edited") and not m.has("removed")
    return NoticeKind.UPDATE if is_update else NoticeKind.EDITORS_NOTE


def _of_sentence(m: Measured) -> NoticeKind:
    if m.has("clarified", "confusion", "misleads") and not m.has("error", "corrected"):
        return NoticeKind.CLARIFICATION
    if m.has("fictive", "support", "background", "protect", "concern") and not m.has("error", "corrected", "updated"):
        return NoticeKind.EDITORS_NOTE
    is_plain_removal = m.has("removed") and not m.has("error", "corrected", "first told", "true sentence")
    if (is_plain_removal or m.has("request")) and not m.has("error", "updated", "corrected"):
        return NoticeKind.EDITORS_NOTE
    if _corrects(m) or m.has("error", "we erred", "thanks"):
        return NoticeKind.CORRECTION
    if m.has("updated", "changed", "developing"):
        return NoticeKind.UPDATE
    if m.has("background", "newsroom"):
        return NoticeKind.EDITORS_NOTE
    return NoticeKind.CORRECTION if m.has("earlier", "contrast", "true sentence") else NoticeKind.UPDATE
