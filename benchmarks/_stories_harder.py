"""What outlets do to a wire story beyond small edits, and follow-ups that quote it; for benchmarks/stories.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from _stories_text import BRANDS, OUTLETS, Writer, article, name

from tracker.model.story import StoryPostings
from tracker.stories.copies import candidates, overlap, sign
from tracker.stories.features import text_of

if TYPE_CHECKING:
    import random

    from tracker.model.article import Article

Paragraphs = list[str]
Mutation = Callable[[Paragraphs, "random.Random"], Paragraphs]

_SENTENCE = re.compile(r"(?<=[.!?])[”\"]?\s+(?=[A-Z“\"])")
_DATELINE = re.compile(r"^(?:[A-Z][^()]{0,40})?\([^)]{2,30}\) [—–-] ")
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_STYLE = (
    *((rf"(?<![\d.,])\b{n}\b(?![.,]\d)", word) for n, word in enumerate(_NUMBERS) if n > 1),
    *((rf"\b{word}\b", str(n)) for n, word in enumerate(_NUMBERS) if n > 1),
    (r" percent\b", "%"),
    (r"(?<=\d)%", " per cent"),
    (r"\bUS\b|\bU\.S\.", "United States"),
    (r"\bSen\. ", "Senator "),
    (r"\bSenator ", "Sen. "),
    (r"\bGovernor ", "Gov. "),
    (r"\bPresident ", "Pres. "),
    (r"\bSecretary of State ", "US top diplomat "),
    (r"\bcanceled\b", "cancelled"),
    (r"\bharbor\b", "harbour"),
    (r"\blabor\b", "labour"),
    (r"\bprogram\b", "programme"),
    (r"\bOct\. ", "October "),
    (r"\bNovember ", "Nov. "),
)
_QUOTES = (("“", "”"), ('"', '"'), ("«", "»"), ("‘", "’"), ("„", "“"))


def dateline(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    body = _DATELINE.sub("", paragraphs[0])
    place = f"{name(rng).upper()}, {rng.choice(('Oct.', 'Nov.'))} {rng.randint(1, 31)} ({rng.choice(BRANDS)}) — "
    return [place + body, *paragraphs[1:]]


def house_style(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    begin, end = rng.choice(_QUOTES)
    rules = rng.sample(_STYLE, len(_STYLE) // 2)
    made = []
    for text in paragraphs:
        styled = text.replace("“", begin).replace("”", end)
        for pattern, other in rules:
            styled = re.sub(pattern, other, styled)
        made.append(styled)
    return made


def sentences_merged(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    made = []
    for text in paragraphs:
        parts = _SENTENCE.split(text)
        if len(parts) > 1 and rng.random() < 0.7:
            at = rng.randrange(len(parts) - 1)
            second = parts[at + 1]
            joint = rng.choice((" and ", ", while ", "; ", ", as "))
            parts[at : at + 2] = [parts[at].rstrip(".!?") + joint + second[:1].lower() + second[1:]]
        made.append(" ".join(parts))
    while len(made) > 4 and rng.random() < 0.6:
        at = rng.randrange(len(made) - 1)
        made[at : at + 2] = [" ".join(made[at : at + 2])]
    return made


def reordered(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    made = list(paragraphs)
    for _ in range(rng.randint(2, 4) if len(made) > 2 else 0):
        one, other = (rng.randrange(1, len(made)) for _ in range(2))
        made.insert(other, made.pop(one))
    return made


def local_insert(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    at = rng.randrange(1, len(paragraphs)) if len(paragraphs) > 1 else 1
    return [*paragraphs[:at], *Writer(rng).paragraphs(rng.randint(1, 3)), *paragraphs[at:]]


def quarter(paragraphs: Paragraphs, _rng: random.Random) -> Paragraphs:
    total, made, kept = sum(len(text.split()) for text in paragraphs), [], 0
    for text in paragraphs:
        if kept >= max(total / 4, 50):
            break
        made.append(text)
        kept += len(text.split())
    return made


def blended(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    """Return the text with a good third of another wire's between its paragraphs, after its lead."""
    words = sum(len(text.split()) for text in paragraphs)
    made = list(paragraphs)
    kept = 0
    for text in Writer(rng).paragraphs(30):
        if kept >= words * 0.55:
            break
        made.insert(rng.randrange(min(2, len(made)), len(made) + 1), text)
        kept += len(text.split())
    return made


