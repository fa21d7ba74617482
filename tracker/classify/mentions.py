"""Find the facts that a text mentions: numbers, dates, names, quotations, hedges, negations, sources."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from ..model.change import FactKind
from . import lexicon, quantities
from .attributions import begins, find_attributions
from .lexicon import PerLanguage, Phrases, is_unknown
from .number_words import inside
from .places import is_surely_place
from .word_edits import ELIDED

# Quotation marks of all the languages. A single mark is one only where it cannot be an apostrophe, and »…« only where
# it does not close a «…».
_QUOTE = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«\s*([^«»]+?)\s*»|\"([^\"]+)\"|(?<![\w])‘([^‘’]*(?:’\w[^‘’]*)*)’(?!\w)"
    r"|(?<![\w'])'([^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*)'(?![\w'])|(?<![\w.,!?…])»([^«»\n]+)«|「([^「」]+)」|『([^『』]+)』"
    r"|”([^“”„\n]+)”|‚([^‚‘’]+)[‘’]|‹([^‹›]+)›|›([^‹›\n]+)‹|\"([^\"“”„\n]+)[“”]"
    r"|“([^“”]+)\Z"  # one that goes on in the next paragraph
)
_QUOTE_MARK = re.compile("[“„«\"‘'»「『”‚‹›]")
_IDIOMS: Final = PerLanguage(lambda lang: lexicon.word_set(lang, "idioms"))
_HEDGE: Final = PerLanguage(lambda lang: Phrases(lexicon.entries(lang, "hedges"), _IDIOMS[lang]))
_HEDGES_OF_NUMBERS: Final = PerLanguage(lambda lang: lexicon.word_set(lang, "hedges", "before_numbers"))
_SAME_HEDGE: Final = PerLanguage(
    lambda lang: {
        hedge: group.partition(" | ")[0]
        for group in lexicon.entries(lang, "hedges", "synonyms")
        for hedge in group.split(" | ")
    }
)
"""Hedges that say the same as another, by the first of their group."""
_NEGATION: Final = PerLanguage(lambda lang: Phrases(lexicon.entries(lang, "negations"), _IDIOMS[lang]))
_CONTRACTED_NOT = re.compile(r"(?<=\w)n't(?!\w)")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĘĚĞĠĢĪİŁĽŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŹŻŽ]"
NAME_PARTICLES = frozenset("da de di do dos del della van von der den ter al bin le la el".split())
"""Words within names that have a small letter."""
_JOINS_NAME = re.compile(rf"(?: (?:{'|'.join(NAME_PARTICLES)})){{1,2}} {_CAPITAL}")
PARTICLE = re.compile(r"(?:[ae]l|a[dnrstz]|ash)-(?=\w)", re.IGNORECASE)
"""An article of Arabic names, which is often left out: al-Assad, ash-Shami."""
# A word with a capital letter, or initials: U.S., J.F.K.
# Not the article before it: L'Iran, Dell'Utri; not a degree: 20°C.
_CAPITALISED = re.compile(
    rf"(?<![\w°])(?!(?i:{ELIDED})['’]{_CAPITAL})(?:{PARTICLE.pattern})?{_CAPITAL}[\w’'-]*(?:(?:\.{_CAPITAL})+\.?)?"
)
# "Covid-hit", "German-made"; in "Kim Min-ji" another capital comes before.
_DESCRIBES = re.compile(r"-[a-z]+$")
_SPEAKS: Final = PerLanguage(
    lambda lang: re.compile(rf"(?:['’]s)?\s+(?:{lexicon.any_of(lexicon.entries(lang, 'saying', 'said'))})(?!\w)")
)
_CURRENCY_SIGNS = " \u00a0$€£¥₹"
GENITIVE = re.compile(r"['’]s?$")
# Commas, points and dashes within a quotation are form: outlets style them.
_STYLED = re.compile(r"[\s,.\-–]+")
# Behind a quotation: who said it, and that it was said.
_IS_SAID: Final = PerLanguage(
    lambda lang: re.compile(
        rf",?\s(?:(?!(?:{lexicon.any_of(lexicon.entries(lang, 'grammar', 'list_joints'))})\b)[^\W\d_]+\s){{0,3}}?"
        rf"(?:{lexicon.any_of((*lexicon.entries(lang, 'saying', 'said'), 'told', 'tells'))})(?!\w)"
    )
)
_PARTS_OF_A_SITE: Final = (" page", " section", " chapter", " article")
_QUESTION = re.compile(r"\?+")
_NUMBERED = re.compile(r"\.?\s?\d")
_GERMAN_PLACING = frozenset({"in", "nach", "aus", "von", "bei"})
_WORD_BEFORE = re.compile(r"(\w+)\s+\Z")

# Endings of adjectives that hedge, in all languages but English: "mutmaßliche", "acusada", "mogelijke".
_INFLECTED = re.compile(r"(?<=lich)(?:e[nmrs]?)\Z|(?<=elijk)e\Z|(?<=[éel])(?:e?s?)\Z|(?<=[a-zà-ÿ]{6})[oaei]s?\Z")

MAX_NAME_LETTERS = 15
"""A longer word that begins a sentence and is in no lexicon is words that ran together."""
MIN_CAPITAL_QUOTE_WORDS = 3
"""Words from which something in quotation marks that begins with a capital is taken for a quotation."""

Places = list[tuple[int, int]]
"""The start and end of phrases in a text."""


# Spans of time in seconds, or in months: no number of days is a month.
_LENGTHS = {
    **{
        unit: ("second", n)
        for unit, n in (
            *(("second", 1), ("minute", 60), ("hour", 3600)),
            *(("day", 86400), ("week", 604800), ("fortnight", 1209600)),
        )
    },
    **{unit: ("month", n) for unit, n in (("month", 1), ("year", 12), ("decade", 120), ("century", 1200))},
}


class Mention(NamedTuple):
    """One fact as a text states it.

    Attributes:
        key: what is compared: mentions with the same key state the same.
        text: the words.
        start: where they begin.
        role: what a number counts.
        unit: what it is measured in ("usd", "year"); with another unit it is another number.
        whole: the words with those of the unit.
        weak: why it says nothing on its own, as in `dates.Span`; empty for most.
        measure: what the unit measures.
        said: of a source, where the verb of saying begins and ends.
    """

    kind: FactKind
    key: str
    text: str
    start: int
    role: str = ""
    unit: str = ""
    whole: str = ""
    weak: str = ""
    measure: str = ""
    said: tuple[int, int] = (0, 0)

    @property
    def value(self) -> str:
        """What is compared: the length of a span of time, whatever its unit; the percentage of a part; else the key."""
        if self.measure == "part":
            share, _, whole = self.key.partition("/")
            return f"{100 * int(share) / int(whole):g}" if share.isdigit() and whole.isdigit() else self.key
        unit, times = _LENGTHS.get(self.unit, ("", 0)) if self.measure == "duration" else ("", 0)
        try:
            return f"{float(self.key) * times:g} {unit}" if unit else self.key
        except ValueError:  # a range: "5–7"
            return self.key


# The same sentence is read for facts, for form and, as the old side, for the next version.
@lru_cache(maxsize=2048)
def mentions(text: str, lang: str = "en") -> tuple[Mention, ...]:
    """Return every fact that `text` mentions, by kind and then in order.

    A language that we do not know is read as English.
    """
    lang = lang if lang in lexicon.LANGUAGES else "en"
    low = lowered(text)
    words = lexicon.words_of(low)
    spans = quantities.find_dates_and_numbers(text, low, words, lang)
    found = [
        Mention(
            *(s.kind, s.key, text[s.start : s.end].strip(), s.start, s.role, s.unit, text[s.start : s.until].strip()),
            *(s.weak, s.measure),
        )
        for s in spans
    ]
    dates = [(s.start, s.end) for s in spans if s.kind is FactKind.DATE]
    before_numbers = frozenset(
        len(low[: s.start].rstrip(_CURRENCY_SIGNS)) for s in spans if s.kind is FactKind.NUMBER or s.measure
    )
    found += [*_quotes(text, lang), *_hedges(text, low, _HEDGE[lang].find(low, words), dates, before_numbers, lang)]
    found += [*_negations(text, low, _NEGATION[lang].find(low, words), lang)]
    found += [
        Mention(FactKind.SOURCE, each.noun, text[each.start : each.end], each.start, said=(each.verb, each.until))
        for each in find_attributions(text, low, words, lang)
    ]
    return (*found, *_names(text, lang, sorted((s.start, s.until) for s in spans)))


def lowered(text: str) -> str:
    """Return `text` in lower case with plain apostrophes, letter for letter: it is as long as it was."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join([c.lower() if len(c.lower()) == 1 else c for c in text])
    return low.replace("’", "'")


