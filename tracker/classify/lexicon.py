"""Read the lists of words that the rules look for: `data/<language>.toml`, and `data/names.toml` for all languages.

A file is read when a text in its language is judged for the first time; importing this module reads none.

Words that are in no list are looked up in simplemma, which only this module imports. Its lexicons (54 languages, 19 MB)
come with the package and have both the words and their base forms. A lexicon is loaded when two words of its language
are compared for the first time, in 0.2 to 1.3 s. It is read in its packed form, which takes 2 to 15 MB; a dictionary
would take 20 to 100 MB. A word takes 50 to 250 µs to look up, so the results are cached.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

T = TypeVar("T")

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl")
DATA: Final = Path(__file__).with_name("data")
NAMES: Final = "names"
"""The file of names, which is used for all languages."""
MIN_COMPOUND_PART: Final = 4
"""The fewest letters of a part of a German compound, with the letters that join it to the next part."""
_JOINING_LETTERS: Final = ("", "s", "es", "n", "en")
# Endings of German nouns and infinitives, which no lexicon has all of; few names have them.
_NOUN_ENDINGS: Final = ("en", "ler", "ung")
# The lexicon takes these forms of verbs for other words.
_VERBS: Final = {("vit", "fr"): "vivre", ("vive", "it"): "vivere"}
_WORD: Final = re.compile(r"[^\W_]+")
_KEY: Final = re.compile(r"\{([a-z_]+)\}")


class PerLanguage(dict[str, T]):
    """A value for each language, made at its first use."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, lang: str) -> T:
        value = self[lang] = self._make(lang)
        return value


