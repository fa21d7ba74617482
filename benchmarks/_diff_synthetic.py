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
        out.append((paragraphs, rest[:to] + [paragraphs[k]] + rest[to:], paragraphs[k]))
    return out


def labelled(documents: list[str], spare: list[str], seed: int) -> list[Labelled]:
    """Return each document with some sentences edited, added, deleted and moved to another paragraph."""
    chance = random.Random(seed)
    return [one for text in documents if (one := _one(text, spare, chance)) is not None]


def _one(text: str, spare: list[str], chance: random.Random) -> Labelled | None:
    old = [[s for s in sentences(p) if s] for p in text.split("\n\n") if p.strip()]
    flat = [s for p in old for s in p]
    good = [
        (p, k) for p, part in enumerate(old) for k, s in enumerate(part) if 40 <= len(s) <= 400 and flat.count(s) == 1 and _WHOLE.fullmatch(s)
    ]
    if len(good) < 12:
        return None
    chance.shuffle(good)
    new: list[list[str | None]] = [list(p) for p in old]
    done: set[tuple[str, str, str]] = set()
    taken: set[tuple[int, int]] = set()

    def free() -> tuple[int, int] | None:
        while good:
            p, k = good.pop()
            if not {(p, k - 1), (p, k), (p, k + 1)} & taken:
                taken.add((p, k))
                return p, k
        return None

    order = {place: n for n, place in enumerate((p, k) for p, part in enumerate(old) for k in range(len(part)))}
    carried: list[tuple[str, int]] = []
    for op in chance.choices(["edit", "delete", "move", "insert"], k=chance.randint(2, 6)):
        place = free()
        if place is None:
            break
        p, k = place
        sentence = old[p][k]
        if op == "edit":
            edited = _edited(sentence, chance, spare)
            new[p][k] = edited
            done.add(("edit", sentence, edited))
        elif op == "insert":
            added = chance.choice(spare)
            new[p][k] = f"{sentence} {added}"
            done.add(("insert", "", added))
        else:
            new[p][k] = None
            if op == "move":
                carried.append((sentence, order[place]))
            else:
                done.add(("delete", sentence, ""))
    for sentence, stood in carried:
        place = free()
        while place is not None and abs(order[place] - stood) < 4:
            place = free()
        if place is None:
            done.add(("delete", sentence, ""))
            continue
        p, k = place
        new[p][k] = f"{sentence} {old[p][k]}"
        done.add(("move", sentence, sentence))
    after = [" ".join(s for s in part if s) for part in new]
    return Labelled([" ".join(p) for p in old], [p for p in after if p], done)


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
