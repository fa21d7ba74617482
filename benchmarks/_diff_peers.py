"""The other tools, each as old text, new text → ops."""

from __future__ import annotations

import difflib
import html
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from diff_match_patch import diff_match_patch

if TYPE_CHECKING:
    from collections.abc import Callable

Ops = list[tuple[str, str]]
_SIGN = {0: "=", -1: "-", 1: "+"}
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def dmp_chars(old: str, new: str) -> Ops:
    dmp = diff_match_patch()
    diffs = dmp.diff_main(old, new)
    dmp.diff_cleanupSemantic(diffs)
    return [(_SIGN[op], text) for op, text in diffs]


def dmp_words(old: str, new: str) -> Ops:
    dmp = diff_match_patch()
    codes: dict[str, str] = {}
    words: list[str] = []

    def encode(text: str) -> str:
        out = []
        for word in _WORDS.findall(text):
            if word not in codes:
                n = len(codes) + 1
                codes[word] = chr(n if n < 0xD800 else n + 0x800)
                words.append(word)
            out.append(codes[word])
        return "".join(out)

    a, b = encode(old), encode(new)
    back = {code: word for word, code in codes.items()}
    diffs = dmp.diff_main(a, b, checklines=False)
    dmp.diff_cleanupSemantic(diffs)
    return [(_SIGN[op], "".join(back[c] for c in text)) for op, text in diffs]


def difflib_words(old: str, new: str) -> Ops:
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    ops: Ops = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            ops.append(("=", "".join(a[i1:i2])))
        else:
            ops += [("-", "".join(a[i1:i2])), ("+", "".join(b[j1:j2]))]
    return ops


def htmldiff(old: str, new: str) -> Ops:
    from htmldiff2 import render_html_diff

    def page(text: str) -> str:
        return "".join(f"<p>{html.escape(p, quote=False)}</p>" for p in text.split("\n\n"))

    marked = str(render_html_diff(page(old), page(new)))
    ops: Ops = []
    mode = "="
    for piece in re.split(r"(<[^>]+>)", marked):
        tag = re.match(r"<(/?)(ins|del|p)\b", piece)
        if not piece.startswith("<"):
            ops.append((mode, html.unescape(piece)))
        elif tag and tag[2] != "p":
            mode = "=" if tag[1] else {"ins": "+", "del": "-"}[tag[2]]
        elif tag and tag[1]:
            ops.append((mode, "\n\n"))
    return ops


PEERS: dict[str, Callable[[str, str], Ops]] = {
    "dmp chars + semantic": dmp_chars,
    "dmp words + semantic": dmp_words,
    "difflib words": difflib_words,
}
ABSENT = () if find_spec("htmldiff2") else ("htmldiff2",)
"""The tools that are not installed here: they are left out, and the benchmark says so."""
if not ABSENT:
    PEERS["htmldiff2"] = htmldiff
