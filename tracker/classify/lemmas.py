"""Look words up in the lexicon of their language: the one place that imports simplemma.

simplemma was chosen because its lexicons (54 languages, 19 MB) come with the package, tell both whether a word exists
and what its base form is, and need no download. A lexicon is loaded when the first two words of its language must be
compared, in 0.2 to 1.3 s, and read in its packed form: that takes 2 to 15 MB, a dictionary of it 20 to 100 MB. A word
takes 50 to 250 µs to look up, so the results are kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .lexicon import LANGUAGES

MIN_COMPOUND_PART: Final = 4
"""Letters of the shortest part of a German compound, with the letters that join it to the next part."""
_JOINING_LETTERS: Final = ("", "s", "es", "n", "en")
# Endings of German nouns and infinitives, which no lexicon has all of; few names have them.
_NOUN_ENDINGS: Final = ("en", "ler", "ung")
# The lexicon takes these forms of verbs for other words.
_VERBS: Final = {("vit", "fr"): "vivre", ("vive", "it"): "vivere"}


@lru_cache(maxsize=50_000)
def lemma(word: str, lang: str) -> str:
    """Return the base form of `word` in lower case: "were" and "is" give "be". Unknown words come back unchanged."""
    from simplemma import lemmatize

    if (word, lang) in _VERBS:
        return _VERBS[word, lang]
    return lemmatize(word, lang=_known(lang), low_memory=True).lower()


@lru_cache(maxsize=50_000)
def is_word(word: str, lang: str) -> bool:
    """Return whether `word`, as written or in lower case, is a word of the language."""
    from simplemma import is_known

    return any(is_known(form, lang=_known(lang), low_memory=True) for form in (word, word.lower()))


def is_unknown(word: str, lang: str) -> bool:
    """Return whether `word` is in no lexicon, so that with a capital it is a name; in German also not a compound."""
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


def _known(lang: str) -> str:
    return lang if lang in LANGUAGES else "en"