def several(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    for mutate in rng.sample([house_style, sentences_merged, reordered, local_insert, quarter], 3):
        paragraphs = mutate(paragraphs, rng)
    return dateline(paragraphs, rng)


MUTATIONS: dict[str, Mutation] = {
    "other dateline": dateline,
    "house style of quotes, numbers, titles": house_style,
    "sentences merged": sentences_merged,
    "paragraphs reordered": reordered,
    "local insert in the middle": local_insert,
    "cut to a quarter": quarter,
    "two wires blended, 2 to 1": blended,
    "three of these and a dateline": several,
}
"""Every copy has a headline of its own, in another language: copies are found by their text alone."""


def quoting(paragraphs: Paragraphs, writer: Writer) -> Paragraphs:
    """Return a follow-up: a new lead, and up to half of it what the wire said before, some of it near the top."""
    rng = writer.rng
    new = writer.paragraphs(max(4, len(paragraphs) // 2))
    room = sum(len(text.split()) for text in new) * rng.uniform(0.2, 1.0)
    old: Paragraphs = []
    for text in rng.sample(paragraphs, len(paragraphs)):
        if sum(len(each.split()) for each in [*old, text]) <= room:
            old.append(text)
    at = rng.choice((1, 2, len(new)))
    return [*new[:at], *old, *new[at:]]


def quoting_lead(paragraphs: Paragraphs, writer: Writer) -> Paragraphs:
    """Return a follow-up that repeats the old lead right after its own, as agencies do, and little else."""
    new = writer.paragraphs(max(6, len(paragraphs) // 2))
    return [new[0], paragraphs[0], *new[1:], *paragraphs[-1:]]


def harder(paragraphs: Paragraphs, rng: random.Random) -> Paragraphs:
    """Return one mutation of a text, any of them."""
    return rng.choice(list(MUTATIONS.values()))(paragraphs, rng)


def is_found(origin: Article, other: Article) -> bool:
    """Say whether *other* is taken for a copy of *origin*, by the marks that both have and by their alignment."""
    first = sign(text_of(origin))
    stored = StoryPostings({mark: ["origin"] for mark in first}, {"origin": len(first)})
    if not candidates("other", sign(text_of(other)), stored):
        return False
    return overlap(text_of(other), text_of(origin)).is_copy


def harder_table(origins: Sequence[tuple[str, list[Article]]], rng: random.Random, times: int) -> dict[str, Any]:
    """Print, by the kind of mutation, how many copies are found, and how many follow-ups are taken for one."""
    heads = "".join(f"{label:>14}" for label, _ in origins)
    print(f"Harder mutations: share found of {times} copies of each text{heads:>{len(heads) + 2}}")
    figures: dict[str, Any] = {}
    kept = {"found": 0, "copies": 0, "wrong": 0, "others": 0}
    for kind, mutate in MUTATIONS.items():
        shares = []
        for _, texts in origins:
            hits = [
                is_found(each, article("Überschrift: " + name(rng), mutate([b.text for b in each.editorial], rng)))
                for each in texts
                for _ in range(times)
            ]
            kept["found"] += sum(hits)
            kept["copies"] += len(hits)
            shares.append(sum(hits) / len(hits))
        figures[kind] = [round(each, 4) for each in shares]
        print(f"  {kind:42}" + "".join(f"{each:14.4f}" for each in shares))
    for kind, follow in (("follow-up that quotes it", quoting), ("follow-up that repeats its lead", quoting_lead)):
        shares = []
        for _, texts in origins:
            hits = [
                is_found(each, article(rng.choice(OUTLETS), follow([b.text for b in each.editorial], Writer(rng))))
                for each in texts
                for _ in range(times)
            ]
            kept["wrong"] += sum(hits)
            kept["others"] += len(hits)
            shares.append(sum(hits) / len(hits))
        figures[kind] = [round(each, 4) for each in shares]
        print(f"  {'taken for a copy: ' + kind:42}" + "".join(f"{each:14.4f}" for each in shares))
    recall = kept["found"] / kept["copies"]
    precision = kept["found"] / max(1, kept["found"] + kept["wrong"])
    print(f"  precision {precision:.4f}, recall {recall:.4f}: {kept['copies']:,} copies, {kept['others']:,} follow-ups")
    return figures | {"precision": round(precision, 4), "recall": round(recall, 4)}
