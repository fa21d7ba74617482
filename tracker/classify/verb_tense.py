"""Tell forms by which French, Spanish, Italian and Portuguese speak of what is to come, or is only said to be.

There the future and the conditional are endings: "dimetterà", "coûterait". The conditional
reports what is not confirmed.
"""

from __future__ import annotations

import re
from typing import Final

from .lemmas import lemma

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
