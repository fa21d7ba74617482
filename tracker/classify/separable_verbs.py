"""Join the parts of separable verbs, which German and Dutch write apart or together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .lemmas import lemma

_LANGUAGES: Final = frozenset({"de", "nl"})
_MIN_VERB_LETTERS: Final = 4
_MARKS_OF_INFINITIVE: Final = {"de": "zu", "nl": "te"}


def with_joined_verbs(words: Sequence[str], other: Sequence[str], lang: str) -> list[str]:
    """Return `words` with a verb and its particle as the one word in which `other` has them.

    "nahm drei Männer fest" becomes "festgenommen drei Männer" where the other side has "festgenommen".

    Args:
        words: the words of one side of an edit.
        other: those of the other side.
        lang: the two letters of the language; in languages without such verbs, nothing is joined.
    """
    found = list(words)
    if lang not in _LANGUAGES:
        return found
    for joined in dict.fromkeys(other):
        low = [word.lower() for word in found]
        if joined.lower() in low:
            continue
        for at, particle in enumerate(low):
            verb = joined.lower().removeprefix(particle)
            if len(particle) < 2 or not _MIN_VERB_LETTERS <= len(verb) < len(joined):
                continue
            base = {lemma(form, lang) for form in (verb, verb.removeprefix(_MARKS_OF_INFINITIVE[lang]))}
            place = next((k for k in range(at) if lemma(low[k], lang) in base), None)
            if place is not None:
                found[place] = joined
                del found[at]
                break
    return found
