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
_STEMS: Final = re.compile(
    r"fer|aur|ser|ir|pourr|devr|saur|verr|faudr|enverr|recevr|mourr|\w*(?:viendr|tiendr|voudr|vaudr|courr)"
    r"|podr|habr|sabr|querr|har|dir|\w*(?:pondr|tendr|vendr|saldr|valdr)"
    r"|sar|avr|potr|dovr|andr|vorr|far|dar|star|sapr|vivr|vedr|cadr|rimarr|\w*(?:verr|terr|porr|durr|trarr)|trar"
)


def is_to_come(word: str, lang: str) -> bool:
    """Say whether a verb in lower case is in the future or conditional by its ending."""
    known = _TO_COME.get(lang)
    found = known.fullmatch(word) if known else None
    if found is None:
        return False
    base, stem = lemma(word, lang), found["stem"]
    # Italian verbs in -are have an e before the ending: parlare, parlerà.
    if lang == "it":
        return stem + "e" in {base, base[:-3] + "ere"} or _STEMS.fullmatch(stem) is not None
    return stem == base.removesuffix("e") or _STEMS.fullmatch(stem) is not None
