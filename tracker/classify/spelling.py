"""Find how two written words are related: one word in two spellings, a slip, two forms of a word, or two words.

The number of letters that differ is never enough: a word is a slip only if it is no word of its language and the other
one is.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA

from . import lexicon
from .lexicon import is_word, lemma
from .places import bare, known_places, other_names

MAX_SLIP_LETTERS: Final = 2
"""A slip may differ from its word by this many letters; a short word by one."""
MIN_SLIP_LETTERS: Final = 3
MIN_TWO_LETTER_SLIP: Final = 8
"""A slip of at least this many letters may differ by two."""
MIN_MARKED_LETTERS: Final = 6
"""A word of at least this many letters is one with an acute or a grave accent: "près" and "prés" are two."""
MIN_LEFT_LETTERS: Final = 3
"""An abbreviation keeps and drops at least this many letters of a word: "Man City", not "Dan Brown(e)"."""
MIN_STEM_LETTERS: Final = 5
"""Two related words begin with at least this many letters in common."""

# Spanish wrote these with an accent until 2010, and many still do.
_ACCENTS_GIVEN_UP: Final = frozenset(
    "sólo éste ésta éstos éstas ése ésa ésos ésas aquél aquélla aquéllos aquéllas guión dió vió fué fuí".split()
)
# The reform of 1990 dropped these letters in Portuguese: "acção", "projecto", "óptimo". In short words they make two
# words: "pacto", "pato".
_MUTE: Final = re.compile(r"(?<=\w)[cp](?=ç)|(?<=\w{3})[cp](?=t)|(?<=^ó)p(?=t)")
# The endings of participles that agree in gender and number.
_AGREEMENT: Final = {
    "fr": re.compile(r"(?<=\w{3}[éiu])e?s?\Z"),
    **dict.fromkeys(("es", "pt"), re.compile(r"(?<=\w{2}[ai]d)[oa]s?\Z")),
    "it": re.compile(r"(?<=\w{2}[aiu]t)[oaie]\Z"),
}
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Spellings of British and American English, and of loanwords, as pairs of letters, each with the length of the shortest
# word in which they are the same word: "filled" and "filed", "prise" and "prize" are two.
_VARIANTS: Final = tuple(
    (one, other, int(shortest))
    for one, other, shortest in (
        variant.split("/")
        for variant in (
            "our/or/5 tre/ter/5 ence/ense/6 ise/ize/6 ising/izing/8 ised/ized/7 isation/ization/9 yse/yze/6 ogue/og/6 "
            "lled/led/7 lling/ling/8 cally/cly/8 ae/e/7 gramme/gram/7 ph/f/7 grey/gray/4"
        ).split()
    )
)
# English words for who or what does something have two spellings: "adviser", "advisor". Short ones are two words:
# "censer", "censor".
_DOER: Final = re.compile(r"(?<=\w{5})[eo](?=rs?\Z)")
# A consonant may be doubled after a second syllable: "benefited", "councillor". After the first, it makes another
# word: "scraped", "scrapped".
_DOUBLED: Final = re.compile(r"([aeiou]\w*?[^\Waeiou][aeiou])([lpst])\2(?=ed\Z|ing\Z|[eo]rs?\Z)")
# The end of names that languages and outlets write in many ways: Zelensky, Zelenskyy, Zelenskiy.
_SLAVIC: Final = re.compile(r"sk(?:[iy]{1,2}|[iy]j)\Z")
_TWO_WORDS: Final = re.compile(r"\w*(?:mass|buss|floss)(?:e[ns]?|t(?:en?)?)?")
MAX_WORD_LETTERS: Final = 80
"""The longest compounds have fewer. A longer run of letters is no word, and would take long to compare."""
MIN_VARIANT_LETTERS: Final = min(least for _, _, least in _VARIANTS)


class WordRelation(StrEnum):
    """How two words are related."""

    SAME = "one word, perhaps spelt or capitalised otherwise"
    SLIP = "one of the two is a slip for the other"
    LOOKALIKE = "two words that a slip may have exchanged"
    INFLECTED = "two forms of one word"
    SAME_STEM = "two words of one stem"
    OTHER = "two words"


def word_relation(old: str, new: str, lang: str) -> WordRelation:
    """Return how a word of the old text is related to the one that replaced it in the new text, both as written."""
    x, y = old.lower(), new.lower()
    if x == y:
        return WordRelation.SAME if same_case(old, new) else WordRelation.OTHER
    if max(len(x), len(y)) > MAX_WORD_LETTERS or (not (x.isalpha() and y.isalpha()) and any(map(str.isdigit, x + y))):
        return WordRelation.OTHER
    if not (x.isascii() and y.isascii()) and bare(x) == bare(y):
        return _accented(old, new, lang)
    if {x, y} <= known_places():  # "Austria", "Australia"
        return WordRelation.OTHER
    if _are_variants(x, y, lang) or (old[:1].isupper() and _SLAVIC.sub("ski", x) == _SLAVIC.sub("ski", y)):
        return WordRelation.SAME
    if "ß" in x + y and x.replace("ß", "ss") == y.replace("ß", "ss"):
        # "Strasse" is how Swiss German writes "Straße"; "Masse" and "Maße" are two words.
        return WordRelation.LOOKALIKE if _TWO_WORDS.fullmatch(x.replace("ß", "ss")) else WordRelation.SAME
    shortest = min(len(x), len(y))
    most = MAX_SLIP_LETTERS if shortest >= MIN_TWO_LETTER_SLIP else 1
    if shortest >= MIN_SLIP_LETTERS and OSA.distance(x, y, score_cutoff=most) <= most:
        return _misspelt(old, new, lang)
    return _related(x, y, lang)


def _are_variants(x: str, y: str, lang: str) -> bool:
    if lang == "de" and x.translate(_UMLAUTS) == y.translate(_UMLAUTS):
        return True
    if lang == "pt" and _MUTE.sub("", x) == _MUTE.sub("", y):
        return True
    shortest = min(len(x), len(y))
    # Only "ph" and "f" change both ends of a word: "Photograph", "Fotograf".
    if shortest < MIN_VARIANT_LETTERS or (x[0] != y[0] and x[-1] != y[-1] and "ph" not in x + y):
        return False
    # Both patterns change the end of a word alone: most pairs need neither.
    if lang == "en" and x[:3] == y[:3]:
        spelt_alike = (_DOER.sub("e", x), _DOUBLED.sub(r"\1\2", x)), (_DOER.sub("e", y), _DOUBLED.sub(r"\1\2", y))
        if any(a == b for a, b in zip(*spelt_alike, strict=True)):
            return True
    return any(
        shortest >= least and (a in x or a in y) and x.replace(a, b) == y.replace(a, b) for a, b, least in _VARIANTS
    )


def differ_in_agreement(x: str, y: str, lang: str) -> bool:
    """Return whether two participles in lower case differ in number or gender alone ("retrouvés", "retrouvé").

    In Dutch, so do two forms of one verb that sound the same: "betreurd", "betreurt".
    """
    if lang == "nl":
        return x[:-1] == y[:-1] and {x[-1], y[-1]} == {"d", "t"}
    ending = _AGREEMENT.get(lang)
    return ending is not None and ending.search(x) is not None and ending.sub("", x) == ending.sub("", y)


def same_surname(a: str, b: str) -> bool:
    """Return whether two surnames are one but for case, accents and a Slavic ending: "Woods" and "Wood" are two."""
    x, y = (_SLAVIC.sub("ski", bare(name.lower())).replace("ß", "ss") for name in (a, b))
    return x == y


def same_case(a: str, b: str) -> bool:
    """Return whether two words differ at most in case, and not as an acronym differs from a word: "US", "us"."""
    if a == b or a.lower() != b.lower():
        return True
    # "us" and "US" are two words; "NASA" and "Nasa" are one.
    short_acronym = (a.isupper() != b.isupper()) and 1 < len(a) <= 5
    return not (short_acronym and (a.islower() or b.islower()))


def is_abbreviated(a: str, b: str) -> bool:
    """Return whether one of two words is the beginning of the other: "Man" of "Manchester"."""
    short, long = sorted((a, b), key=len)
    return len(short) >= MIN_LEFT_LETTERS and len(long) - len(short) >= MIN_LEFT_LETTERS and long.startswith(short)


def differ_in_accents(a: str, b: str) -> bool:
    """Return whether two words differ only in their accents."""
    return a.lower() != b.lower() and bare(a.lower()) == bare(b.lower())


def _accented(old: str, new: str, lang: str) -> WordRelation:
    """Judge two words that differ in accents alone: one word, unless the plain one is another ("años", "anos")."""
    # French capitals may lack their accents: "A partir", "À partir".
    is_same_but_capital = lang == "fr" and old[1:] == new[1:] and old[0].isupper() and new[0].isupper()
    is_one_word = is_same_but_capital or (len(old) >= MIN_MARKED_LETTERS and _marked(old, lang) == _marked(new, lang))
    plain, accented = sorted((old, new), key=lambda word: not word.isascii())
    if lang == "es" and accented.lower() in _ACCENTS_GIVEN_UP and plain.isascii():
        return WordRelation.SAME
    # The lexicon has some words also without their accents: "nao" for "não".
    is_plain_word = is_word(plain, lang) or plain.lower() in lexicon.SMALL[lang]
    if is_one_word or not is_plain_word or lemma(plain, lang) == accented.lower():
        return WordRelation.SAME
    # It lacks few words, but many names: "Zoë".
    if not is_word(accented, lang) and (accented[0].isupper() or not plain.isascii()):
        return WordRelation.SAME
    # Another tense or mood ("konnte", "könnte"), another word, or a slip. A participle lost its accent in French.
    related = _related(old.lower(), new.lower(), lang) if lang == "fr" else WordRelation.OTHER
    return WordRelation.LOOKALIKE if related is WordRelation.OTHER else related


def _marked(word: str, lang: str) -> str:
    """Return a word with one accent for the acute and the grave ("perché", "perchè"), in Dutch without diaereses."""
    letters = unicodedata.normalize("NFD", word.lower()).replace("\u0300", "\u0301")
    return letters.replace("\u0308", "") if lang == "nl" else letters


def _misspelt(old: str, new: str, lang: str) -> WordRelation:
    """Judge two words that differ in one or two letters: a slip, two forms of a word, or two words that look alike."""
    before, after = is_word(old, lang), is_word(new, lang)
    if old[:1].isupper() and new[:1].isupper():
        # Names that may be words differ in their first letter: "Holland". Two letters that were exchanged are a slip,
        # and German writes every noun with a capital.
        begin_otherwise = lang != "de" and old[0] != new[0] and old[:2].lower() != new[1::-1].lower()
        # A name is in no lexicon, and one letter makes another name.
        if not after or begin_otherwise:
            return WordRelation.OTHER
    if after and not before:
        # A word that is newly misspelt, or one in the place of a name, is not the mending of a slip.
        return WordRelation.LOOKALIKE if old[:1].isupper() and not new[:1].isupper() else WordRelation.SLIP
    if before and after:
        related = _related(old.lower(), new.lower(), lang)
        return WordRelation.LOOKALIKE if related is WordRelation.OTHER and len(old) > 3 else related
    return WordRelation.LOOKALIKE


def _related(x: str, y: str, lang: str) -> WordRelation:
    """Judge two words in lower case by their base forms and stems."""
    a, b = lemma(x, lang), lemma(y, lang)
    if a == b or y in other_names(x):  # "the Tory leader", "the Conservative leader"
        return WordRelation.INFLECTED
    if a[:MIN_STEM_LETTERS] != b[:MIN_STEM_LETTERS]:
        return WordRelation.OTHER
    shared = next((i for i, (c, d) in enumerate(zip(a, b, strict=False)) if c != d), min(len(a), len(b)))
    if shared >= MIN_STEM_LETTERS and shared >= max(len(a), len(b)) - 4:
        return WordRelation.SAME_STEM
    return WordRelation.OTHER
