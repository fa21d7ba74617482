"""Cut a paragraph into sentences: sentencex, then news rules of ours."""

from __future__ import annotations

import re
from functools import lru_cache

from sentencex import segment

_LANGUAGES = frozenset("en de fr es it pt nl".split())

# A stop after one of these ends no sentence; sentencex knows most of them in one language only.
_OPEN_ENDS = frozenset(
    f"{word}."
    for word in (
        "S.&P U.S.S trn bn mln Mr Mrs Ms Dr Prof Sen Rep Gov Gen Lt Col Capt Cmdr Adm Maj Sgt Rev Hon St Mt Ft No Nos "
        "vs approx "
        "M MM Mme Mlle Me Sr Sra Srta EE UU Dra Ud Uds Sig Dott Avv On Nr Abs Art Hr Fr bzw z.B d.h u.a "
        "dhr mevr mw bijv o.a"
    ).split()
)
# These may end a sentence: it goes on where a small letter or a figure follows.
_EITHER_ENDS = frozenset("U.S. U.K. U.N. D.C. N.Y. E.U. a.m. p.m. Inc. Co. Corp. Ltd. Jr. etc.".split())
_OPENING = "([“\"'‘«„"
_QUOTED = re.compile(r"(?<=[.!?])[”\"’»)\]]*\s+(?=[“\"‘«„(]?[A-ZÀ-ÖØ-Þ])")
_MARK = re.compile(r"[“”\"„«»)]")
_LINE = re.compile(r"\s*\S[^\n]*(?:\n\s*)?|\s+")
_STRAY = re.compile(r"[”’»)\]]+\s+|[”’»\"')\]]+$")
_ENDS = re.compile(r"[.!?…。！？।]\s*+\S")


def language(tag: str) -> str:
    """Return the two-letter language that sentences are cut by; English where *tag* names none we know."""
    short = tag[:2].lower()
    return short if short in _LANGUAGES else "en"


@lru_cache(maxsize=4096)
def split(text: str, lang: str = "en") -> tuple[str, ...]:
    """Cut *text* into sentences whose concatenation is *text* exactly; each keeps its trailing blanks.

    The same text and language always give the same cut.
    """
    if "\n" not in text.rstrip():
        return tuple(_of_line(text, lang)) if text else ()
    # A line of a list or a poem is a unit of its own. Blank lines go with what they follow.
    return tuple([sentence for line in _LINE.findall(text) for sentence in _of_line(line, lang)])


def _of_line(text: str, lang: str) -> list[str]:
    if not _ENDS.search(text):
        return [text]
    pieces = _joined(_cut(text, lang))
    if not _MARK.search(text):
        return pieces
    return [part for piece in pieces for part in _parted(piece)]


def _cut(text: str, lang: str) -> list[str]:
    # sentencex takes UTF-8 only: a lone surrogate is judged as the replacement character and put back by length.
    safe = text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
    pieces = segment(lang, safe)
    if "".join(pieces) != safe or len(safe) != len(text):
        return [text]
    if safe == text:
        return list(pieces)
    cut, at = [], 0
    for piece in pieces:
        cut.append(text[at : at + len(piece)])
        at += len(piece)
    return cut


def _joined(pieces: list[str]) -> list[str]:
    if len(pieces) == 1:
        return pieces
    joined: list[str] = []
    for piece in pieces:
        stray = _STRAY.match(piece) if joined else None
        if stray and stray.end() < len(piece):
            joined[-1] += stray[0]
            joined.append(piece[stray.end() :])
        elif joined and (stray or not piece.strip() or _continues(joined[-1], piece)):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _continues(before: str, piece: str) -> bool:
    last = _last_word(before)
    if last in _OPEN_ENDS or (len(last) == 2 and last[0].isupper()):
        return True
    lower = piece[:1].islower()
    if last in _EITHER_ENDS:
        return lower or piece[:1].isdigit()
    return lower and last[-1:] == "."


def _last_word(text: str) -> str:
    words = text[-24:].rsplit(None, 1)
    return words[-1].lstrip(_OPENING) if words else ""


def _parted(piece: str) -> list[str]:
    """Cut where sentencex does not: after a bracket that closes a sentence, and between sentences of one quotation.

    A quotation often runs over many sentences, sometimes with no closing mark in the paragraph; edits fall on one.
    """
    if not _MARK.search(piece):
        return [piece]
    parts, at = [], 0
    for found in _QUOTED.finditer(piece):
        before = piece[at : found.end()]
        last = _last_word(before)
        if last in _OPEN_ENDS or last in _EITHER_ENDS or (len(last) == 2 and last[0].isupper()):
            continue
        parts.append(before)
        at = found.end()
    parts.append(piece[at:])
    return [part for part in parts if part]
