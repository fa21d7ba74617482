"""Compare the names of two texts, whole name by whole name.

"Villa" and "Aston Villa" are one name, and so are "Australia" and "Australian": what counts is whether somebody or
something else is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..model.change import FactKind
from . import function_words, lexicon
from .lemmas import is_unknown, is_word
from .mentions import GENITIVE, GERMAN_SAYING, PARTICLE, Mention, lowered, mentions
from .places import is_place as is_place_name
from .places import other_names
from .spelling import WordRelation, is_abbreviated, word_relation
from .word_edits import is_acronym, words_of

if TYPE_CHECKING:
    from ..model.article import Article

_GIVEN_NAMES_FILE: Final = Path(__file__).with_name("given_names.txt")
_MARKS: Final = ".,;:!?“”\"'’()"
_MIN_TITLE_CASE: Final = 0.8
_MIN_TITLE_CASE_WORDS: Final = 3
_MIN_ADJECTIVE_LETTERS: Final = 4
MIN_ACRONYM_LETTERS: Final = 3
MAX_SMALL_WORDS: Final = 3
"""Words of grammar within a name that its acronym leaves out, at most."""
MAX_INITIALS: Final = 3
"""Characters of the longest initials that a point follows within a name: "J.", "Dr."."""
_BEFORE_SENTENCE: Final = frozenset('.!?:“"„«‘(—–•+*')
# What stands before the name of a place that something is at.
_PLACE: Final = {
    lang: rf"(?<!\w)(?:{prepositions})\s+(?:\w+\s+)?\Z"
    for lang, prepositions in lexicon.by_language(
        "in|at|near|outside|across|from|around|into|off|(?:city|town|village|port|island|province|region|district) of"
        "§in|im|aus|nach|bei|vor|um§à|en|au|aux|dans|près de|vers|(?:ville|village|région|province) de"
        "§en|desde|hacia|cerca de|(?:ciudad|pueblo|región|provincia) de"
        "§a|in|nel|nella|da|verso|vicino a|(?:città|regione|provincia) di"
        "§em|no|na|desde|para|perto de|(?:cidade|região|província) de§in|te|bij|naar|uit|rond"
    ).items()
}
# What a place is called after its name: the Rubavu and Rusizi districts, the Kherson region.
_IS_PLACE: Final = re.compile(
    r"(?: and \w+)? (?:districts?|provinces?|regions?|county|counties|border|valley|peninsula|islands?|river|airport"
    r"|hospital|prison|stadium|station)\b",
    re.IGNORECASE,
)
# First words of places, which are words of the language too: New York.
_FIRST_WORDS: Final = ("New ", "Saudi ", "San ", "Los ", "El ")
# Names that are joined by nothing, or by a title, are one name.
_JOINTS: Final = lexicon.TITLES | {""}
# A word with its hyphens, points and apostrophes.
_WORD: Final = re.compile(r"\w(?:[\w'.-]*\w)?")
_ARTICLE: Final = re.compile(r"(?<!\w)(?:the|der|die|das|dem|den|des|la|le|el|il|lo|o|a|het)\s\Z", re.IGNORECASE)
_WITHIN_SENTENCE: Final = r"(?<=[a-zà-ÿ,;] ){}(?![\w'’-])"
_WORD_PART: Final = re.compile(r"\w+")


class ChangedName(NamedTuple):
    """A name that one side alone has, and the one that may have taken its place; an empty string where there is none.

    `is_place` says that it is a place: one that is known, or where the text puts something: "in Little Wick".
    """

    old: str
    new: str
    is_place: bool


class _Name(NamedTuple):
    text: str
    parts: frozenset[str]
    is_place: bool = False
    titled: bool = False


class NameInventory:
    """The words of both articles, which tell names from other words where a headline capitalises every word."""

    def __init__(self, old: Article, new: Article) -> None:
        self._articles = (old, new)
        self._words: frozenset[str] | None = None

    def may_be_name(self, word: str) -> bool:
        """Say whether the text writes *word* with a capital only; without a text any word may be a name."""
        if self._words is None:
            words = {word for article in self._articles for word in article.text.split()}
            self._words = frozenset(GENITIVE.sub("", word.strip(_MARKS)) for word in words)
        return not self._words or (word in self._words and word.lower() not in self._words)

    def is_name(self, word: str) -> bool:
        """Say whether the text writes *word* with a capital within sentences, and nowhere without one."""
        if not word[0].isalpha() or "." in word:
            return False
        # Most words stand nowhere else, which is known before the text is searched.
        texts = [article.text for article in self._articles if f" {word}" in article.text]
        within = _WITHIN_SENTENCE.format(re.escape(word))
        return any(re.search(within, text) for text in texts) and self.may_be_name(word)


def changed_names(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], inventory: NameInventory, lang: str
) -> list[ChangedName]:
    """Return the names that one side alone has, paired in order.

    Args:
        olds: the words of names in the old text.
        news: those in the new one.
        sides: both texts.
        inventory: the words of both articles.
        lang: the two letters of the language; an unknown one is read as English.
    """
    lang = lang if lang in lexicon.LANGUAGES else "en"
    olds, news = _with_first_words(olds, news, sides, inventory, lang)
    if not olds and not news:
        return []
    before = _whole_names(_without_title_case(olds, sides[0], inventory, lang), sides[0], lang)
    after = _whole_names(_without_title_case(news, sides[1], inventory, lang), sides[1], lang)
    before, after = (
        _without_acronyms(before, sides[0], after, sides[1], lang),
        _without_acronyms(after, sides[1], before, sides[0], lang),
    )
    removed = [name for name in before if not _is_named(name, after, sides[1], lang)]
    added = [name for name in after if not _is_named(name, before, sides[0], lang)]
    if not removed and not added:
        # Every name is on both sides, but one of them is said more often on one side: it may have replaced another.
        fewer, more = (
            Counter(n.parts for n in a) - Counter(n.parts for n in b) for a, b in ((before, after), (after, before))
        )
        # Where both texts say it as often, it only stands in another place: the order of words tells what that does.
        if not fewer or not more:
            return []
        words = [Counter(_WORD.findall(lowered(side))) for side in sides]
        fewer_words, more_words = words[0] - words[1], words[1] - words[0]
        removed = [n for n in before if fewer[n.parts] and _counts(n, fewer_words)]
        removed = [n for n in removed if not _is_otherwise_named(n, after, sides[1], lang)]
        added = [n for n in after if more[n.parts] and _counts(n, more_words)]
        added = [n for n in added if not _is_otherwise_named(n, before, sides[0], lang)]
        if not removed or not added or any(a.parts & b.parts for a in removed for b in added):
            return []
    # A place takes the place of a place, and somebody that of somebody.
    found = []
    for of_place in (False, True):
        gone, came = ([n for n in side if n.is_place is of_place] for side in (removed, added))
        for old, new in zip_longest(gone, came):
            only = old if new is None else new if old is None else None
            if only and not of_place and _is_thing(only, sides[old is None], lang):
                continue
            # Words of the language and abbreviations are no names that took each other's place wherever they stand.
            both = old and new and _is_thing(old, "", lang) and _is_thing(new, "", lang)
            if old and new and both and not _in_same_place(old, new, sides):
                continue
            # Something may be "in" what is no place; where one name took another's place, one of them must be known.
            is_place = of_place and (old is None or new is None or is_place_name(old.text) or is_place_name(new.text))
            found.append(ChangedName(old.text if old else "", new.text if new else "", is_place))
    return found


def _with_first_words(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], inventory: NameInventory, lang: str
) -> tuple[Sequence[Mention], Sequence[Mention]]:
    """Add the words that both texts begin with, where they differ and the articles have them as names elsewhere."""
    first = [_WORD.match(side) for side in sides]
    if lang == "de" or not (first[0] and first[1]) or first[0][0] == first[1][0]:
        return olds, news
    with_first = []
    for match, found in zip(first, (olds, news), strict=True):
        is_new = match is not None and not (found and found[0].start == 0) and inventory.is_name(match[0])
        with_first.append([Mention(FactKind.NAME, match[0], match[0], 0), *found] if match and is_new else found)
    return with_first[0], with_first[1]


def _is_thing(name: _Name, text: str, lang: str) -> bool:
    """Say whether a name is an abbreviation or a word of the language as well: "TV", "Senate".

    So are several such words after an article in *text*: "the Cabinet Office".
    """
    if name.titled or is_person(name.text):
        return False
    if len(name.parts) > 1 and not _ARTICLE.search(text.partition(name.text)[0]):
        return False
    return (len(name.parts) == 1 and name.text.isupper()) or _is_all_words(name, lang)


def _in_same_place(old: _Name, new: _Name, sides: tuple[str, str]) -> bool:
    """Say whether the word before or after two names is the same."""
    around = [
        (_WORD.findall(before)[-1:], _WORD.findall(after)[:1])
        for before, _, after in (side.partition(name.text) for name, side in zip((old, new), sides, strict=True))
    ]
    return any(here == there for here, there in zip(*around, strict=True))


def names_same(old: str, new: str, lang: str) -> bool:
    """Say whether both texts hold a name that is no word, abbreviation or place: they are about the same then."""
    said = [{m.key for m in mentions(text, lang) if m.kind is FactKind.NAME} for text in (old, new)]
    return any(not (key.isupper() or is_place_name(key) or is_word(key, lang)) for key in said[0] & said[1])


def _without_title_case(found: Sequence[Mention], text: str, inventory: NameInventory, lang: str) -> list[Mention]:
    """Return the names in *text*. In a headline in title case, the article's text says which words are names."""
    if lang != "en" or not found:
        return list(found)
    # Short words and those of grammar are not capitalised in titles; "promoted" is, and shows where it is not.
    small = function_words.GRAMMAR[lang] | function_words.PREPOSITIONS[lang]
    letters = [w for w in text.split() if w[0].isupper() or (len(w) > 3 and w[0].isalpha() and w not in small)]
    capitals = sum(w[0].isupper() for w in letters)
    if len(letters) < _MIN_TITLE_CASE_WORDS or capitals < _MIN_TITLE_CASE * len(letters):
        return list(found)
    return [m for m in found if inventory.may_be_name(m.key) or not is_word(m.key, lang)]


