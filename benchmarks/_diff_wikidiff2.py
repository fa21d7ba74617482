"""wikidiff2, the differ of MediaWiki: a PHP extension in C++, run over all pairs in one PHP process.

`apt-get install php-cli php-wikidiff2` installs it on Debian and Ubuntu. PHP is `php`, or the command in WRITETHRU_PHP:
'php -d extension=/path/wikidiff2.so'. It runs with its default settings, and is given each paragraph as a line. What
is read is its JSON format, the one that MediaWiki's REST API gives out.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from typing import Any, NamedTuple

Ops = list[tuple[str, str]]

_SCRIPT = """
function cpu() { $u = getrusage(); return ($u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec']) * 1e3
  + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e3; }
while (($line = fgets(STDIN)) !== false) {
  [$old, $new, $times] = json_decode($line);
  $best = 1e9;
  for ($k = 0; $k < $times; $k++) {
    $start = cpu(); $out = wikidiff2_inline_json_diff($old, $new, 1000000); $best = min($best, cpu() - $start);
  }
  echo json_encode([$out, $best]), "\n";
}
"""
_ADDED, _REMOVED, _MOVED_AWAY, _MOVED_HERE = 1, 2, 4, 5


class Found(NamedTuple):
    """One diff, whether it shows a move, and the milliseconds of CPU it cost.

    A line that moved is removed and added in `ops`; in `as_shown`, it is at its new place with the words edited in it.
    """

    ops: Ops
    as_shown: Ops
    moved: bool
    milliseconds: float


def wikidiff2(pairs: list[tuple[str, str]], times: int) -> list[Found] | None:
    """Return a diff for each pair, or None where PHP has no wikidiff2."""
    command = shlex.split(os.environ.get("WRITETHRU_PHP", "php"))
    if not shutil.which(command[0]):
        return None
    asked = subprocess.run(
        [*command, "-r", "echo function_exists('wikidiff2_inline_json_diff');"], capture_output=True, check=False
    )
    if asked.stdout.strip() != b"1":
        return None
    lines = [json.dumps([old.replace("\n\n", "\n"), new.replace("\n\n", "\n"), times]) for old, new in pairs]
    ran = subprocess.run([*command, "-r", _SCRIPT], input="\n".join(lines).encode(), capture_output=True, check=True)
    answers = [json.loads(line) for line in ran.stdout.decode().splitlines()]
    return [_read(json.loads(answer)["diff"], spent) for answer, spent in answers]


def _read(lines: list[dict[str, Any]], milliseconds: float) -> Found:
    ops: Ops = []
    as_shown: Ops = []
    for line in lines:
        kind, edits = line["type"], _edits(line)
        if kind != _MOVED_AWAY:
            as_shown += edits
        if kind == _MOVED_HERE:
            edits = [("+", text) for op, text in edits if op != "-"]
        ops += edits
    return Found(ops, as_shown, any(line["type"] == _MOVED_HERE for line in lines), milliseconds)


def _edits(line: dict[str, Any]) -> Ops:
    """Return the words of a line that are the same, removed and added; the ranges count bytes."""
    text = line["text"].encode() + b"\n\n"
    whole = {_ADDED: "+", _REMOVED: "-", _MOVED_AWAY: "-"}.get(line["type"], "=")
    ops, at = [], 0
    for found in line.get("highlightRanges", ()):
        start, end = found["start"], found["start"] + found["length"]
        ops += [(whole, text[at:start].decode()), ("-" if found["type"] else "+", text[start:end].decode())]
        at = end
    return [*ops, (whole, text[at:].decode())]
