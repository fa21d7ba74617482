# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Compare the names of two texts, whole name by whole name.

"Villa" and "Aston Villa" are one name, and so are "Australia" and "Australian": what counts is whether somebody or
something else is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.model.change import FactKind

from . import lexicon
from .lemmas import is_unknown, is_word, lemma
from .lexicon import PerLanguage
from .mentions import GERMAN_SAYING, NAME_PARTICLES, PARTICLE, Mention, lowered, mentions
from .name_forms import WORD, Name, is_event, is_named, is_organisation, is_otherwise_named, without_acronyms
from .places import is_place as is_place_name

if TYPE_CHECKING:
    from .name_inventory import NameInventory

_MIN_TITLE_CASE: Final = 0.8
_MIN_TITLE_CASE_WORDS: Final = 3
MAX_INITIALS: Final = 3
"""Characters of the longest initials that a point follows within a name: "J.", "Dr."."""
_BEFORE_SENTENCE: Final = frozenset('.!?:“"„«‘(—–•+*')
# What comes before the name of a place, and of little else.
_AT_PLACE: Final = PerLanguage(
    lambda lang: re.compile(
        rf"(?<!\w)(?:{lexicon.any_of(lexicon.entries(lang, 'names', 'at_place'))})\s+\Z", re.IGNORECASE
    )
)
# What comes before the name of a place that something is at, and before other names.
_IN_PLACE: Final = PerLanguage(
    lambda lang: re.compile(
        rf"(?<!\w)(?:{lexicon.any_of(lexicon.entries(lang, 'names', 'in_place'))})\s+(?:\w+\s+)?\Z", re.IGNORECASE
    )
)
# What a place is called after its name: the Rubavu and Rusizi districts, the Kherson region.
_IS_PLACE: Final = re.compile(
    r"(?: and \w+)? (?:districts?|provinces?|regions?|county|counties|border|valley|peninsula|islands?|river|airport"
    r"|hospital|prison|stadium|station)\b",
    re.IGNORECASE,
)
# First words of places, which are words of the language too: New York.
_FIRST_WORDS: Final = ("New ", "Saudi ", "San ", "Los ", "El ")
_ARTICLE: Final = re.compile(
    r"(?<!\w)(?:the|der|die|das|dem|den|des|vom|beim|la|le|du|el|del|il|lo|della|dalla|o|a|do|da|het|de)\s\Z",
    re.IGNORECASE,
)
# Who is told something is named by the way: "told the BBC", "a dit à la BBC", "vertelde aan de VRT".
_TOLD: Final = re.compile(r"(?<!\w)(?:tells?|told|telling|to|sagte|sagt|à|a|al|tegen|aan)\s+\w+\s\Z", re.IGNORECASE)
_ADJECTIVE_ENDINGS: Final = ("e", "er", "es", "en", "em")


_BARE_WORD: Final = re.compile(r" ([a-z]+)\b(?!-)")
_DESCRIBING: Final = re.compile(r"-[a-z]+\Z")


class ChangedName(NamedTuple):
    """A name that one side alone has, and the one that may have taken its place; an empty string where there is none.

    `is_place` says that it is a place: one that is known, or where the text puts something: "in Little Wick".
    """

    old: str
    new: str
    is_place: bool