def _whole_names(found: Sequence[Mention], text: str, lang: str) -> list[_Name]:
    """Join neighbouring words of a name as the text has them: "Wang Wenbin"."""
    names: list[_Name] = []
    end = -9
    for m, following in zip_longest(found, found[1:]):
        gap = text[end : m.start]
        part = PARTICLE.sub("", m.key).replace(".", "").lower()
        # A point joins initials, and parts sentences.
        joined = gap.strip(" .").lower() in _JOINTS and (
            "." not in gap or len(text[:end].rsplit(" ", maxsplit=1)[-1]) <= MAX_INITIALS
        )
        # "Follow Chelsea": a word that begins a sentence has its capital for that.
        leads = following is not None and text[m.start + len(m.text) : following.start] == " "
        leads = leads and not (names and joined) and _begins_sentence(text, m.start)
        if leads and is_word(part, lang) and m.text not in _given_names():
            continue
        is_place = _IS_PLACE.match(text, m.start + len(m.text)) is not None
        if names and joined:
            last = names[-1]
            names[-1] = _Name(last.text + gap + m.text, last.parts | {part}, last.is_place or is_place, last.titled)
        else:
            before = text[max(0, m.start - 40) : m.start]
            first = next((word for word in _FIRST_WORDS if before.endswith(word)), "")
            titled = _ends_in_title(before, lang) or (lang == "de" and _ends_in_saying(before))
            # "Into President Biden" puts nothing anywhere.
            is_place = is_place or (not titled and bool(re.search(_PLACE[lang], before, re.IGNORECASE)))
            names.append(_Name(first + m.text, frozenset({part}), is_place, titled))
        end = m.start + len(m.text)
    names = [n._replace(is_place=(n.is_place and not is_person(n.text)) or is_place_name(n.text)) for n in names]
    if lang == "de":
        # Every noun has a capital in German: a name has a part that is no word, or is that of a place or a person.
        named = (
            n.titled or n.text.isupper() or is_place_name(n.text) or is_person(n.text) or not _is_all_words(n, lang)
            for n in names
        )
        return [_without_nouns(n) for n, is_name in zip(names, named, strict=True) if is_name]
    return names


