"""Write the senses of English words for tracker/classify: senses.txt, from WordNet.

    apt-get download wordnet-base && dpkg -x wordnet-base_*.deb wordnet
    uv run --with wordfreq .ci/senses.py wordnet/usr/share/wordnet

WordNet 3.0 (Princeton University; its licence is the head of the file) lists the words of each sense, and the broader
and similar senses. A word is only written if it is among the most frequent of wordfreq's list, with the verbs that a
particle makes of it ("turn down"). A broader sense is one of up to two steps ("president", "head of state", "leader").
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).resolve().parents[1] / "tracker/classify/senses.txt"
KINDS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
"""The kinds of words, each with the letter that WordNet has for it."""
MOST_FREQUENT = 20_000
PARTICLES = frozenset(
    "about along apart around aside away back down for forward in into off on out over through up".split()
)
# A broader sense, and the relations of adjectives and verbs that are much alike.
RELATIONS = frozenset("@ & ^ $".split())


class Sense(NamedTuple):
    """A sense: its kind, its place in the file of that kind, its words, and the broader and similar senses."""

    kind: str
    key: str
    words: list[str]
    related: list[str]


def senses(folder: Path, kind: str) -> Iterator[Sense]:
    """Yield the senses of one kind of words."""
    for line in (folder / f"data.{kind}").read_text("utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields = line.partition(" | ")[0].split()
        many = int(fields[3], 16)
        words = [re.sub(r"\(.*", "", word) for word in fields[4 : 4 + 2 * many : 2]]
        pointers = fields[5 + 2 * many :]
        related = [f"{kind}{pointers[k + 1]}" for k in range(0, len(pointers) - 3, 4) if pointers[k] in RELATIONS]
        yield Sense(kind, f"{kind}{fields[0]}", words, related)


def irregular_forms(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the irregular forms of words, each with its base form: "rose", "rise"."""
    for kind in KINDS:
        for line in (folder / f"{kind}.exc").read_text("utf-8").splitlines():
            form, *bases = line.split()
            yield from ((form, base) for base in bases if "_" not in form)


def is_frequent(word: str, kind: str, known: frozenset[str]) -> bool:
    """Return whether a word of WordNet is written."""
    first, _, rest = word.partition("_")
    if rest:
        return kind == "verb" and first in known and rest in PARTICLES
    return word in known or ("-" in word and known.issuperset(word.split("-")))


def main() -> None:
    """Write the file."""
    folder = Path(sys.argv[1])
    frequent = import_module("wordfreq").top_n_list("en", MOST_FREQUENT)
    lemmatize = import_module("simplemma").lemmatize
    known = frozenset((*frequent, *(lemmatize(word, "en") for word in frequent)))
    listed = [sense for kind in KINDS for sense in senses(folder, kind)]
    broader = {sense.key: sense.related if sense.kind != "adj" else [] for sense in listed}
    written = [
        (sense, words)
        for sense in listed
        if (words := [word for word in sense.words if is_frequent(word, sense.kind, known)])
    ]
    number = {sense.key: n for n, (sense, _) in enumerate(written)}
    by_word: dict[str, list[int]] = defaultdict(list)
    related = []
    for n, (sense, words) in enumerate(written):
        for word in words:
            by_word[word].append(n)
        near = {*sense.related, *(key for above in sense.related for key in broader.get(above, ()))}
        numbers = sorted({number[key] for key in near if key in number} - {n})
        related.append(" ".join([KINDS[sense.kind], *(f"{number:x}" for number in numbers)]))
    for form, base in irregular_forms(folder):
        by_word[form] = sorted({*by_word.get(form, ()), *by_word.get(base, ())})
    licence = (folder / "data.noun").read_text("utf-8").split("\n", 29)[:29]
    lines = [
        *(f"# {line.strip()[2:].strip()}".rstrip() for line in licence),
        *related,
        *sorted(f"{word}={' '.join(f'{n:x}' for n in numbers)}" for word, numbers in by_word.items() if numbers),
    ]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