def changed_names(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], inventory: NameInventory, lang: str
) -> list[ChangedName]:
    """Return the names that one side alone has, paired in order.

    Args:
        olds: the words of names in the old text.
        news: those in the new one.
        sides: both texts.
        inventory: the words of both articles.
        lang: one of `lexicon.LANGUAGES`.
    """
    olds, news = _with_first_words(olds, news, sides, inventory, lang)
    if not olds and not news:
        return []
    before = _whole_names(_without_title_case(olds, sides[0], inventory, lang), sides[0], lang)
    after = _whole_names(_without_title_case(news, sides[1], inventory, lang), sides[1], lang)
    before, after = (
        without_acronyms(before, sides[0], after, sides[1], lang),
        without_acronyms(after, sides[1], before, sides[0], lang),
    )
    before, after = ([n._replace(certain=n.certain or is_person(n.text)) for n in side] for side in (before, after))
    removed = [n for n in before if not is_named(n, after, sides[1], lang)]
    added = [n for n in after if not is_named(n, before, sides[0], lang)]
    if not removed and not added:
        # Every name is on both sides, but one of them is said more often on one side: it may have replaced another.
        fewer, more = (
            Counter(n.parts for n in a) - Counter(n.parts for n in b) for a, b in ((before, after), (after, before))
        )
        # Where both texts say it as often, it is only in another place: the order of words tells what that does.
        if not fewer or not more:
            return []
        words = [Counter(WORD.findall(lowered(side))) for side in sides]
        fewer_words, more_words = words[0] - words[1], words[1] - words[0]
        removed = [n for n in before if fewer[n.parts] and _counts(n, fewer_words)]
        removed = [n for n in removed if not is_otherwise_named(n, after, sides[1], lang)]
        added = [n for n in after if more[n.parts] and _counts(n, more_words)]
        added = [n for n in added if not is_otherwise_named(n, before, sides[0], lang)]
        if not removed or not added or any(a.parts & b.parts for a in removed for b in added):
            return []
    # A place takes the place of a place, and somebody that of somebody.
    found = []
    for of_place in (False, True):
        gone, came = ([n for n in side if n.may_be_place is of_place] for side in (removed, added))
        for pair in zip_longest(gone, came):
            for old, new in _parted(*pair, sides, lang):
                only = old if new is None else new if old is None else None
                if only and not of_place and (is_event(only.text) or _is_thing(only, sides[old is None], lang)):
                    continue
                if only and only.text.isupper() and inventory.is_outlet(only.text):
                    continue
                # Something may be "in" what is not a place; where one name took another's place, one of them must be known.
                is_place = of_place and (old is None or new is None or old.is_place or new.is_place)
                found.append(ChangedName(old.text if old else "", new.text if new else "", is_place))
    return found


def _with_first_words(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], inventory: NameInventory, lang: str
) -> tuple[Sequence[Mention], Sequence[Mention]]:
    """Add the words that both texts begin with, where they differ and the articles have them as names elsewhere."""
    first = [WORD.match(side) for side in sides]
    if lang == "de" or not (first[0] and first[1]) or first[0][0] == first[1][0]:
        return olds, news
    with_first = []
    for match, found in zip(first, (olds, news), strict=True):
        is_new = match is not None and not (found and found[0].start == 0) and inventory.is_name(match[0])
        with_first.append([Mention(FactKind.NAME, match[0], match[0], 0), *found] if match and is_new else found)
    return with_first[0], with_first[1]


def _parted(
    old: Name | None, new: Name | None, sides: tuple[str, str], lang: str
) -> list[tuple[Name | None, Name | None]]:
    """Return two names as a pair, or each alone if they did not take each other's place.

    Words of the language and abbreviations did so only next to the same word. Two that are in no list, but appear where
    places do, say where two things are: "in Oslo", "at the Lusail".
    """
    if not old or not new or _in_same_place(old, new, sides):
        return [(old, new)]
    if old.may_be_place and new.may_be_place:
        if not (old.is_place or new.is_place):
            return [(old, None), (None, new)]
        return [] if _is_thing(old, "", lang) and _is_thing(new, "", lang) else [(old, new)]
    return [(old, None), (None, new)] if _is_thing(old, "", lang) and _is_thing(new, "", lang) else [(old, new)]


def _is_thing(name: Name, text: str, lang: str) -> bool:
    """Return whether a name is a word of the language as well, or an abbreviation of such words: "Senate", "TV".

    So are several such words after an article in `text`: "the Cabinet Office".
    """
    if name.certain or is_person(name.text):
        return False
    before, _, after = text.partition(name.text)
    has_article = _ARTICLE.search(before) is not None
    if len(name.parts) == 1 and name.text.isupper():
        is_actor = has_article and _TOLD.search(before) is None and not _begins_with_noun(after, lang)
        return not (is_actor or lang == "de") or not is_organisation(name.text, lang)
    return (has_article or len(name.parts) == 1) and _is_all_words(name, lang)