def _without_nouns(name: _Name) -> _Name:
    """Return a German name compared by its words that are in no lexicon, genitive or not: "Festnahme Maduros"."""
    proper = frozenset(part.removesuffix("s") for part in name.parts if is_unknown(part, "de"))
    return name._replace(parts=proper) if proper and not is_person(name.text) else name


def _is_all_words(name: _Name, lang: str) -> bool:
    return not any(is_unknown(part, lang) for part in name.parts)


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return frozenset(_GIVEN_NAMES_FILE.read_text(encoding="utf-8").splitlines())


def is_person(name: str) -> bool:
    """Say whether *name* holds a given name with another word after it."""
    return not _given_names().isdisjoint(name.split()[:-1])


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or (before[-1] in _BEFORE_SENTENCE and not _ends_in_title(before, ""))


def _ends_in_saying(text: str) -> bool:
    return text.rstrip().rsplit(" ", 1)[-1] in GERMAN_SAYING


def _ends_in_title(text: str, lang: str) -> bool:
    return lexicon.is_title(text.rstrip(" .").rsplit(" ", 1)[-1], lang)


def _is_named(name: _Name, others: Sequence[_Name], side: str, lang: str) -> bool:
    """Say whether the other side names the same, in full, in part or by its initials, or says the words of the name."""
    if any(name.parts <= other.parts or other.parts <= name.parts or _abbreviates(name, other) for other in others):
        return True
    if any(_is_acronym(*sorted((name.text, other.text), key=len)) for other in others) or _has_other_name(name, side):
        return True
    if name.text.isupper() and len(name.text) >= MIN_ACRONYM_LETTERS and name.text in _initials(side):
        return True
    said = _all_words(side)
    return all(
        part in said or f"{part}s" in said or _said_in_parts(part, said) or _has_adjective(part, others, lang)
        for part in name.parts
    )


