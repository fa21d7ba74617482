"""Make a minimal word diff readable, on tokens, never on characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import Match

if TYPE_CHECKING:
    from .tokens import Tokens

_STOP = frozenset(
    (
        "a an the of to in on at by for from with and or but as is was are were be been has have had it its that this "
        "he she his her they their who which not will would said there then than into "
        "der die das den dem des ein eine einen einem einer und oder in im am an auf zu zum zur von vom mit bei für "
        "aus als ist war sind hat haben es er sie sich nicht dass wie auch "
        "le la les l d un une des du de et ou en au aux à dans par pour sur avec que qui est a ont se ce il elle ne "
        "el los las una uno y o del al con por para es su se lo no "
        "il lo gli i e di da nel nella della dei che ha è si "
        "os as um uma do da dos das no na nos nas em ao com por que são "
        "het een van en of te op voor met is zijn dat die niet"
    ).split()
)


ISLAND = 15
"""Up to this many characters, blanks not counted, an equal run may go with longer changes on both its sides."""
_ISLAND_TOKENS = 8
_SENTENCE_ENDS = frozenset(".!?…")
_CLAUSE_ENDS = frozenset(",;:—–)")


def clean(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Drop equal runs that say less than the changes around them, then let lone edits end where clauses end."""
    kept = _without_islands(_contiguous(runs), old, new)
    return _slid(kept, old, new)


def _contiguous(runs: list[Match]) -> list[Match]:
    out: list[Match] = []
    for run in runs:
        last = out[-1] if out else None
        if last and last.old + last.n == run.old and last.new + last.n == run.new:
            out[-1] = Match(last.old, last.new, last.n + run.n)
        elif run.n:
            out.append(run)
    return out


def _without_islands(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    ends = (len(old.pieces), len(new.pieces))
    kept: list[Match] = []
    queue = runs[::-1]
    while queue:
        run = queue.pop()
        start = (kept[-1].old + kept[-1].n, kept[-1].new + kept[-1].n) if kept else (0, 0)
        after = (queue[-1].old, queue[-1].new) if queue else ends
        before_size = _size(old, start[0], run.old, new, start[1], run.new)
        after_size = _size(old, run.old + run.n, after[0], new, run.new + run.n, after[1])
        if before_size and after_size and _says_little(old, run, before_size, after_size):
            if kept:
                queue.append(kept.pop())
            continue
        kept.append(run)
    return kept


def _size(old: Tokens, i1: int, i2: int, new: Tokens, j1: int, j2: int) -> int:
    return max(sum(map(len, old.pieces[i1:i2])), sum(map(len, new.pieces[j1:j2])))


def _says_little(old: Tokens, run: Match, before: int, after: int) -> bool:
    """Judge an island: one or two stop words or marks alone always; else a short one between longer changes."""
    if run.n > _ISLAND_TOKENS:
        return False
    cores = [piece.rstrip() for piece in old.pieces[run.old : run.old + run.n]]
    words = [core.lower() for core in cores if core[:1].isalnum()]
    if len(words) <= 2 and all(map(_STOP.__contains__, words)):
        return True
    size = sum(map(len, cores))
    return size <= ISLAND and size + run.n < before + after


def _slid(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    out = list(runs)
    for k in range(len(out) - 1):
        left, right = out[k], out[k + 1]
        i, j = left.old + left.n, left.new + left.n
        removed, added = right.old - i, right.new - j
        if bool(removed) == bool(added):
            continue
        tokens, start, size = (old, i, removed) if removed else (new, j, added)
        shift = _best_shift(tokens, start, size, left.n, right.n)
        if shift:
            out[k] = Match(left.old, left.new, left.n + shift)
            out[k + 1] = Match(right.old + shift, right.new + shift, right.n - shift)
    return [run for run in out if run.n]


def _best_shift(tokens: Tokens, start: int, size: int, room_left: int, room_right: int) -> int:
    code, end = tokens.code, start + size
    left = right = 0
    while left < room_left and code[start - left - 1] == code[end - left - 1]:
        left += 1
    while right < room_right and code[start + right] == code[end + right]:
        right += 1
    if not left and not right:
        return 0
    nearest = sorted(range(-left, right + 1), key=abs)
    return max(nearest, key=lambda shift: _strength(tokens, start + shift) + _strength(tokens, end + shift))


def _strength(tokens: Tokens, at: int) -> int:
    if at == 0 or at >= len(tokens.pieces):
        return 4
    before, here = tokens.core(at - 1), tokens.core(at)
    if before in _SENTENCE_ENDS:
        return 4
    if before in _CLAUSE_ENDS:
        return 3
    return 1 if here in _CLAUSE_ENDS or here in _SENTENCE_ENDS else 0
