"""Compare the names of two texts, whole name by whole name.

"Villa" and "Aston Villa" are one name, and so are "Australia" and "Australian": a difference counts only if somebody or
something else is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product, zip_longest
from typing import Final, NamedTuple

from ..model.change import FactKind
from . import lexicon
from .lexicon import PerLanguage, is_unknown, is_word
from .mentions import NAME_PARTICLES, PARTICLE, Mention, lowered, mentions
from .places import is_place as is_place_name
from .places import other_names
from .spelling import WordRelation, is_abbreviated, same_surname, word_relation
from .word_edits import is_acronym, words_of

_MIN_TITLE_CASE: Final = 0.8
_MIN_TITLE_CASE_WORDS: Final = 3
MAX_INITIALS: Final = 3
"""The longest initials or title before a point within a name, in characters: "J.", "Dr."."""
MIN_ORGANISATION_LETTERS: Final = 3
"""The fewest letters of the initials of an organisation: "FBI", not "TV"."""
_BEFORE_SENTENCE: Final = frozenset('.!?:“"„«‘(—–•+*')


def _after_words(lang: str, key: str, more: str = "") -> re.Pattern[str]:
    words = lexicon.any_of(lexicon.entries(lang, "names", key))
    return re.compile(rf"(?<!\w)(?:{words})\s+{more}\Z", re.IGNORECASE)


# After "near" and the like comes a place; after "in" or "at the", a place or another name.
_AT_PLACE: Final = PerLanguage(lambda lang: _after_words(lang, "at_place"))
_IN_PLACE: Final = PerLanguage(lambda lang: _after_words(lang, "in_place", r"(?:\w+\s+)?"))
# The kind of a place comes after its name: the Rubavu and Rusizi districts, the Kherson region.
_IS_PLACE: Final = re.compile(
    r"(?: and \w+)? (?:districts?|provinces?|regions?|county|counties|border|valley|peninsula|islands?|river|airport"
    r"|hospital|prison|stadium|station)\b",
    re.IGNORECASE,
)
# The first words of some places are also ordinary words: New York.
_FIRST_WORDS: Final = ("New ", "Saudi ", "San ", "Los ", "El ")
_ARTICLE: Final = re.compile(
    r"(?<!\w)(?:the|der|die|das|dem|den|des|vom|beim|la|le|du|el|del|il|lo|della|dalla|o|a|do|da|het|de)\s\Z",
    re.IGNORECASE,
)
_DESCRIBING: Final = re.compile(r"-[a-z]+\Z")
_MIN_ADJECTIVE_LETTERS: Final = 4
MIN_ACRONYM_LETTERS: Final = 3
MAX_SMALL_WORDS: Final = 3
"""The most words of grammar within a name that its acronym leaves out."""
MAX_RESPELT_LETTERS: Final = 2
"""The Slavic ending of a name may be longer by this many letters: "Zelensky", "Zelenskiyy"."""
WORD: Final = re.compile(r"\w(?:[\w'.-]*\w)?")
"""A word with its hyphens, points and apostrophes."""
_WORD_PART: Final = re.compile(r"\w+")


class Name(NamedTuple):
    """A whole name as it is written in a text.

    Attributes:
        parts: its words in lower case, without articles, points and particles.
        start: where it begins.
        is_place: whether it is the name of a place.
        may_be_place: whether it is, or is where one may be: "in Tesla".
        certain: whether a title or its form shows that it is a name.
    """

    text: str
    parts: frozenset[str]
    start: int
    is_place: bool = False
    may_be_place: bool = False
    certain: bool = False


class ChangedName(NamedTuple):
    """A name that only one side has, and the name that may have replaced it; None if there is none.

    `is_place` is whether it is a place: a known one, or one that the text puts something in ("in Little Wick").
    """

    old: Name | None
    new: Name | None
    is_place: bool


def changed_names(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], lang: str
) -> list[ChangedName]:
    """Return the names that only the old and only the new text has, paired in order.

    `olds` and `news` are the words of names in the old and the new text, `sides` both texts.
    """
    if not olds and not news:
        return []
    before, after = (_whole_names(found, side, lang) for found, side in zip((olds, news), sides, strict=True))
    before, after = (
        without_acronyms(before, sides[0], after, sides[1], lang),
        without_acronyms(after, sides[1], before, sides[0], lang),
    )
    removed = [n for n in before if not is_named(n, after, sides[1], lang)]
    added = [n for n in after if not is_named(n, before, sides[0], lang)]
    found = []
    # A place is paired with a place, and any other name with one that is no place.
    for of_place in (False, True):
        gone, came = ([n for n in side if n.may_be_place is of_place] for side in (removed, added))
        for old, new in zip_longest(gone, came):
            for one, other in [(old, new)] if _may_be_exchanged(old, new, sides, lang) else [(old, None), (None, new)]:
                only = one if other is None else other if one is None else None
                if only and not of_place and _is_thing(only, sides[one is None], lang):
                    continue
                # Something may be "in" a thing that is no place, so one of two names must be known as a place.
                is_place = of_place and (one is None or other is None or one.is_place or other.is_place)
                found.append(ChangedName(one, other, is_place))
    return found


def _may_be_exchanged(old: Name | None, new: Name | None, sides: tuple[str, str], lang: str) -> bool:
    """Return whether one name may have replaced the other: it is next to the same word, or surely a name."""
    if not old or not new:
        return True
    around = [
        (WORD.findall(before)[-1:], WORD.findall(after)[:1])
        for before, _, after in (side.partition(name.text) for name, side in zip((old, new), sides, strict=True))
    ]
    if any(here == there for here, there in zip(*around, strict=True)):
        return True
    # Two unknown names where places may be are about two different things: "in Oslo", "at the Lusail".
    if old.may_be_place and new.may_be_place and not (old.is_place or new.is_place):
        return False
    return not (_is_thing(old, "", lang) and _is_thing(new, "", lang))


def _is_thing(name: Name, text: str, lang: str) -> bool:
    """Return whether a name is an ordinary word, too, or an abbreviation of such words: "Senate", "TV".

    This includes several such words after an article in `text`: "the Cabinet Office".
    """
    # A given name with another word after it is a person's.
    if name.certain or not lexicon.lines("given_names.txt").isdisjoint(name.text.split()[:-1]):
        return False
    is_one = len(name.parts) == 1
    has_article = _ARTICLE.search(text.partition(name.text)[0]) is not None
    if is_one and name.text.isupper():
        return len(name.text) < MIN_ORGANISATION_LETTERS or not (has_article or lang == "de")
    return (has_article or is_one) and not any(is_unknown(part, lang) for part in name.parts)


def names_same(old: str, new: str, lang: str) -> bool:
    """Return whether both texts have the same name, not a word, abbreviation or place: they are about the same then."""
    said = [{m.key for m in mentions(text, lang) if m.kind is FactKind.NAME} for text in (old, new)]
    return any(not (key.isupper() or is_place_name(key) or is_word(key, lang)) for key in said[0] & said[1])


def _is_in_title_case(text: str, lang: str) -> bool:
    """Return whether nearly all words of a headline have a capital, so that a capital does not show a name."""
    if lang != "en" or text.rstrip().endswith("."):
        return False
    # Short words and those of grammar have no capital in titles, but a longer word without one shows another style.
    small = lexicon.SMALL[lang]
    letters = [w for w in text.split() if w[0].isupper() or (len(w) > 3 and w[0].isalpha() and w not in small)]
    capitals = sum(w[0].isupper() for w in letters)
    return len(letters) >= _MIN_TITLE_CASE_WORDS and capitals >= _MIN_TITLE_CASE * len(letters)


def _whole_names(found: Sequence[Mention], text: str, lang: str) -> list[Name]:
    """Join neighbouring words of a name: "Wang Wenbin"."""
    if _is_in_title_case(text, lang):
        found = [m for m in found if not is_word(m.key, lang) or is_place_name(m.key)]
    names: list[Name] = []
    end = -9
    for m, following in zip_longest(found, found[1:]):
        gap = text[end : m.start]
        part = PARTICLE.sub("", m.key).replace(".", "").lower()
        joined = False
        if names:
            # Two words are one name if only a blank, a title, initials or particles are between them. A point joins
            # initials, but separates sentences.
            joint, last_word = gap.strip(" .").lower(), text[:end].rsplit(" ", 1)[-1]
            joined = (not joint or joint in lexicon.titles()) and ("." not in gap or len(last_word) <= MAX_INITIALS)
            # "Luis de la Fuente"; in other languages such words come between names as well: "Macron de France".
            if not joined and gap[:1] == " " == gap[-1:] and joint and NAME_PARTICLES.issuperset(gap.split()):
                joined = lang == "en" or is_given_name(last_word)
        # "Follow Chelsea": the first word of a sentence has a capital anyway.
        leads = following is not None and text[m.start + len(m.text) : following.start] == " "
        if leads and not joined:
            lead = text[: m.start].rstrip()
            leads = not lead or (lead[-1] in _BEFORE_SENTENCE and not _ends_in_title(lead, ""))
        if leads and not joined and not is_given_name(m.text) and is_word(part, lang):
            continue
        is_place = _IS_PLACE.match(text, m.start + len(m.text)) is not None
        if joined:
            last = names[-1]
            names[-1] = last._replace(
                text=last.text + gap + m.text, parts=last.parts | {part}, is_place=last.is_place or is_place
            )
        else:
            before = text[max(0, m.start - 40) : m.start]
            first = next((word for word in _FIRST_WORDS if before.endswith(word)), "")
            # In German, the speaker comes after a verb of saying: "sagte Merkel".
            is_speaker = lang == "de" and before.rstrip().rsplit(" ", 1)[-1] in lexicon.entries("de", "saying", "said")
            certain = is_speaker or _ends_in_title(before, lang)
            # "Into President Biden" names no place.
            is_place = is_place or (not certain and _AT_PLACE[lang].search(before) is not None)
            may_be = is_place or (not certain and _IN_PLACE[lang].search(before) is not None)
            names.append(Name(first + m.text, frozenset({part}), m.start - len(first), is_place, may_be, certain))
        end = m.start + len(m.text)
    return _classified(names, lang)


def _classified(names: Sequence[Name], lang: str) -> list[Name]:
    """Return names with their final class: a person is no place, and a known place is one.

    In German, where every noun has a capital, names without an unknown word, a place or a person are left out.
    """
    found: list[Name] = []
    for name in names:
        # "German-made"
        known = is_place_name(_DESCRIBING.sub("", name.text))
        person = not lexicon.lines("given_names.txt").isdisjoint(name.text.split()[:-1])
        certain = name.certain or person
        is_place = (known or (name.is_place and not person)) and not (certain and len(name.parts) > 1 and not known)
        may_be_place = is_place or (name.may_be_place and not person and not name.certain)
        parts = name.parts
        if lang == "de":
            # Words that are in no lexicon, with or without the genitive: "Festnahme Maduros" names Maduro.
            proper = frozenset(part.removesuffix("s") for part in parts if is_unknown(part, "de"))
            if not (certain or name.text.isupper() or is_place or proper):
                continue
            parts = proper if proper and not person else parts
        found.append(Name(name.text, parts, name.start, is_place, may_be_place, certain))
    return found


def is_given_name(word: str) -> bool:
    """Return whether a word is in the lists of given names."""
    return word in lexicon.lines("given_names.txt")


def is_surname(before: str, word: str, lang: str) -> bool:
    """Return whether a word with a capital comes after a given name, a title or an office, as a surname does."""
    if not word[:1].isupper():
        return False
    if is_given_name(before) or lexicon.is_title(before, lang):
        return True
    offices = lexicon.entries(lexicon.NAMES, "people", "other_offices")
    return before[:1].isupper() and before.lower().rstrip(".") in offices


def _ends_in_title(text: str, lang: str) -> bool:
    return lexicon.is_title(text.rstrip(" .").rsplit(" ", 1)[-1], lang)


def is_named(name: Name, others: Sequence[Name], side: str, lang: str) -> bool:
    """Return whether the other side has the same name, in full, in part or as initials, or all its words.

    `others` are the names of the other side, `side` its text.
    """
    for other in others:
        shorter, longer = sorted((name.parts, other.parts), key=len)
        # "Man City" shares a word with "Manchester City", and has the beginning of the other.
        if shorter <= longer or (
            not shorter.isdisjoint(longer) and all(any(a == b or is_abbreviated(a, b) for b in longer) for a in shorter)
        ):
            return True
    # A place or party, or the first word of the name, may have another name: "US", "America".
    low = name.text.casefold().rstrip(".")
    synonyms = [each for word in {low, low.split()[0].rstrip(".")} for each in other_names(word) if each != word]
    text = lowered(side) if synonyms else ""
    if any(re.search(rf"(?<!\w){re.escape(synonym)}(?!\w)", text) for synonym in synonyms):
        return True
    # The last word of a name of several words, if it is not part of another name: "Smith".
    last = name.text.rsplit(" ", 1)[-1]
    is_of_another = any(last.lower() in other.parts for other in others)
    if len(name.parts) > 1 and not is_of_another and re.search(rf"(?<!\w){re.escape(last)}(?!\w)", side):
        return True
    # Every word, and each part of a hyphenated one.
    said = {word for pattern in (WORD, _WORD_PART) for word in pattern.findall(lowered(side))}
    if name.certain and not name.is_place and any(other.certain for other in others):
        # One letter makes another person: "Woods", "Wood"; not "Mr Smith", "the Smiths". In German and Dutch an s may
        # be the genitive.
        apostrophes = {word.replace("'", "") for word in said if "'" in word}
        genitive = lang in {"de", "nl"}
        return all(
            part in said
            or part in apostrophes
            or (genitive and {f"{part}s", part.removesuffix("s")} & said)
            or any(same_surname(part, word) for word in said if abs(len(part) - len(word)) <= MAX_RESPELT_LETTERS)
            for part in name.parts
        )
    return all(part in said or f"{part}s" in said or _has_adjective(part, others, lang) for part in name.parts)


def _has_adjective(part: str, others: Sequence[Name], lang: str) -> bool:
    """Return whether one of `others` is the adjective of this name, or its noun: "Australia", "Australian"."""
    return (
        len(part) >= _MIN_ADJECTIVE_LETTERS
        and "-" not in part
        and any(
            word_relation(part, other, lang) in {WordRelation.SAME_STEM, WordRelation.INFLECTED, WordRelation.SAME}
            for each in others
            for other in each.parts
            if other[:_MIN_ADJECTIVE_LETTERS] == part[:_MIN_ADJECTIVE_LETTERS]
        )
    )


def without_acronyms(names: list[Name], text: str, others: Sequence[Name], other_text: str, lang: str) -> list[Name]:
    """Return `names`, those of `text`, without acronyms that the other text writes in full, and the other way round.

    "BoE" is left out if the other text has "Bank of England", and "Bank" and "England" if it has "BoE". A name that the
    other text has as it is stays.
    """
    in_full = [_written_in_full(o.text, text, lang) for o in others if is_acronym(o.text) and o.text not in text]
    return [
        name
        for name in names
        if name.text in other_text
        or not (
            any(name.text in each for each in in_full)
            or (is_acronym(name.text) and _written_in_full(name.text, other_text, lang))
        )
    ]


def _written_in_full(acronym: str, text: str, lang: str) -> str:
    """Return the words of `text` of which `acronym` has the initials, or ""."""
    letters, words = acronym.replace(".", "").upper(), words_of(text)
    if len(letters) < MIN_ACRONYM_LETTERS:
        return ""
    starts = [k for k, word in enumerate(words) if word[0] == letters[0]]
    for k, n in product(starts, range(len(letters), len(letters) + MAX_SMALL_WORDS + 1)):
        found = words[k : k + n]
        # "BOE" and "BE": the initials of words of grammar may be left out.
        large = [word for word in found if word.lower() not in lexicon.SMALL[lang]]
        if letters in {"".join([word[0] for word in each]).upper() for each in (found, large)}:
            return " ".join(found)
    return ""