def _begins_with_noun(text: str, lang: str) -> bool:
    """Return whether English `text` goes on with a bare word, which after a singular is a noun: "the RCN strike"."""
    match = _BARE_WORD.match(text) if lang == "en" else None
    if not match or match[1] in lexicon.SMALL[lang]:
        return False
    return is_word(match[1], lang) and lemma(match[1], lang) == match[1]


def _in_same_place(old: Name, new: Name, sides: tuple[str, str]) -> bool:
    """Return whether the word before or after two names is the same."""
    around = [
        (WORD.findall(before)[-1:], WORD.findall(after)[:1])
        for before, _, after in (side.partition(name.text) for name, side in zip((old, new), sides, strict=True))
    ]
    return any(here == there for here, there in zip(*around, strict=True))


def names_same(old: str, new: str, lang: str) -> bool:
    """Return whether both texts hold a name that is not a word, abbreviation or place: then they are about the same."""
    said = [{m.key for m in mentions(text, lang) if m.kind is FactKind.NAME} for text in (old, new)]
    return any(not (key.isupper() or is_place_name(key) or is_word(key, lang)) for key in said[0] & said[1])


def _without_title_case(found: Sequence[Mention], text: str, inventory: NameInventory, lang: str) -> list[Mention]:
    """Return the names in `text`. In a headline in title case, the article's text says which words are names."""
    if lang != "en" or not found:
        return list(found)
    # Short words and those of grammar are not capitalised in titles; "promoted" is, and shows where it is not.
    small = lexicon.SMALL[lang]
    letters = [w for w in text.split() if w[0].isupper() or (len(w) > 3 and w[0].isalpha() and w not in small)]
    capitals = sum(w[0].isupper() for w in letters)
    if len(letters) < _MIN_TITLE_CASE_WORDS or capitals < _MIN_TITLE_CASE * len(letters):
        return list(found)
    return [m for m in found if inventory.may_be_name(m.key) or not is_word(m.key, lang)]


def _whole_names(found: Sequence[Mention], text: str, lang: str) -> list[Name]:
    """Join neighbouring words of a name as the text has them: "Wang Wenbin"."""
    names: list[Name] = []
    end = -9
    for m, following in zip_longest(found, found[1:]):
        gap = text[end : m.start]
        part = PARTICLE.sub("", m.key).replace(".", "").lower()
        # A point joins initials, and parts sentences.
        last_word = text[:end].rsplit(" ", maxsplit=1)[-1]
        joined = gap.strip(" .").lower() in _joints() and ("." not in gap or len(last_word) <= MAX_INITIALS)
        # "Luis de la Fuente"; in other languages such words come between names as well: "Macron de France".
        joined = joined or (_is_particle(gap) and (lang == "en" or last_word in _given_names()))
        # "Follow Chelsea": a word that begins a sentence has its capital for that.
        leads = following is not None and text[m.start + len(m.text) : following.start] == " "
        leads = leads and not (names and joined) and _begins_sentence(text, m.start)
        if leads and m.text not in _given_names() and (is_word(part, lang) or _is_german_adjective(m, following, lang)):
            continue
        is_place = _IS_PLACE.match(text, m.start + len(m.text)) is not None
        in_institution = bool(names) and _names_institution(names[-1], gap, m.text, lang)
        if names and (joined or in_institution):
            last = names[-1]
            names[-1] = Name(last.text + gap + m.text, last.parts | {part}, last.is_place or is_place)._replace(
                may_be_place=last.may_be_place, certain=last.certain or in_institution
            )
        else:
            before = text[max(0, m.start - 40) : m.start]
            first = next((word for word in _FIRST_WORDS if before.endswith(word)), "")
            certain = _ends_in_title(before, lang) or (
                lang == "de" and before.rstrip().rsplit(" ", 1)[-1] in GERMAN_SAYING
            )
            # "Into President Biden" puts nothing anywhere.
            is_place = is_place or (not certain and _AT_PLACE[lang].search(before) is not None)
            may_be = is_place or (not certain and _IN_PLACE[lang].search(before) is not None)
            names.append(Name(first + m.text, frozenset({part}), is_place, may_be, certain))
        end = m.start + len(m.text)
    names = [_with_place(n) for n in names]
    if lang == "de":
        # Every noun has a capital in German: a name has a part that is not a word, or is that of a place or a person.
        named = (
            n.certain or n.text.isupper() or is_place_name(n.text) or is_person(n.text) or not _is_all_words(n, lang)
            for n in names
        )
        return [_without_nouns(n) for n, is_name in zip(names, named, strict=True) if is_name]
    return names


