"""wikidiff2, the differ of MediaWiki: a PHP extension in C++, run over all pairs in one PHP process.

PHP is `php`, or the command in WRITETHRU_PHP: 'php -d extension=/path/wikidiff2.so'. Its output is a table for people,
so whether it restores both texts is not judged; a paragraph it moved is charged as a deletion and an insertion.
"""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import shutil
import subprocess
from typing import NamedTuple

Ops = list[tuple[str, str]]

_SCRIPT = """
function cpu() { $u = getrusage(); return ($u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec']) * 1e3
  + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e3; }
while (($line = fgets(STDIN)) !== false) {
  [$old, $new, $times] = json_decode($line);
  $best = 1e9;
  for ($k = 0; $k < $times; $k++) {
    $start = cpu(); $out = wikidiff2_do_diff($old, $new, 1000000); $best = min($best, cpu() - $start);
  }
  echo json_encode([$out, $best], JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
"""
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_SIDE = re.compile(
    r'<td class="diff-(?:deletedline|addedline|context)[^"]*diff-side-(deleted|added)">(.*?)</td>', re.DOTALL
)
_TAG = re.compile(r"(</?(?:del|ins)\b[^>]*>)")


class Found(NamedTuple):
    """One diff and the milliseconds of CPU it cost."""

    ops: Ops
    milliseconds: float


def wikidiff2(pairs: list[tuple[str, str]], times: int) -> list[Found] | None:
    """Return a diff for each pair, or None where PHP has no wikidiff2."""
    command = shlex.split(os.environ.get("WRITETHRU_PHP", "php"))
    if not shutil.which(command[0]):
        return None
    asked = subprocess.run(
        [*command, "-r", "echo function_exists('wikidiff2_do_diff');"], capture_output=True, check=False
    )
    if asked.stdout.strip() != b"1":
        return None
    lines = [json.dumps([old.replace("\n\n", "\n"), new.replace("\n\n", "\n"), times]) for old, new in pairs]
    ran = subprocess.run([*command, "-r", _SCRIPT], input="\n".join(lines).encode(), capture_output=True, check=True)
    answers = [json.loads(line) for line in ran.stdout.decode().splitlines()]
    return [Found(_read(table), spent) for table, spent in answers]


def _read(table: str) -> Ops:
    ops: Ops = []
    for row in _ROW.findall(table):
        sides = {side: _parts(cell) for side, cell in _SIDE.findall(row)}
        left, right = sides.get("deleted"), sides.get("added")
        if left is not None and right is not None:
            ops += [*_woven(left, right), ("=", "\n\n")]
        elif left is not None or right is not None:
            text = "".join(part for _, part in left or right or [])
            ops.append(("-" if right is None else "+", text + "\n\n"))
    return ops


def _parts(cell: str) -> list[tuple[bool, str]]:
    """Return the pieces of one side of a row, marked or not."""
    marked, out = False, []
    for piece in _TAG.split(re.sub(r"</?div>|<br />|<a [^>]*>.*?</a>", "", cell)):
        if _TAG.fullmatch(piece):
            marked = not piece.startswith("</")
        elif piece:
            out.append((marked, html.unescape(piece)))
    return out


def _woven(left: list[tuple[bool, str]], right: list[tuple[bool, str]]) -> Ops:
    """Put both sides of an edited line together: what is marked stands where it stands in what is not."""
    edits: list[tuple[int, str, str]] = []
    for op, side in (("-", left), ("+", right)):
        at = 0
        for marked, text in side:
            if marked:
                edits.append((at, op, text))
            else:
                at += len(text)
    shared = "".join(text for marked, text in left if not marked)
    ops: Ops = []
    at = 0
    for start, op, text in sorted(edits, key=lambda edit: (edit[0], edit[1] == "+")):
        if start > at:
            ops.append(("=", shared[at:start]))
        ops.append((op, text))
        at = max(at, start)
    return [*ops, ("=", shared[at:])]
