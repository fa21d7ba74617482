"""Write the given names of people for tracker/classify/data: given_names.txt, from Faker (MIT licence).

uv run --with faker .ci/given_names.py
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "tracker/classify/data/given_names.txt"
LOCALES = ("en_US", "en_GB", "de_DE", "de_AT", "fr_FR", "es_ES", "es_MX", "it_IT", "pt_PT", "pt_BR", "nl_NL")
LISTS = ("first_names", "first_names_male", "first_names_female", "first_names_nonbinary")
NAME = re.compile(r"[^\W\d_]{3,}")


def names() -> list[str]:
    """Return every name of one word once, in order. Very short ones are words or initials more often."""
    found: set[str] = set()
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for each in LISTS:
            listed: Iterable[str] = getattr(provider, each, ())
            found.update(name for name in listed if NAME.fullmatch(name) and name[0].isupper())
    return sorted(found)


if __name__ == "__main__":
    FILE.write_text("\n".join(names()) + "\n", encoding="utf-8")
