"""Write equal runs as hunks that restore both sides exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import Match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Hunk, HunkOp
    from .tokens import Tokens


def write(runs: Sequence[Match], old: Tokens, new: Tokens) -> tuple[Hunk, ...]:
    """Return the hunks of *old* and *new*, given their equal runs; within one change "-" stands before "+"."""
    writer = Writer()
    put(writer, runs, old, new)
    return writer.finished()


def put(writer: Writer, runs: Sequence[Match], old: Tokens, new: Tokens) -> None:
    """Write all of *old* and *new* to *writer*, given their equal runs."""
    i = j = 0
    for run in (*runs, Match(len(old.pieces), len(new.pieces), 0)):
        if i < run.old or j < run.new:
            writer.change(old.text(i, run.old), new.text(j, run.new))
        i, j = run.old + run.n, run.new + run.n
        if run.n:
            _write_run(writer, run, old, new)


def kept(hunks: Sequence[Hunk]) -> int:
    """Count the characters both sides share."""
    return sum([len(text) for op, text in hunks if op == "="])


def _write_run(writer: Writer, run: Match, old: Tokens, new: Tokens) -> None:
    befores, afters = old.pieces[run.old : run.old + run.n], new.pieces[run.new : run.new + run.n]
    if befores == afters:
        writer.equal("".join(befores))
        return
    start = 0
    for k in range(run.n):
        before, after = befores[k], afters[k]
        if before != after:
            core = len(before.rstrip())
            writer.equal("".join(befores[start:k]) + before[:core])
            writer.change(before[core:], after[core:])
            start = k + 1
    writer.equal("".join(befores[start:]))


_MARK = 4
"""Up to this many characters without a letter or figure are no more than a mark."""


class Writer:
    """Collects hunks: neighbours of one kind are joined, blanks that both sides share stay out of a change.

    A mark alone between two changes is no rest for the eye: it goes with them.
    """

    def __init__(self) -> None:
        self._out: list[Hunk] = []
        self._minus = ""
        self._plus = ""
        self._held = ""

    def change(self, minus: str, plus: str) -> None:
        """Write what was replaced by what; either side may be empty."""
        self._minus += self._held + minus
        self._plus += self._held + plus
        self._held = ""

    def equal(self, text: str) -> None:
        """Write what both sides share."""
        if not text:
            return
        if self._minus or self._plus:
            self._held += text
            if len(self._held) <= _MARK and not any(map(str.isalnum, self._held)):
                return
            text, self._held = self._held, ""
            self._flush()
        self._put("=", text)

    def finished(self) -> tuple[Hunk, ...]:
        """Return the hunks."""
        held, self._held = self._held, ""
        self._flush()
        self._put("=", held)
        return tuple(self._out)

    def _flush(self) -> None:
        minus, plus = self._minus, self._plus
        if not minus and not plus:
            return
        self._minus = self._plus = ""
        head = _shared_blanks(minus, plus)
        tail = _shared_blanks(minus[head:][::-1], plus[head:][::-1]) if minus and plus else 0
        self._put("=", minus[:head])
        self._put("-", minus[head : len(minus) - tail])
        self._put("+", plus[head : len(plus) - tail])
        self._put("=", minus[len(minus) - tail :])

    def _put(self, op: HunkOp, text: str) -> None:
        if not text:
            return
        if self._out and self._out[-1][0] == op:
            self._out[-1] = (op, self._out[-1][1] + text)
        else:
            self._out.append((op, text))


def _shared_blanks(a: str, b: str) -> int:
    n = 0
    while n < len(a) and n < len(b) and a[n] == b[n] and a[n].isspace():
        n += 1
    return n
