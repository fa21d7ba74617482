"""Look words up in the lexicon of their language: the one place that imports simplemma.

simplemma was chosen because its lexicons (54 languages, 19 MB) come with the package, tell both whether a word exists
and what its base form is, and need no download. A language's lexicon takes 20 to 120 MB of memory, so it is loaded only
when two words must be compared.
"""

from __future__ import annotations

from functools import lru_cache

from .lexicon import LANGUAGES


@lru_cache(maxsize=50_000)
def lemma(word: str, lang: str) -> str:
    """Return the base form of *word* in lower case: "were" and "is" give "be". Unknown words come back unchanged."""
    from simplemma import lemmatize

    return lemmatize(word, lang=_known(lang)).lower()


@lru_cache(maxsize=50_000)
def is_word(word: str, lang: str) -> bool:
    """Say whether *word*, as written or in lower case, is a word of the language."""
    from simplemma import is_known

    return is_known(word, lang=_known(lang)) or is_known(word.lower(), lang=_known(lang))


def _known(lang: str) -> str:
    return lang if lang in LANGUAGES else "en"
