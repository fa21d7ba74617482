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
    writer = _Writer()
    i = j = 0
    for run in (*runs, Match(len(old.cores), len(new.cores), 0)):
        writer.change(_text(old, i, run.old), _text(new, j, run.new))
        i, j = run.old + run.n, run.new + run.n
        if run.n:
            _write_run(writer, run, old, new)
    return writer.finished()


def kept(hunks: Sequence[Hunk]) -> int:
    """Count the characters both sides share."""
    return sum(len(text) for op, text in hunks if op == "=")


def _text(tokens: Tokens, start: int, end: int) -> str:
    if start == end:
        return ""
    return "".join(
        [core + blank for core, blank in zip(tokens.cores[start:end], tokens.blanks[start:end], strict=True)]
    )


def _write_run(writer: _Writer, run: Match, old: Tokens, new: Tokens) -> None:
    if old.blanks[run.old : run.old + run.n] == new.blanks[run.new : run.new + run.n]:
        writer.equal(_text(old, run.old, run.old + run.n))
        return
    start = 0
    for k in range(run.n):
        before, after = old.blanks[run.old + k], new.blanks[run.new + k]
        if before != after:
            at = run.old + k
            writer.equal(_text(old, run.old + start, at) + old.cores[at])
            writer.change(before, after)
            start = k + 1
    writer.equal(_text(old, run.old + start, run.old + run.n))


class _Writer:
    def __init__(self) -> None:
        self._out: list[Hunk] = []
        self._minus = ""
        self._plus = ""

    def change(self, minus: str, plus: str) -> None:
        self._minus += minus
        self._plus += plus

    def equal(self, text: str) -> None:
        if text:
            self._flush()
            self._put("=", text)

    def finished(self) -> tuple[Hunk, ...]:
        self._flush()
        return tuple(self._out)

    def _flush(self) -> None:
        minus, plus = self._minus, self._plus
        if not minus and not plus:
            return
        self._minus = self._plus = ""
        head = _shared_blanks(minus, plus)
        tail = _shared_blanks(minus[head:][::-1], plus[head:][::-1])
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
