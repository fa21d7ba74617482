"""Look words up in the lexicon of their language: the one place that imports simplemma.

simplemma was chosen because its lexicons (54 languages, 19 MB) come with the package, tell both whether a word exists
and what its base form is, and need no download. A lexicon is loaded when the first two words of its language must be
compared, in 0.2 to 1.3 s, and read in its packed form: that takes 2 to 15 MB, a dictionary of it 20 to 100 MB. A word
takes 50 to 250 µs to look up, so the results are kept.
"""

from __future__ import annotations

from functools import lru_cache

from .lexicon import LANGUAGES


@lru_cache(maxsize=50_000)
def lemma(word: str, lang: str) -> str:
    """Return the base form of *word* in lower case: "were" and "is" give "be". Unknown words come back unchanged."""
    from simplemma import lemmatize

    return lemmatize(word, lang=_known(lang), low_memory=True).lower()


@lru_cache(maxsize=50_000)
def is_word(word: str, lang: str) -> bool:
    """Say whether *word*, as written or in lower case, is a word of the language."""
    from simplemma import is_known

    return any(is_known(form, lang=_known(lang), low_memory=True) for form in (word, word.lower()))


def _known(lang: str) -> str:
    return lang if lang in LANGUAGES else "en"
