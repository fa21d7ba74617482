"""Find the facts that a text mentions: numbers, dates, names, quotations, hedges, negations, sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ..model.change import FactKind
from . import lexicon, quantities
from .lexicon import PerLanguage, Phrases, is_unknown
from .number_words import inside
from .places import is_surely_place
from .word_edits import ELIDED

MAX_SPEAKER_WORDS: Final = 8
MAX_AUXILIARIES: Final = 2
"""The most words between a speaker and the verb: "fans have also claimed"."""
MAX_PASSIVE_CHARACTERS: Final = 20
"""The auxiliary of a verb is looked for within this many characters before it."""
MAX_WORD_CHARACTERS: Final = 40
_SAYING: Final = PerLanguage(lambda lang: Phrases(lexicon.entries(lang, "saying")))
_NOT_SAYING: Final = PerLanguage(
    lambda lang: re.compile("|".join(lexicon.entries(lang, "saying", "not_saying")) or r"(?!)")
)
# "Mourners are warned": the person who is told something is not its source.
_PASSIVE: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|being) (?:(?:\w+ly|also|already|now|just|still|even|again) )?\Z"
)
_SPEAKER_BEFORE: Final = re.compile(r"(?<![^\W_])([^\W_][\w'’.-]*)[ \u00a0]\Z")
_SPEAKER_AFTER: Final = re.compile(r"[ \u00a0]([^\W_](?:[\w'’.-]*[^\W_])?)")
# Next to a verb of saying, these words name nobody.
_NO_SPEAKERS: Final = PerLanguage(
    lambda lang: lexicon.SMALL[lang].union(
        lexicon.EMPHASIS[lang],
        lexicon.entries(lang, "saying"),
        lexicon.entries(lang, "grammar", "list_joints"),
        lexicon.entries(lang, "saying", "no_speakers"),
    )
)
# Words before a speaker. After one of the joints, the phrase continues with a noun: "the register of donations".
_ARTICLES: Final = PerLanguage(
    lambda lang: frozenset(lexicon.entries(lang, "saying", "articles")).union(lexicon.PRONOUNS[lang])
)
_JOINTS: Final = PerLanguage(lambda lang: lexicon.word_set(lang, "saying", "joints"))
# The quotation marks of all languages. A single mark is one only if it cannot be an apostrophe, and »…« only if it does
# not close a «…».
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
"""Hedges with the same meaning, each with the first hedge of its group."""
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
# Commas, points and dashes within a quotation are a matter of an outlet's style.
_STYLED = re.compile(r"[\s,.\-–]+")
# The speaker and the verb of saying after a quotation.
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
_NAME_GAPS: Final = frozenset({" ", ". "})
"""Between two words of one name."""

# Endings of adjectives that hedge, in all languages but English: "mutmaßliche", "acusada", "mogelijke".
_INFLECTED = re.compile(r"(?<=lich)(?:e[nmrs]?)\Z|(?<=elijk)e\Z|(?<=[éel])(?:e?s?)\Z|(?<=[a-zà-ÿ]{6})[oaei]s?\Z")

MAX_NAME_LETTERS = 15
"""A longer word that begins a sentence and is in no lexicon is several words without blanks."""
MIN_CAPITAL_QUOTE_WORDS = 3
"""A text in quotation marks that begins with a capital is a quotation if it has at least this many words."""

Places = list[tuple[int, int]]
"""The start and end of phrases in a text."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "fortnight": 1209600}
_MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200}
# Spans of time are compared in seconds or in months, because months have different numbers of days.
_LENGTHS = {unit: ("second", n) for unit, n in _SECONDS.items()} | {unit: ("month", n) for unit, n in _MONTHS.items()}