@cache
def _tables(name: str) -> Mapping[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def entries(name: str, table: str, key: str = "words") -> Sequence[str]:
    """Return a list of a table in the file `name`, which is one of LANGUAGES, or NAMES."""
    found: Sequence[str] = _tables(name)[table][key]
    return found


def keys(name: str, table: str) -> Sequence[str]:
    """Return the names of the lists of a table."""
    return tuple(_tables(name)[table])


def word_set(name: str, table: str, key: str = "words") -> frozenset[str]:
    """Return a list of a table in the file `name` as a set."""
    return frozenset(entries(name, table, key))


def text(name: str, table: str, key: str) -> str:
    """Return a value of a table that is a single text, such as a pattern."""
    found: str = _tables(name)[table][key]
    return found


def groups(name: str, table: str, key: str) -> dict[str, int]:
    """Return the words of a list whose entries are groups of words, each word with the number of its group."""
    return {word: n for n, group in enumerate(entries(name, table, key)) for word in group.split()}


@cache
def lines(file: str) -> frozenset[str]:
    """Return the lines of a text file in the folder of the data, such as "places.txt"."""
    return frozenset((DATA / file).read_text(encoding="utf-8").splitlines())


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches one of `words`, the longest that fits."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def expressions(table: str, template: str) -> PerLanguage[re.Pattern[str]]:
    """Return a regular expression for each language, made from a template and the words of a table.

    Each {key} in `template` becomes a group that matches any word of the table's list `key`, or its pattern `key`. If
    the list or pattern is empty, the group matches nothing.
    """

    def words(found: re.Match[str], lang: str) -> str:
        value = _tables(lang)[table][found[1]]
        return f"(?:{(value if isinstance(value, str) else any_of(value)) or '(?!)'})"

    return PerLanguage(lambda lang: re.compile(_KEY.sub(lambda found: words(found, lang), template)))


def words_of(low: str) -> list[tuple[str, int]]:
    """Return the words of `low`, each with where it starts."""
    return [(m[0], m.start()) for m in _WORD.finditer(low)]


class Phrases:
    """Finds any of many phrases in a text, with one look-up a word."""

    def __init__(self, *lists: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for phrase in sorted(
            {phrase for part in lists for phrase in part},
            key=lambda p: (-len(p), p),  # of phrases that begin alike, the longest is found
        ):
            first = _WORD.match(phrase)
            if first:  # a sign such as % is not a word
                self._by_first.setdefault(first[0], []).append(phrase)

    def find(self, low: str, words: Sequence[tuple[str, int]] | None = None) -> list[tuple[int, int]]:
        """Return the start and end of every phrase in a text, in order and without overlap.

        `low` is in lower case with plain apostrophes; `words` are its words, where a caller has them already.
        """
        found: list[tuple[int, int]] = []
        by_first = self._by_first
        end = 0
        if words is None:
            words = words_of(low)
        for word, at in [each for each in words if each[0] in by_first]:
            if at < end:
                continue
            for phrase in by_first[word]:
                stop = at + len(phrase)
                if low.startswith(phrase, at) and not low[stop : stop + 1].isalnum():
                    found.append((at, stop))
                    end = stop
                    break
        return found


# Words of grammar, which may be added or dropped without a change of meaning.
GRAMMAR: Final = PerLanguage(lambda lang: word_set(lang, "grammar"))
PREPOSITIONS: Final = PerLanguage(lambda lang: word_set(lang, "grammar", "prepositions"))
SMALL: Final = PerLanguage(lambda lang: GRAMMAR[lang] | PREPOSITIONS[lang])
"""Words of both kinds; all others are content words."""
EMPHASIS: Final = PerLanguage(lambda lang: word_set(lang, "grammar", "emphasis"))
"""Words of degree and emphasis."""
PRONOUNS: Final = PerLanguage(lambda lang: groups(lang, "grammar", "pronouns"))
"""The pronouns that differ by person, each with the number of its person."""
GENDERS: Final = PerLanguage(
    lambda lang: frozenset(frozenset(pair.split()) for pair in entries(lang, "grammar", "genders"))
)
"""Pairs of articles that differ in gender: "le maire" and "la maire" are two people."""
LIST_JOINTS: Final = PerLanguage(lambda lang: word_set(lang, "grammar", "list_joints").union("&,;/|"))
"""Words and marks between the items of a list."""
NO_COMMENT: Final = PerLanguage(lambda lang: re.compile(text(lang, "saying", "no_comment")))
"""Statements that somebody did not comment."""
NO_NAMES: Final = PerLanguage(lambda lang: word_set(lang, "names", "no_names") | SMALL[lang])
"""Words that have a capital letter at the start of a sentence or in German and are not names."""
ACRONYMS: Final = frozenset({"IT", "US", "WHO"})
"""In capitals, these are names and not words of grammar: "a US jet", "the WHO"."""


@cache
def titles() -> frozenset[str]:
    """Return the titles before names, of all languages: "mr", "senator"."""
    return word_set(NAMES, "people", "titles")


def is_title(word: str, lang: str) -> bool:
    """Return whether `word` is a title or an office that a name may follow."""
    low = word.lower().rstrip(".")
    if low in titles():
        return True
    # German offices are one word, so that no list has them all: "Außenminister", "Polizeichefin".
    return lang == "de" and low.removesuffix("in").endswith(tuple(entries(NAMES, "people", "german_offices")))


@cache
def _simplemma() -> ModuleType:
    import simplemma  # imported with the first word: its data takes longer to load than all else here

    return simplemma


@lru_cache(maxsize=50_000)
def lemma(word: str, lang: str) -> str:
    """Return the base form of `word` in lower case: "were" and "is" give "be". Unknown words come back unchanged."""
    if (word, lang) in _VERBS:
        return _VERBS[word, lang]
    base: str = _simplemma().lemmatize(word, lang=lang if lang in LANGUAGES else "en", low_memory=True)
    return base.lower()


@lru_cache(maxsize=50_000)
def is_word(word: str, lang: str) -> bool:
    """Return whether `word`, as written or in lower case, is a word of the language."""
    known = lang if lang in LANGUAGES else "en"
    return any(_simplemma().is_known(form, lang=known, low_memory=True) for form in (word, word.lower()))


def is_unknown(word: str, lang: str) -> bool:
    """Return whether `word` is in no lexicon, and in German no compound either: with a capital, it is a name."""
    if is_word(word, lang) or any(map(str.isdigit, word)):
        return False
    last = word.rstrip("-").rpartition("-")[2]
    return lang != "de" or not (last.endswith(_NOUN_ENDINGS) or is_word(last, "de") or _is_compound(last.lower()))


@lru_cache(maxsize=50_000)
def _is_compound(low: str, most: int = 3) -> bool:
    """Return whether a German word is made of up to `most` words: "generalstabsoberst"."""
    for k in range(MIN_COMPOUND_PART, len(low) - MIN_COMPOUND_PART + 1):
        first, rest = low[:k], low[k:]
        if (is_word(rest, "de") or (most > 2 and _is_compound(rest, most - 1))) and (
            any(
                first.endswith(letters) and len(first) - len(letters) > 2 and is_word(first.removesuffix(letters), "de")
                for letters in _JOINING_LETTERS
            )
            or is_word(f"{first}e", "de")  # "Wochenendkurs", "Schulhof": the first word loses its last letter
        ):
            return True
    return False