def _abbreviates(name: _Name, other: _Name) -> bool:
    """Say whether one of two names that share a word has the beginnings of the words of the other: "Man City"."""
    return not name.parts.isdisjoint(other.parts) and all(
        any(a == b or is_abbreviated(a, b) for b in other.parts) for a in name.parts
    )


def _counts(name: _Name, words: Counter[str]) -> bool:
    return any(words[part] for part in name.parts)


def _has_other_name(name: _Name, side: str) -> bool:
    """Say whether *side* has the place or party, or the first word of the name, by another name: "US", "America"."""
    low = name.text.casefold().rstrip(".")
    others = [other for word in {low, low.split()[0].rstrip(".")} for other in other_names(word) if other != word]
    text = lowered(side) if others else ""
    return any(re.search(rf"(?<!\w){re.escape(other)}(?!\w)", text) for other in others)


def _is_otherwise_named(name: _Name, others: Sequence[_Name], side: str, lang: str) -> bool:
    """Say whether the other side has a name by its adjective, its initials or another name."""
    if _has_other_name(name, side):
        return True
    different = [other for other in others if other.parts != name.parts]
    return any(_is_acronym(*sorted((name.text, other.text), key=len)) for other in different) or all(
        _has_adjective(part, different, lang) for part in name.parts
    )


def _said_in_parts(part: str, said: frozenset[str]) -> bool:
    return "-" in part and said.issuperset(_WORD_PART.findall(part))


def _has_adjective(part: str, others: Sequence[_Name], lang: str) -> bool:
    """Say whether another name is the adjective of this one, or the other way round: "Australia", "Australian"."""
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


def _is_acronym(short: str, long: str) -> bool:
    """Say whether one name is the initials of the other: "US", "United States"."""
    letters = short.replace(".", "")
    return len(letters) > 1 and letters.isupper() and _initials(long) == letters


def _without_acronyms(
    names: list[_Name], text: str, others: Sequence[_Name], other_text: str, lang: str
) -> list[_Name]:
    """Leave out acronyms that the other text writes in full, and names within what it writes as an acronym."""
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
    """Return the words of *text* of which *acronym* has the initials, or ""."""
    letters, words = acronym.replace(".", "").upper(), words_of(text)
    if len(letters) < MIN_ACRONYM_LETTERS:
        return ""
    starts = [k for k, word in enumerate(words) if word[0] == letters[0]]
    lengths = range(len(letters), len(letters) + MAX_SMALL_WORDS + 1)
    found = (words[k : k + n] for k in starts for n in lengths)
    return next((" ".join(each) for each in found if letters in function_words.initials(each, lang)), "")


def _initials(text: str) -> str:
    """Return the initials of the words with a capital: "Democratic Republic of the Congo" gives "DRC"."""
    return "".join(word[0] for word in _WORD.findall(text) if word[0].isupper() and not word.isupper())


@lru_cache(maxsize=2)
def _all_words(text: str) -> frozenset[str]:
    """Return every word of *text* in lower case, and each part of a hyphenated one."""
    low = lowered(text)
    return frozenset(_WORD.findall(low)) | frozenset(_WORD_PART.findall(low))
