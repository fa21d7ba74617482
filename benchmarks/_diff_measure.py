"""Figures that tell a readable diff from a minimal one, the same for every tool."""

from __future__ import annotations

import ctypes
import itertools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

Ops = Sequence[tuple[str, str]]
"""A diff as ("=" | "-" | "+", text), in reading order."""

TOKEN = re.compile(r"\d+(?:[.,:]\d+)*\w*|\w+(?:['’]\w+)*|[^\w\s]")
STOP = frozenset(
    "a an the of to in on at by for from with and or but as is was are were be been has have had it its that this he "
    "she his her they their who which not will would le la les un une des du de et ou en au aux dans par pour "
    "sur avec que "
    "qui est der die das den dem ein eine und oder im am zu von mit".split()
)


class Score(NamedTuple):
    """One diff: characters marked, changes, cuts inside a word, islands that say nothing."""

    marked: int
    hunks: int
    cuts: int
    chaff: int


def letters(text: str) -> int:
    return sum(map(len, TOKEN.findall(text)))


def score(ops: Ops) -> Score:
    merged = _merged(ops)
    marked = sum(letters(text) for op, text in merged if op != "=")
    hunks = sum(op != "=" and (k == 0 or merged[k - 1][0] == "=") for k, (op, _) in enumerate(merged))
    return Score(marked, hunks, _cuts(merged), _chaff(merged))


def _merged(ops: Ops) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for op, text in ops:
        if not text:
            continue
        if out and out[-1][0] == op:
            out[-1] = (op, out[-1][1] + text)
        else:
            out.append((op, text))
    return out


def _cuts(ops: Ops) -> int:
    """Count places of either side where a hunk begins or ends between two word characters."""
    cuts = 0
    for side in "-+":
        pieces = [(op, text) for op, text in ops if op in {"=", side}]
        for (op_a, a), (op_b, b) in itertools.pairwise(pieces):
            cuts += op_a != op_b and bool(re.match(r"\w\w", a[-1] + b[0]))
    return cuts


def _chaff(ops: Ops) -> int:
    count = 0
    for k in range(1, len(ops) - 1):
        op, text = ops[k]
        if op != "=" or "\n" in text:
            continue
        words = re.findall(r"\w+", text.lower())
        count += not words or (len(words) <= 2 and all(w in STOP for w in words))
    return count


_C = r"""
#include <stdlib.h>
#include <string.h>
long wlcs(const int *a, int n, const int *b, int m, const int *w) {
  long *prev = calloc(m + 1, sizeof(long)), *cur = calloc(m + 1, sizeof(long)), *t;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < m; j++) {
      long best = prev[j + 1] > cur[j] ? prev[j + 1] : cur[j];
      if (a[i] == b[j] && prev[j] + w[a[i]] > best) best = prev[j] + w[a[i]];
      cur[j + 1] = best;
    }
    t = prev; prev = cur; cur = t;
  }
  long out = prev[m];
  free(prev); free(cur);
  return out;
}
"""


class Optimum:
    """Fewest letters any word diff without moves must mark: max-weight common tokens, weight = letters."""

    def __init__(self) -> None:
        self._lib: ctypes.CDLL | None = None
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler:
            folder = Path(tempfile.mkdtemp(prefix="wlcs"))
            (folder / "wlcs.c").write_text(_C)
            subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", "wlcs.so", "wlcs.c"], cwd=folder, check=True)
            self._lib = ctypes.CDLL(str(folder / "wlcs.so"))
            self._lib.wlcs.restype = ctypes.c_long
            shutil.rmtree(folder)

    def __call__(self, old: str, new: str) -> int:
        a, b = TOKEN.findall(old), TOKEN.findall(new)
        total = sum(map(len, a)) + sum(map(len, b))
        same = 0
        while a and b and a[-1] == b[-1]:
            same += len(a.pop())
            b.pop()
        a.reverse()
        b.reverse()
        while a and b and a[-1] == b[-1]:
            same += len(a.pop())
            b.pop()
        return total - 2 * (same + self._wlcs(a, b))

    def _wlcs(self, a: list[str], b: list[str]) -> int:
        ids: dict[str, int] = {}
        x = [ids.setdefault(t, len(ids)) for t in a]
        y = [ids.setdefault(t, len(ids)) for t in b]
        weights = [len(t) for t in ids]
        if self._lib is not None:
            n, m = len(x), len(y)
            ints = ctypes.c_int
            return int(self._lib.wlcs((ints * n)(*x), n, (ints * m)(*y), m, (ints * len(weights))(*weights)))
        prev = [0] * (len(y) + 1)
        for i in x:
            cur = [0]
            for j, other in enumerate(y):
                best = max(prev[j + 1], cur[j])
                cur.append(max(best, prev[j] + weights[i]) if i == other else best)
            prev = cur
        return prev[-1]
