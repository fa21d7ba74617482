"""Write tracker/dates/words.json: the words of dates in the languages of the news, as the CLDR names them.

    .venv/bin/python .ci/date_words.py [--check]

The words come from babel's copy of the Unicode CLDR (Unicode licence): months, days of the week, the halves of a day,
and what stands between the parts of a written date ("de", "um"). With --check nothing is written; the exit code is 1
where the file is not what would be written.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

FILE = Path(__file__).resolve().parents[1] / "tracker/dates/words.json"
LOCALES = (
    "af am ar ar_MA ar_SY az be bg bn bs ca cs cy da de de_AT el en en_AU en_CA en_GB es es_MX et eu fa fi fil fr "
    "fr_CA ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lt lv mk ml mn mr ms my nb ne nl pa pl ps pt "
    "pt_PT ro ru si sk sl sq sr sr_Latn sv sw ta te th tr uk ur uz vi zh zh_Hant"
).split()
# What programs write that the CLDR does not have.
ALSO_WEEKDAYS = {"tues": 1, "thur": 3, "thurs": 3}
ALSO_BETWEEN = "at on of the st nd rd th er o a um uhr à le den kl klo alle ore h".split()


def normal(text: str) -> str:
    """Return a word as the reader looks it up: in lower case, without dots, in compatibility form."""
    return unicodedata.normalize("NFKC", text).replace(".", "").casefold().strip()


def is_word(text: str) -> bool:
    """Say whether *text* is one word; names with figures or blanks ("tháng 3") are left out."""
    return bool(text) and not re.search(r"[\s\d!-/:-@\[-`{-~]", text)


def names(locale: Locale, kind: str) -> Iterator[tuple[int, str]]:
    """Yield the numbers and the names of the months or days of a locale, in every width that is not one letter."""
    table = getattr(locale, kind)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated", "short"):
            for number, name in (table[context].get(width) or {}).items():
                word = normal(name)
                if is_word(word) and len(word) > 1:
                    yield int(number), word


def literals(locale: Locale) -> Iterator[str]:
    """Yield the words between the parts of a written date and between date and time."""
    patterns = [str(value) for value in locale.datetime_formats.values()]
    patterns += [value.pattern for key, value in locale.date_formats.items() if key in {"full", "long", "medium"}]
    for pattern in patterns:
        for quoted in re.findall(r"'([^']+)'", pattern):
            yield from (normal(word) for word in re.split(r"[\s,.]+", quoted))


def table() -> dict[str, object]:
    """Return what the file holds.

    `months`: word → the number of the month, or, where languages differ, language → number. `weekdays`: word → the
    days, 0 for Monday. `am`, `pm`, `between`: words.
    """
    months: dict[str, dict[str, int]] = {}
    weekdays: dict[str, set[int]] = {word: {day} for word, day in ALSO_WEEKDAYS.items()}
    between = set(ALSO_BETWEEN)
    halves = {"am": {"am"}, "pm": {"pm"}}
    for name in LOCALES:
        locale = Locale.parse(name)
        for number, word in names(locale, "months"):
            # A word of one language for two months would be a mistake of the CLDR's: the first stands.
            months.setdefault(word, {}).setdefault(locale.language, number)
        for number, word in names(locale, "days"):
            weekdays.setdefault(word, set()).add(number)
        between |= {word for word in literals(locale) if is_word(word)}
        for half, words in halves.items():
            periods = locale.day_periods["format"]
            found = {normal(periods.get(width, {}).get(half) or "a") for width in ("wide", "abbreviated")}
            # In Latin letters they are the short words of another language: "in", "de", "to".
            words |= {word for word in found if is_word(word) and not word.isascii()}
    return {
        "months": {
            word: next(iter(found.values())) if len(set(found.values())) == 1 else dict(sorted(found.items()))
            for word, found in sorted(months.items())
        },
        "weekdays": {word: sorted(days) for word, days in sorted(weekdays.items())},
        "am": sorted(halves["am"] - halves["pm"]),
        "pm": sorted(halves["pm"] - halves["am"]),
        "between": sorted(between - months.keys() - weekdays.keys()),
    }


def main() -> int:
    """Write the file, or say whether it is up to date."""
    text = json.dumps(table(), ensure_ascii=False, indent=0) + "\n"
    if "--check" in sys.argv:
        return int(not FILE.exists() or FILE.read_text(encoding="utf-8") != text)
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
