"""Write equal runs of words as hunks that restore both sides exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.change import Hunk, HunkOp
    from .tokens import Tokens
    from .words import Match

_MAX_MARK_CHARACTERS = 4
"""Up to this many characters without a letter or figure are a mark."""


class HunkWriter:
    """Collects hunks.

    Neighbours of one kind are joined, and within one change "-" comes before "+". Whitespace that both sides share is
    kept out of a change. A mark alone between two changes goes with them: it would only break them up for the reader.
    """

    def __init__(self) -> None:
        self._hunks: list[Hunk] = []
        self._minus = ""
        self._plus = ""
        # Equal text after a change: it becomes part of the change where it is a mark and another change follows.
        self._held = ""

    def write(self, runs: Sequence[Match], old: Tokens, new: Tokens) -> None:
        """Write all of *old* and *new*, given their equal runs."""
        i = j = 0
        for run in runs:
            self._change(old.pieces[i : run.old], new.pieces[j : run.new])
            i, j = run.old + run.n, run.new + run.n
            self._equal_words(old.pieces[run.old : i], new.pieces[run.new : j])
        self._change(old.pieces[i:], new.pieces[j:])

    def equal(self, text: str) -> None:
        """Write what both sides share."""
        if not text:
            return
        # A change is pending: a mark is held back until it is known whether another change follows.
        if self._minus or self._plus:
            self._held += text
            if len(self._held) <= _MAX_MARK_CHARACTERS and not any(map(str.isalnum, self._held)):
                return
            text, self._held = self._held, ""
            self._flush()
        self._put("=", text)

    def finish(self) -> tuple[Hunk, ...]:
        """Return the hunks of all that was written."""
        held, self._held = self._held, ""
        self._flush()
        self._put("=", held)
        return tuple(self._hunks)

    def _change(self, minus: Sequence[str], plus: Sequence[str]) -> None:
        if minus or plus:
            self._minus += self._held + "".join(minus)
            self._plus += self._held + "".join(plus)
            self._held = ""

    def _equal_words(self, befores: list[str], afters: list[str]) -> None:
        """Write words that are equal, where the whitespace after them may differ."""
        if befores == afters:
            self.equal("".join(befores))
            return
        start = 0
        for k, (before, after) in enumerate(zip(befores, afters, strict=True)):
            if before != after:
                core = len(before.rstrip())
                self.equal("".join(befores[start:k]) + before[:core])
                self._change(before[core:], after[core:])
                start = k + 1
        self.equal("".join(befores[start:]))

    def _flush(self) -> None:
        minus, plus = self._minus, self._plus
        if not minus and not plus:
            return
        self._minus = self._plus = ""
        head = _shared_whitespace(minus, plus)
        tail = _shared_whitespace(minus[head:][::-1], plus[head:][::-1])
        self._put("=", minus[:head])
        self._put("-", minus[head : len(minus) - tail])
        self._put("+", plus[head : len(plus) - tail])
        self._put("=", minus[len(minus) - tail :])

    def _put(self, op: HunkOp, text: str) -> None:
        if not text:
            return
        if self._hunks and self._hunks[-1][0] == op:
            self._hunks[-1] = (op, self._hunks[-1][1] + text)
        else:
            self._hunks.append((op, text))


def _shared_whitespace(a: str, b: str) -> int:
    n = 0
    while n < len(a) and n < len(b) and a[n] == b[n] and a[n].isspace():
        n += 1
    return n
