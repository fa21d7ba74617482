"""Make a minimal word diff readable. This works on words, never on characters.

Two things make a minimal diff hard to read: words that are equal by chance between two changes, and edits that begin in
the middle of a phrase though they could as well begin at its end. The ideas are those of diff-match-patch's semantic
cleanup, done on words and with what is known of news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import Match

if TYPE_CHECKING:
    from .tokens import Tokens

_STOP_WORDS = frozenset(
    (
        "a an the of to in on at by for from with and or but as is was are were be been has have had it its that this "
        "he she his her they their who which not will would said there then than into "
        "der die das den dem des ein eine einen einem einer und oder in im am an auf zu zum zur von vom mit bei für "
        "aus als ist war sind hat haben es er sie sich nicht dass wie auch "
        "le la les l d un une des du de et ou en au aux à dans par pour sur avec que qui est a ont se ce il elle ne "
        "el los las una uno y o del al con por para es su se lo no "
        "il lo gli i e di da nel nella della dei che ha è si "
        "os as um uma do da dos das no na nos nas em ao com por que são "
        "het een van en de of te op voor met is zijn dat die niet"
    ).split()
)

MAX_TRIVIAL_CHARACTERS = 15
"""Up to this many characters, spaces not counted, an equal run may be dropped between longer changes."""
_MAX_TRIVIAL_TOKENS = 8
_MAX_TRIVIAL_STOP_WORDS = 2
_SENTENCE_ENDS = frozenset(".!?…")
_CLAUSE_ENDS = frozenset(",;:—–)")


def clean(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Return the equal runs without trivial ones, shifted so that edits end where clauses end."""
    contiguous: list[Match] = []
    for run in runs:
        last = contiguous[-1] if contiguous else None
        if last and last.old + last.n == run.old and last.new + last.n == run.new:
            contiguous[-1] = Match(last.old, last.new, last.n + run.n)
        elif run.n:
            contiguous.append(run)
    return _shift_edits(_without_trivial(contiguous, old, new), old, new)


def _without_trivial(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Drop equal runs between two changes that say little; each time, look at the run before once more."""
    ends = (len(old.pieces), len(new.pieces))
    kept: list[Match] = []
    queue = runs[::-1]
    while queue:
        run = queue.pop()
        start = (kept[-1].old + kept[-1].n, kept[-1].new + kept[-1].n) if kept else (0, 0)
        after = (queue[-1].old, queue[-1].new) if queue else ends
        if _is_trivial(old, new, start, run, after):
            if kept:
                # The change before has grown: the run before it may be trivial now.
                queue.append(kept.pop())
            continue
        kept.append(run)
    return kept


def _is_trivial(old: Tokens, new: Tokens, start: tuple[int, int], run: Match, after: tuple[int, int]) -> bool:
    """Say whether an equal run between two changes is one or two stop words or marks, or short between longer changes.

    The changes are what lies between *start* and the run, and between the run and *after*. Beside sentences that were
    removed or added whole, a run is not equal by chance, and only the first applies to it.
    """
    end = (run.old + run.n, run.new + run.n)
    if run.n > _MAX_TRIVIAL_TOKENS or start == (run.old, run.new) or end == after:
        return False
    cores = [piece.rstrip() for piece in old.pieces[run.old : end[0]]]
    words = [core.lower() for core in cores if core[:1].isalnum()]
    if len(words) <= _MAX_TRIVIAL_STOP_WORDS and all(map(_STOP_WORDS.__contains__, words)):
        return True
    size = sum(map(len, cores))
    if (
        size > MAX_TRIVIAL_CHARACTERS
        or _ends_at_sentence(old, run, after)
        or _begins_with_sentence(old, new, start, run)
    ):
        return False
    return size + run.n < _size(old, new, start, (run.old, run.new)) + _size(old, new, end, after)


def _size(old: Tokens, new: Tokens, start: tuple[int, int], end: tuple[int, int]) -> int:
    """Return how many characters a change between two places has, on the side where it has more."""
    return max(len(old.text(start[0], end[0])), len(new.text(start[1], end[1])))


def _ends_at_sentence(old: Tokens, run: Match, after: tuple[int, int]) -> bool:
    """Say whether an equal run ends a sentence, and what follows was only removed or only added."""
    i, j = run.old + run.n, run.new + run.n
    return (i == after[0]) != (j == after[1]) and old.pieces[i - 1].rstrip() in _SENTENCE_ENDS


def _begins_with_sentence(old: Tokens, new: Tokens, start: tuple[int, int], run: Match) -> bool:
    """Say whether whole sentences that were only removed or only added stand before an equal run."""
    before = old.pieces[start[0] : run.old] or new.pieces[start[1] : run.new]
    one_sided = (run.old == start[0]) != (run.new == start[1])
    return one_sided and before[-1].rstrip() in _SENTENCE_ENDS


def _shift_edits(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Shift insertions and deletions to where clauses and sentences end, where the words allow it.

    "a, [b,] c" and "a[, b], c" are the same edit; the second reads better.
    """
    out = list(runs)
    for k in range(len(out) - 1):
        left, right = out[k], out[k + 1]
        i, j = left.old + left.n, left.new + left.n
        removed, added = right.old - i, right.new - j
        # A replacement is anchored on both sides; only a lone insertion or deletion can be shifted.
        if bool(removed) == bool(added):
            continue
        tokens, start, size = (old, i, removed) if removed else (new, j, added)
        shift = _best_shift(tokens, start, size, left.n, right.n)
        if shift:
            out[k] = Match(left.old, left.new, left.n + shift)
            out[k + 1] = Match(right.old + shift, right.new + shift, right.n - shift)
    return [run for run in out if run.n]


def _best_shift(tokens: Tokens, start: int, size: int, max_left: int, max_right: int) -> int:
    code, end = tokens.code, start + size
    left = right = 0
    while left < max_left and code[start - left - 1] == code[end - left - 1]:
        left += 1
    while right < max_right and code[start + right] == code[end + right]:
        right += 1
    # Of equally good places the nearest wins, so that edits are not shifted without need.
    nearest_first = sorted(range(-left, right + 1), key=abs)
    return max(nearest_first, key=lambda shift: _strength(tokens, start + shift) + _strength(tokens, end + shift))


def _strength(tokens: Tokens, at: int) -> int:
    """Return how good a place for the end of an edit is before token *at*: between sentences, clauses, or neither."""
    if at == 0 or at >= len(tokens.pieces):
        return 4
    before, here = tokens.pieces[at - 1].rstrip(), tokens.pieces[at].rstrip()
    if before in _SENTENCE_ENDS:
        return 4
    if before in _CLAUSE_ENDS:
        return 3
    return 1 if here in _CLAUSE_ENDS or here in _SENTENCE_ENDS else 0