def _quotes(text: str, lang: str) -> list[Mention]:
    if _QUOTE_MARK.search(text) is None:
        return []
    found = []
    for m in _QUOTE.finditer(text):
        inner = next(group for group in m.groups() if group is not None)
        key = _STYLED.sub(" ", inner.replace("’", "'").lower()).strip()
        # One word with a capital is none, nor are two that nobody is said to say, nor the title of a page.
        n = len(key.split())
        is_title = inner[:1].isupper() and (n < MIN_CAPITAL_QUOTE_WORDS or text.startswith(_PARTS_OF_A_SITE, m.end()))
        if key and (not is_title or (n == MIN_CAPITAL_QUOTE_WORDS - 1 and _IS_SAID[lang].match(text, m.end()))):
            found.append(Mention(FactKind.QUOTE, key, m[0], m.start()))
    return found


def _hedges(
    text: str, low: str, places: Places, dates: Places, before_numbers: frozenset[int], lang: str
) -> list[Mention]:
    """Return the words that weaken or strengthen a statement; a question mark does too.

    `before_numbers` are the places right before numbers: "about" is a hedge there alone.
    """
    marks = _QUESTION.finditer(text) if "?" in text else ()
    questions = [Mention(FactKind.HEDGE, "?", "?", m.start()) for m in marks]
    return questions + [
        Mention(FactKind.HEDGE, _hedge_key(low[start:end].removesuffix("n't"), lang), text[start:end], start)
        for start, end in places
        # "May" is a month, and hedges only where a sentence may begin with it.
        if not inside(start, dates) and not (text[start:end] == "May" and not begins(text, start))
        if low[start:end] not in _HEDGES_OF_NUMBERS[lang] or end in before_numbers
        if low[start:end] not in _IDIOMS[lang] and not low.startswith("'t", end)
    ]


