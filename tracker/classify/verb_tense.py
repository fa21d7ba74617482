"""Tell forms that speak of what is to come, or is only said to be.

In French, Spanish, Italian and Portuguese the future and the conditional are endings: "dimetterà", "coûterait". The
conditional reports what is not confirmed. An English headline says "to" for it: "Biden to sign".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .function_words import SMALL
from .lemmas import is_unknown, is_word, lemma
from .places import is_surely_place

if TYPE_CHECKING:
    from .word_edits import WordEdit

# After these verbs, an infinitive stands with "to" and without it: "helped to find", "helped find".
_WITHOUT_TO: Final = frozenset("help dare let make have come go need".split())

# The endings come after the infinitive, or after a stem that is listed because it differs from the infinitive.
_TO_COME: Final = {
    "fr": re.compile(r"(?P<stem>\w+?r)(?P<ending>a|ont|ai|ons|ez|ait|aient)"),
    "es": re.compile(r"(?P<stem>\w+?r)(?P<ending>á|án|é|emos|ía|ían)"),
    "it": re.compile(r"(?P<stem>\w+?r)(?P<ending>à|anno|ò|emo|ebbe|ebbero)"),
    "pt": re.compile(r"(?P<stem>\w+?r)(?P<ending>á|ão|ei|emos|ia|iam)"),
}
_CONDITIONAL: Final = frozenset("ait aient ía ían ebbe ebbero ia iam".split())
_STEMS: Final = re.compile(
    r"fer|aur|ser|ir|pourr|devr|saur|verr|faudr|enverr|recevr|mourr|\w*(?:viendr|tiendr|voudr|vaudr|courr)"
    r"|podr|habr|sabr|querr|har|dir|\w*(?:pondr|tendr|vendr|saldr|valdr)"
    r"|sar|avr|potr|dovr|andr|vorr|far|dar|star|sapr|vivr|vedr|cadr|rimarr|\w*(?:verr|terr|porr|durr|trarr)|trar"
)


def time_to_come(word: str, lang: str) -> str:
    """Return "future" or "conditional" for a verb in lower case that has such an ending, and "" for another word."""
    known = _TO_COME.get(lang)
    found = known.fullmatch(word) if known else None
    if found is None:
        return ""
    base, stem = lemma(word, lang), found["stem"]
    # Italian verbs in -are have an e before the ending: parlare, parlerà.
    infinitives = {base, base[:-3] + "ere"} if lang == "it" else {base, base.removesuffix("e")}
    if _STEMS.fullmatch(stem) is None and infinitives.isdisjoint({stem, stem + "e"}):
        return ""
    return "conditional" if found["ending"] in _CONDITIONAL else "future"


def is_to_come(low: Sequence[str]) -> bool:
    """Say whether English words in lower case hold "is to", as in "is to meet"."""
    return any(low[k - 1] in {"is", "are", "was", "were"} for k, word in enumerate(low) if word == "to" and k)


def infinitives_lost(edits: Sequence[WordEdit], sides: tuple[Sequence[str], Sequence[str]]) -> tuple[int, int]:
    """Count English infinitives in whose place the verb says what is now or was: "Biden to sell", "Biden sells".

    Right after a name that leads a headline it is the future; elsewhere it may be a purpose ("Law to ban", "Law bans").

    Returns:
        How many there are on one side alone, and how many of them are surely the future.
    """
    found = certain = 0
    places = [(e.old, e.new, sides[0], e.old_start) for e in edits]
    places += [(e.new, e.old, sides[1], e.new_start) for e in edits]
    for to_come, done, words, at in places:
        subject, verb = words[:at], words[at + 1].lower() if words[at + 1 :] else ""
        if to_come[:1] == ("to",) and to_come[1:] and done and not done[0].endswith("ing"):
            now = done[0].lower()
            is_done = verb != now and lemma(now, "en") == verb
            found += is_done
            certain += is_done and bool(subject) and all(is_unknown(w, "en") or is_surely_place(w) for w in subject)
        elif to_come == ("to",) and not done and [e.old + e.new for e in edits].count(to_come) == 1:
            # "Schools to close", "Schools close"
            is_verb = verb not in SMALL["en"] and is_word(verb, "en") and lemma(verb, "en") == verb
            found += is_verb and not any(lemma(word, "en") in _WITHOUT_TO for word in subject)
    return found, certain