def _is_particle(gap: str) -> bool:
    """Return whether all that is between two words is particles of a name: "Kevin de Bruyne"."""
    return gap[:1] == " " == gap[-1:] and gap.strip() != "" and NAME_PARTICLES.issuperset(gap.split())


def _names_institution(name: Name, gap: str, following: str, lang: str) -> bool:
    """Return whether the words of a name go on after "of": "Bank" and "England", but not "Republic" and "Ireland"."""
    if gap.strip().lower() not in lexicon.entries(lang, "names", "of"):
        return False
    head = WORD.findall(name.text)[-1].lower()
    return (
        head not in lexicon.entries(lexicon.NAMES, "organisations", "no_institutions")
        and is_word(head, lang)
        and not lexicon.is_title(head, lang)
        and is_place_name(following)
        and not is_place_name(name.text)
    )


def _with_place(name: Name) -> Name:
    """Return a name with what it is, apart from where it appears: a person is not a place, and a known place is one."""
    # "German-made"
    known = is_place_name(_DESCRIBING.sub("", name.text))
    is_place = known or (name.is_place and not is_person(name.text))
    return name._replace(
        is_place=is_place and not (name.certain and len(name.parts) > 1 and not known),
        may_be_place=is_place or (name.may_be_place and not is_person(name.text) and not name.certain),
    )


def _without_nouns(name: Name) -> Name:
    """Return a German name without the nouns before it: "Vizepremier Mychajlo Fedorow", "Festnahme Maduros".

    It is compared by its words that are in no lexicon, genitive or not, unless it is that of a person.
    """
    words = name.text.split()
    while len(words) > 1 and words[0] not in _given_names() and not is_unknown(words[0], "de"):
        rest = " ".join(words[1:])
        # "Eintracht Braunschweig" is not a noun and a place.
        if not is_person(rest) and (is_place_name(words[1]) or not is_unknown(words[1], "de")):
            break
        name = name._replace(text=rest, parts=name.parts - {words[0].lower()})
        words = words[1:]
    proper = frozenset(part.removesuffix("s") for part in name.parts if is_unknown(part, "de"))
    return name._replace(parts=proper) if proper and not is_person(name.text) else name


def _is_german_adjective(word: Mention, noun: Mention | None, lang: str) -> bool:
    """Return whether a word before a German noun has the ending of an adjective: "Durchwachsene Bilanz"."""
    ending = lang == "de" and word.text.endswith(_ADJECTIVE_ENDINGS) and not is_place_name(word.text)
    return ending and noun is not None and not is_unknown(noun.text, lang)


def _is_all_words(name: Name, lang: str) -> bool:
    return not any(is_unknown(part, lang) for part in name.parts)


def is_given_name(word: str) -> bool:
    """Return whether a word is in the lists of given names."""
    return word in _given_names()


def is_surname(before: str, word: str, lang: str) -> bool:
    """Return whether a word with a capital comes after a given name, a title or an office: it names one person."""
    is_titled = lexicon.is_title(before, lang) or (before[:1].isupper() and lexicon.is_office(before, lang))
    return word[:1].isupper() and (before in _given_names() or is_titled)


def _given_names() -> frozenset[str]:
    return lexicon.lines("given_names.txt")


@cache
def _joints() -> frozenset[str]:
    """Return what joins two words of a name: nothing, or a title."""
    return lexicon.titles() | {""}


def is_person(name: str) -> bool:
    """Return whether `name` holds a given name with another word after it."""
    return not _given_names().isdisjoint(name.split()[:-1])


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or (before[-1] in _BEFORE_SENTENCE and not _ends_in_title(before, ""))


def _ends_in_title(text: str, lang: str) -> bool:
    return lexicon.is_title(text.rstrip(" .").rsplit(" ", 1)[-1], lang)


def _counts(name: Name, words: Counter[str]) -> bool:
    return any(words[part] for part in name.parts)
