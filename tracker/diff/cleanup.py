"""Make a minimal word diff readable. This works on words, never on characters.

Two things make a minimal diff hard to read: words that are equal by chance between two changes, and edits that begin in
the middle of a phrase though they could as well begin at its end. The ideas are those of diff-match-patch's semantic
cleanup, done on words, with rules for news.
"""

from __future__ import annotations

from .words import Match, Tokens

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
# No more words of a change need be weighed: with a character each, they are longer than any trivial run.
_MAX_WEIGHED_WORDS = MAX_TRIVIAL_CHARACTERS + _MAX_TRIVIAL_TOKENS + 1
_START = Match(0, 0, 0)
_SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
_CLAUSE_ENDS = frozenset(",;:—–)，、；：）،؛")
_ENDS = _CLAUSE_ENDS | _SENTENCE_ENDS


def clean(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Return the equal runs without those between two changes that say little.

    They are shifted so that edits end where clauses end.
    """
    contiguous: list[Match] = []
    for run in runs:
        last = contiguous[-1] if contiguous else None
        if last and last.old + last.n == run.old and last.new + last.n == run.new:
            contiguous[-1] = Match(last.old, last.new, last.n + run.n)
        elif run.n:
            contiguous.append(run)
    kept: list[Match] = []
    queue = contiguous[::-1]
    while queue:
        run = queue.pop()
        if run.n <= _MAX_TRIVIAL_TOKENS:
            words = old.pieces[run.old : run.old + run.n]
            before = _between(kept[-1] if kept else _START, run, old, new)
            after = _between(run, queue[-1] if queue else Match(len(old.pieces), len(new.pieces), 0), old, new)
            # Each line of a list or a table is edited separately.
            lines = [piece for piece in (*old.pieces[run.old - 1 : run.old], *words) if "\n" in piece]
            if any(before) and any(after) and not lines and _is_trivial([w.rstrip() for w in words], before, after):
                if kept:
                    # The change before has grown: the run before it may be trivial now.
                    queue.append(kept.pop())
                continue
        kept.append(run)
    return _shift_edits(kept, old, new)


def _between(run: Match, following: Match, old: Tokens, new: Tokens) -> tuple[list[str], list[str]]:
    """Return the words removed and the words added between two equal runs, of many only the last."""
    i = max(run.old + run.n, following.old - _MAX_WEIGHED_WORDS)
    j = max(run.new + run.n, following.new - _MAX_WEIGHED_WORDS)
    return old.pieces[i : following.old], new.pieces[j : following.new]


def _is_trivial(cores: list[str], before: tuple[list[str], list[str]], after: tuple[list[str], list[str]]) -> bool:
    """Return whether an equal run between two changes is one or two stop words or marks, or short next to the changes.

    Next to whole sentences that were only removed or only added, a run is not equal by chance, and only the first
    applies to it.

    Args:
        cores: the words of the run without whitespace.
        before: the words removed and the words added before it.
        after: those after it.
    """
    words = [core.lower() for core in cores if core[:1].isalnum()]
    if len(words) <= _MAX_TRIVIAL_STOP_WORDS and all(map(_STOP_WORDS.__contains__, words)):
        return True
    if cores[-1] in _SENTENCE_ENDS and not all(after):
        return False
    if not all(before) and (before[0] or before[1])[-1].rstrip() in _SENTENCE_ENDS:
        return False
    size = sum(map(len, cores))
    around = sum(max(sum(map(len, side)) for side in change) for change in (before, after))
    return size <= MAX_TRIVIAL_CHARACTERS and size + len(cores) < around


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
        code, end = tokens.code, start + size
        least = most = 0
        while -least < left.n and code[start + least - 1] == code[end + least - 1]:
            least -= 1
        while most < right.n and code[start + most] == code[end + most]:
            most += 1
        # Of equally good places the nearest wins, so that edits are not shifted without need.
        nearest_first = sorted(range(least, most + 1), key=abs)
        strengths = [_strength(tokens, start + shift) + _strength(tokens, end + shift) for shift in nearest_first]
        shift = nearest_first[strengths.index(max(strengths))]
        if shift:
            out[k] = Match(left.old, left.new, left.n + shift)
            out[k + 1] = Match(right.old + shift, right.new + shift, right.n - shift)
    return [run for run in out if run.n]


def _strength(tokens: Tokens, at: int) -> int:
    """Return how good a place for the end of an edit is before token `at`: between sentences, clauses, or neither."""
    before = tokens.pieces[at - 1].rstrip()
    if at in {0, len(tokens.pieces)} or before in _SENTENCE_ENDS:
        return 4
    if before in _CLAUSE_ENDS:
        return 3
    return int(tokens.pieces[at].rstrip() in _ENDS)
