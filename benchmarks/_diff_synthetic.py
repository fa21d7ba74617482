"""Labelled edits of real text: what was done is known, sentences are cut by a splitter that is not ours."""

from __future__ import annotations

import random
import re
from typing import NamedTuple

_CUT = re.compile(r"(?<=[.!?])[”\"’)\]]*\s+(?=[“\"‘(A-ZÀ-Ý0-9])")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Capt|Adm|Maj|Sgt|St|Jr|Sr|No|vs|Inc|Corp|Co|Jan|Feb|Aug|Sept|Oct|Nov|Dec"
    r"|a\.m|p\.m|(?:[A-Z]\.)*[A-Z])\.[”\"’)]*\s+$"
)

# The news pairs were put together again from tokens: a stray mark or a sentence without an end has no true cut.
_WHOLE = re.compile(r"[“\"‘(]?[A-ZÀ-Ý0-9](?!.*\s[”’])(?!.*[“‘]\s).*[.!?][”\"’)]*")


class Labelled(NamedTuple):
    """A document pair and what was done: (op, old sentence, new sentence)."""

    old: list[str]
    new: list[str]
    done: set[tuple[str, str, str]]


def sentences(text: str) -> list[str]:
    out, at = [], 0
    for found in _CUT.finditer(text):
        if not _ABBREVIATED.search(text[at : found.end()]):
            out.append(text[at : found.end()].strip())
            at = found.end()
    return [*out, text[at:].strip()]


def paragraph_moves(documents: list[str], seed: int) -> list[tuple[list[str], list[str], str]]:
    """Return documents with one paragraph of at least 40 letters carried elsewhere: old, new, the paragraph."""
    chance = random.Random(seed)
    out = []
    for text in documents:
        paragraphs = [p for p in text.split("\n\n") if p.strip()]
        movable = [k for k, p in enumerate(paragraphs) if len(p) >= 40 and paragraphs.count(p) == 1]
        if len(paragraphs) < 5 or not movable:
            continue
        k = chance.choice(movable)
        rest = paragraphs[:k] + paragraphs[k + 1 :]
        to = chance.choice([p for p in range(len(rest) + 1) if abs(p - k) >= 2])
        out.append((paragraphs, [*rest[:to], paragraphs[k], *rest[to:]], paragraphs[k]))
    return out


def labelled(documents: list[str], spare: list[str], seed: int) -> list[Labelled]:
    """Return each document with some sentences edited, added, deleted and moved to another paragraph."""
    chance = random.Random(seed)
    return [one for text in documents if (one := _one(text, spare, chance)) is not None]


class _Desk:
    """One document under the knife: which sentences may still be touched, what was done."""

    def __init__(self, text: str, chance: random.Random) -> None:
        self.old = [[s for s in sentences(p) if s] for p in text.split("\n\n") if p.strip()]
        self.new: list[list[str | None]] = [list(p) for p in self.old]
        self.done: set[tuple[str, str, str]] = set()
        places = [(p, k) for p, part in enumerate(self.old) for k in range(len(part))]
        flat = [s for part in self.old for s in part]
        self.order = {place: n for n, place in enumerate(places)}
        self.good = [
            place
            for place, s in zip(places, flat, strict=True)
            if 40 <= len(s) <= 400 and flat.count(s) == 1 and _WHOLE.fullmatch(s)
        ]
        self._taken: set[tuple[int, int]] = set()
        chance.shuffle(self.good)

    def free(self, far_from: int = -9) -> tuple[int, int] | None:
        """Return a sentence that nothing was done to, nor to its neighbours."""
        while self.good:
            p, k = self.good.pop()
            if not {(p, k - 1), (p, k), (p, k + 1)} & self._taken and abs(self.order[p, k] - far_from) >= 4:
                self._taken.add((p, k))
                return p, k
        return None

    def cut(self, op: str, place: tuple[int, int], carried: list[tuple[str, int]]) -> None:
        p, k = place
        sentence = self.old[p][k]
        self.new[p][k] = None
        if op == "move":
            carried.append((sentence, self.order[place]))
        else:
            self.done.add(("delete", sentence, ""))

    def put(self, sentence: str, stood: int) -> None:
        place = self.free(far_from=stood)
        if place is None:
            self.done.add(("delete", sentence, ""))
            return
        p, k = place
        self.new[p][k] = f"{sentence} {self.old[p][k]}"
        self.done.add(("move", sentence, sentence))


def _one(text: str, spare: list[str], chance: random.Random) -> Labelled | None:
    desk = _Desk(text, chance)
    if len(desk.good) < 12:
        return None
    carried: list[tuple[str, int]] = []
    for op in chance.choices(["edit", "delete", "move", "insert"], k=chance.randint(2, 6)):
        place = desk.free()
        if place is None:
            break
        sentence = desk.old[place[0]][place[1]]
        if op in {"edit", "insert"}:
            added = _edited(sentence, chance, spare) if op == "edit" else chance.choice(spare)
            desk.new[place[0]][place[1]] = added if op == "edit" else f"{sentence} {added}"
            desk.done.add((op, sentence if op == "edit" else "", added))
        else:
            desk.cut(op, place, carried)
    for sentence, stood in carried:
        desk.put(sentence, stood)
    after = [" ".join(s for s in part if s) for part in desk.new]
    return Labelled([" ".join(p) for p in desk.old], [p for p in after if p], desk.done)


def _edited(sentence: str, chance: random.Random, spare: list[str]) -> str:
    words = sentence.split(" ")
    other = [w for w in chance.choice(spare).split(" ") if w.isalpha()] or ["other"]
    for _ in range(chance.randint(1, max(1, len(words) // 6))):
        k = chance.randrange(1, len(words) - 1)
        how = chance.random()
        if how < 0.6:
            words[k] = chance.choice(other)
        elif how < 0.8:
            words.insert(k, chance.choice(other))
        elif len(words) > 6:
            del words[k]
    return " ".join(words)
