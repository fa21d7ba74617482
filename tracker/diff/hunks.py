"""Write equal runs of words as hunks that restore both sides exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.model.change import Hunk, HunkOp

    from .tokens import Tokens
    from .words import Match

_MAX_MARK_CHARACTERS = 4
"""Up to this many characters without a letter or figure are a mark."""


def write_hunks(runs: Sequence[Match], old: Tokens, new: Tokens) -> tuple[Hunk, ...]:
    """Return all of `old` and `new` as hunks, given their equal runs.

    Neighbours of one kind are joined, and within one change "-" comes before "+". Whitespace that both sides share is
    kept out of a change. A mark alone between two changes goes with them: it would only break them up for the reader.
    """
    hunks: list[Hunk] = []
    minus = plus = equal = ""
    for removed, added, following in _changes(runs, old, new):
        if not removed and not added:
            equal += following
        elif (minus or plus) and len(equal) <= _MAX_MARK_CHARACTERS and not any(map(str.isalnum, equal)):
            minus, plus, equal = minus + equal + removed, plus + equal + added, following
        else:
            _write(hunks, minus, plus, equal)
            minus, plus, equal = removed, added, following
    _write(hunks, minus, plus, equal)
    return tuple(hunks)


def _changes(runs: Sequence[Match], old: Tokens, new: Tokens) -> Iterator[tuple[str, str, str]]:
    """Yield what was removed, what was added, and the equal text after both; each may be empty."""
    i = j = 0
    for run in runs:
        minus, plus = "".join(old.pieces[i : run.old]), "".join(new.pieces[j : run.new])
        i, j = run.old + run.n, run.new + run.n
        befores, afters = old.pieces[run.old : i], new.pieces[run.new : j]
        start = 0
        if befores != afters:
            # The words are equal, but the whitespace after some of them differs.
            for k, (before, after) in enumerate(zip(befores, afters, strict=True)):
                if before != after:
                    core = len(before.rstrip())
                    yield minus, plus, "".join(befores[start:k]) + before[:core]
                    minus, plus, start = before[core:], after[core:], k + 1
        yield minus, plus, "".join(befores[start:])
    yield "".join(old.pieces[i:]), "".join(new.pieces[j:]), ""


def _write(hunks: list[Hunk], minus: str, plus: str, equal: str) -> None:
    """Append a change and the equal text after it."""
    head = _shared_whitespace(minus, plus)
    tail = _shared_whitespace(minus[head:][::-1], plus[head:][::-1])
    _put(hunks, "=", minus[:head])
    _put(hunks, "-", minus[head : len(minus) - tail])
    _put(hunks, "+", plus[head : len(plus) - tail])
    _put(hunks, "=", minus[len(minus) - tail :] + equal)


def _put(hunks: list[Hunk], op: HunkOp, text: str) -> None:
    if hunks and hunks[-1][0] == op:
        hunks[-1] = (op, hunks[-1][1] + text)
    elif text:
        hunks.append((op, text))


def _shared_whitespace(a: str, b: str) -> int:
    n = 0
    while n < len(a) and n < len(b) and a[n] == b[n] and a[n].isspace():
        n += 1
    return n