def _hedge_key(hedge: str, lang: str) -> str:
    """Return one key for hedges that say the same, and for the forms of an adjective: "mutmaßliche", "présumés"."""
    return _SAME_HEDGE[lang].get(hedge) or _INFLECTED.sub("", hedge)


def _negations(text: str, low: str, places: Places, lang: str) -> list[Mention]:
    found = [
        Mention(FactKind.NEGATION, "not" if low[start:end] == "cannot" else low[start:end], text[start:end], start)
        for start, end in places
        # "No. 5" and "No 10" are numbers.
        if not (text[start:end] == "No" and _NUMBERED.match(text, end)) and low[start:end] not in _IDIOMS[lang]
    ]
    contracted = _CONTRACTED_NOT.finditer(low) if "n't" in low else ()
    found += [
        Mention(FactKind.NEGATION, "not", _whole_word(text, m.start()), text.rfind(" ", 0, m.start()) + 1)
        for m in contracted
    ]
    return sorted(found, key=lambda m: m.start)


def _whole_word(text: str, at: int) -> str:
    start = text.rfind(" ", 0, at) + 1
    end = text.find(" ", at)
    return text[start : end if end >= 0 else len(text)].strip('.,;:!?“”"()')


def _names(text: str, lang: str, numbers_and_dates: Places) -> list[Mention]:
    found = []
    capitalised = list(_CAPITALISED.finditer(text))
    for k, m in enumerate(capitalised):
        bare = GENITIVE.sub("", m[0])
        low = bare.lower()
        is_small = low in lexicon.NO_NAMES[lang] and bare not in lexicon.ACRONYMS
        if is_small or lexicon.is_title(bare, lang) or inside(m.start(), numbers_and_dates):
            continue
        follows = k > 0 and text[capitalised[k - 1].end() : m.start()] == " "
        if lang == "en" and not follows and _DESCRIBES.search(bare):
            continue
        if not _is_joined(text, capitalised, k, lang):
            if begins(text, m.start()):
                if not (bare.isupper() or is_surely_place(bare) or _leads_as_name(bare, text, m.end(), lang)):
                    continue
            elif lang == "de" and not (
                # In German every noun has a capital.
                (bare.isupper() and len(bare) > 1) or _may_follow(text, m.start()) or is_unknown(bare, lang)
            ):
                continue
        found.append(Mention(FactKind.NAME, bare.replace("’", "'").rstrip("."), bare, m.start()))
    return found


def _may_follow(text: str, at: int) -> bool:
    """Return whether a German name may be at `at`: after a preposition, a verb of saying or a title."""
    before = _WORD_BEFORE.search(text, max(0, at - 40), at)
    return before is not None and (
        before[1] in _GERMAN_PLACING
        or before[1] in lexicon.entries("de", "saying", "said")
        or lexicon.is_title(before[1], "de")
    )


def _leads_as_name(word: str, text: str, end: int, lang: str) -> bool:
    """Return whether the first word of a sentence is a name: it speaks, or is not a word of the language ("Lizzo")."""
    # A German noun alone in quotation marks is a term, or the title of something: „Flashover“.
    if lang == "de" and _QUOTE_MARK.match(text, end) and text[end] != "'":
        return False
    # "Kevin de Bruyne": in English texts such words join names and nothing else.
    if lang == "en" and _JOINS_NAME.match(text, end):
        return True
    # "Nurses said" is left to the sources.
    if not word.endswith("s") and _SPEAKS[lang].match(text, end):
        return True
    return word.isalpha() and len(word) <= MAX_NAME_LETTERS and is_unknown(word, lang)


def _is_joined(text: str, words: list[re.Match[str]], k: int, lang: str) -> bool:
    """Return whether the capitalised word before or after word `k` is right next to it and may be a name."""
    after = k + 1 < len(words) and text[words[k].end() : words[k + 1].start()] in {" ", ". "}
    before = k > 0 and text[words[k - 1].end() : words[k].start()] in {" ", ". "}
    return (after and words[k + 1][0].lower() not in lexicon.NO_NAMES[lang]) or (
        before and words[k - 1][0].lower() not in lexicon.NO_NAMES[lang]
    )