class Mention(NamedTuple):
    """One fact as it is in a text.

    Attributes:
        key: the value to compare: mentions with the same key state the same.
        text: the words.
        start: where the words begin.
        role: the thing that a number counts, as in `dates.Span`.
        unit: the unit of measurement ("usd", "year"); with another unit it is another number.
        whole: the words, including those of the unit.
        weak: why it only counts as a replacement, as in `dates.Span`; empty for most.
        measure: the quantity that the unit measures.
        said: for a source, where the verb of saying begins and ends.
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
        """The value to compare: the length of a span of time, the percentage of a part, or else the key."""
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
    """Return every fact that `text` mentions, by kind and then in order; an unknown language is read as English."""
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
    """Return `text` in lower case with plain apostrophes, letter for letter, so that its length does not change."""
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
        # One word with a capital is no quotation, nor are two without a speaker, nor the title of a page.
        n = len(key.split())
        is_title = inner[:1].isupper() and (n < MIN_CAPITAL_QUOTE_WORDS or text.startswith(_PARTS_OF_A_SITE, m.end()))
        if key and (not is_title or (n == MIN_CAPITAL_QUOTE_WORDS - 1 and _IS_SAID[lang].match(text, m.end()))):
            found.append(Mention(FactKind.QUOTE, key, m[0], m.start()))
    return found


def _hedges(
    text: str, low: str, places: Places, dates: Places, before_numbers: frozenset[int], lang: str
) -> list[Mention]:
    """Return the words that weaken or strengthen a statement; a question mark does too.

    `before_numbers` are the places right before numbers: "about" is a hedge only there.
    """
    marks = _QUESTION.finditer(text) if "?" in text else ()
    questions = [Mention(FactKind.HEDGE, "?", "?", m.start()) for m in marks]
    return questions + [
        # Hedges with the same meaning have one key, and so have the forms of an adjective: "mutmaßliche", "présumés".
        Mention(FactKind.HEDGE, _SAME_HEDGE[lang].get(hedge) or _INFLECTED.sub("", hedge), text[start:end], start)
        for start, end in places
        for hedge in [low[start:end].removesuffix("n't")]
        # With a capital, "May" is a month, or a hedge at the start of a sentence.
        if not inside(start, dates) and not (text[start:end] == "May" and not begins(text, start))
        if low[start:end] not in _HEDGES_OF_NUMBERS[lang] or end in before_numbers
        if low[start:end] not in _IDIOMS[lang] and not low.startswith("'t", end)
    ]


def _negations(text: str, low: str, places: Places, lang: str) -> list[Mention]:
    found = [
        Mention(FactKind.NEGATION, "not" if low[start:end] == "cannot" else low[start:end], text[start:end], start)
        for start, end in places
        # "No. 5" and "No 10" are numbers.
        if not (text[start:end] == "No" and _NUMBERED.match(text, end)) and low[start:end] not in _IDIOMS[lang]
    ]
    for m in _CONTRACTED_NOT.finditer(low) if "n't" in low else ():
        # The whole word is shown: "isn't".
        start, end = text.rfind(" ", 0, m.start()) + 1, text.find(" ", m.start())
        word = text[start : end if end >= 0 else len(text)].strip('.,;:!?“”"()')
        found.append(Mention(FactKind.NEGATION, "not", word, start))
    return sorted(found, key=lambda m: m.start)


def _names(text: str, lang: str, numbers_and_dates: Places) -> list[Mention]:
    found = []
    capitalised = list(_CAPITALISED.finditer(text))
    for k, m in enumerate(capitalised):
        bare = GENITIVE.sub("", m[0])
        low = bare.lower()
        is_small = low in lexicon.NO_NAMES[lang] and bare not in lexicon.ACRONYMS
        if is_small or lexicon.is_title(bare, lang) or inside(m.start(), numbers_and_dates):
            continue
        gap = text[capitalised[k - 1].end() : m.start()] if k else ""
        if lang == "en" and gap != " " and _DESCRIBES.search(bare):
            continue
        # The word is joined to a name if the word right before or after it may be one.
        is_joined = gap in _NAME_GAPS and capitalised[k - 1][0].lower() not in lexicon.NO_NAMES[lang]
        if not is_joined and k + 1 < len(capitalised):
            after = capitalised[k + 1]
            is_joined = text[m.end() : after.start()] in _NAME_GAPS and after[0].lower() not in lexicon.NO_NAMES[lang]
        if not is_joined:
            if begins(text, m.start()):
                if not (bare.isupper() or is_surely_place(bare) or _leads_as_name(bare, text, m.end(), lang)):
                    continue
            elif lang == "de" and not (bare.isupper() and len(bare) > 1):
                # Every German noun has a capital, but a name comes after a preposition, a verb of saying or a title.
                before = _WORD_BEFORE.search(text, max(0, m.start() - 40), m.start())
                may_follow = before is not None and (
                    before[1] in _GERMAN_PLACING
                    or before[1] in lexicon.entries("de", "saying", "said")
                    or lexicon.is_title(before[1], "de")
                )
                if not may_follow and not is_unknown(bare, lang):
                    continue
        found.append(Mention(FactKind.NAME, bare.replace("’", "'").rstrip("."), bare, m.start()))
    return found


def _leads_as_name(word: str, text: str, end: int, lang: str) -> bool:
    """Return whether the first word of a sentence is a name: a speaker, or no word of the language ("Lizzo")."""
    # A German noun alone in quotation marks is a term or a title: „Flashover“.
    if lang == "de" and _QUOTE_MARK.match(text, end) and text[end] != "'":
        return False
    # "Kevin de Bruyne": in English texts such words join only names.
    if lang == "en" and _JOINS_NAME.match(text, end):
        return True
    # The "Nurses" in "Nurses said" are a source, not a name.
    if not word.endswith("s") and _SPEAKS[lang].match(text, end):
        return True
    return word.isalpha() and len(word) <= MAX_NAME_LETTERS and is_unknown(word, lang)


class Attribution(NamedTuple):
    """The source of a statement: "a family friend said", "according to the register of donations".

    Attributes:
        noun: the noun or name next to the verb of saying, in lower case; empty for a pronoun or if there is none.
        start, end: where the whole source is: "the ministry of health"; without a noun, with the verb: "he said".
        verb: where the verb of saying, or "according to", begins.
        until: where the verb ends.
    """

    noun: str
    start: int
    end: int
    verb: int
    until: int


def _speaker_pattern(lang: str) -> re.Pattern[str]:
    """Return a pattern of the noun next to a verb of saying: "officials said", "said the baker", "according to Ann"."""
    names = {key: lexicon.any_of(lexicon.entries(lang, "saying", key)) for key in ("according_to", "articles", "said")}
    # "L'Eliseo" has no blank after its article.
    article = rf"(?:(?:{names['articles']})(?:\s|(?<=')))?"
    noun = r"[^\W\d_]+"
    # "State media", "police sources"; in other languages an adjective or the verb may come next.
    second = rf"(?: (?!(?:{lexicon.any_of(lexicon.SMALL[lang])})\b){noun})?" if lang == "en" else ""
    patterns = [
        rf"(?<!\w)(?:{names['according_to']}) {article}(?P<after>{noun}{second})",
        rf"[,“”«»\"’'] (?:(?:a|ont|ha|hanno) )?(?:{names['said']}) {article}(?P<behind>{noun}{second})",
        *lexicon.entries(lang, "saying", "speakers"),
    ]
    return re.compile("|".join(patterns))


_SPEAKER: Final = PerLanguage(_speaker_pattern)


def find_attributions(text: str, low: str, words: Sequence[tuple[str, int]], lang: str) -> list[Attribution]:
    """Return the attributions of a text, in order.

    `low` is the text in lower case with plain apostrophes; `words` are its words, as `lexicon.words_of` gives them.
    """
    verbs = _SAYING[lang].find(low, words)
    speakers = list(_SPEAKER[lang].finditer(low)) if verbs else []
    found = []
    k = 0
    for start, end in verbs:
        # "Said" within a sentence is a name, "Sources" a section.
        if text[start].isupper() and not begins(text, start):
            continue
        if _NOT_SAYING[lang].match(low, start) or _PASSIVE.search(low, max(0, start - MAX_PASSIVE_CHARACTERS), start):
            continue
        while k < len(speakers) and speakers[k].end() <= start:
            k += 1
        speaker = speakers[k] if k < len(speakers) and speakers[k].start() <= start else None
        at, until = speaker.span(speaker.lastgroup or 0) if speaker else (0, 0)
        noun = text[at:until]
        if not noun or noun.lower() in _NO_SPEAKERS[lang] or (lang == "de" and not noun[0].isupper()):
            begin, until = _with_subject(text, start, end, lang)
            if (begin, until) != (start, end):
                found.append(Attribution("", begin, until, start, end))
        elif speaker and speaker.lastgroup == "before":
            found.append(Attribution(noun.lower(), _leftwards(text, at, lang), until, start, end))
        else:
            first = _SPEAKER_BEFORE.search(text, max(0, at - MAX_WORD_CHARACTERS), at)
            has_article = first is not None and first[1].lower() in _ARTICLES[lang] and first.start() >= start
            begin = first.start() if first and has_article else at
            found.append(Attribution(noun.lower(), begin, _rightwards(text, until, lang), start, end))
    return found


def begins(text: str, at: int) -> bool:
    """Return whether a sentence, quotation or list item begins at `at`: a capital letter says nothing there."""
    before = text[max(0, at - 4) : at].rstrip()
    return not before or before[-1] in '.!?:“"„«‘(—–•'


def _with_subject(text: str, start: int, end: int, lang: str) -> tuple[int, int]:
    """Return where the noun phrase before a verb of saying is, or else the pronoun and the verb: "he has said"."""
    begin = start
    for _ in range(MAX_AUXILIARIES + 1):
        before = _SPEAKER_BEFORE.search(text, max(0, begin - MAX_WORD_CHARACTERS), begin)
        if before is None:
            break
        if before[1].lower() not in _NO_SPEAKERS[lang]:
            return _leftwards(text, before.start(), lang), before.end(1)
        begin = before.start()
    after = _SPEAKER_AFTER.match(text, end) if begin == start else None
    return begin, after.end() if after else end


def _leftwards(text: str, at: int, lang: str) -> int:
    """Return where the phrase begins whose last word is at `at`, with its article or the rest of a name."""
    begin, may_go_on, is_bare = at, True, True
    for _ in range(MAX_SPEAKER_WORDS):
        before = _SPEAKER_BEFORE.search(text, max(0, at - MAX_WORD_CHARACTERS), at)
        if before is None:
            # "Russian state media said"
            return at if is_bare else begin
        at, word = before.start(), before[1]
        if word.lower() in _JOINTS[lang]:
            may_go_on, is_bare = True, False
        elif word.lower() in _ARTICLES[lang] and may_go_on:
            begin, may_go_on, is_bare = at, False, False
        elif not may_go_on or word.lower() in _NO_SPEAKERS[lang]:
            break
        elif word[0].isupper() and begin == before.end():
            begin = at
    return begin


def _rightwards(text: str, end: int, lang: str) -> int:
    """Return where the phrase ends whose first noun ends at `end`: "the register" of donations, "Anna" Berg."""
    until = end
    is_joint = False
    for _ in range(MAX_SPEAKER_WORDS):
        after = _SPEAKER_AFTER.match(text, until)
        if after is None:
            break
        word = after[1].lower()
        if word in _JOINTS[lang]:
            is_joint = True
        elif is_joint and word in _ARTICLES[lang]:
            pass
        elif (is_joint or after[1][0].isupper()) and word not in _NO_SPEAKERS[lang]:
            end, is_joint = after.end(), False
        else:
            break
        until = after.end()
    return end
