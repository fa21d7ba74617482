"""Read the facts a stretch of text mentions: numbers, dates, names, quotations, hedges, negations, sources."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..model import FactKind
from . import figures, lexicon
from .dates import inside

_QUOTE = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«\s*([^«»]+?)\s*»|\"([^\"]+)\"|(?<![\w])‘([^‘’]*(?:’\w[^‘’]*)*)’(?!\w)"
    r"|(?<![\w'])'([^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*)'(?![\w'])|(?<![\w.,!?…])»([^«»\n]+)«|「([^「」]+)」|『([^『』]+)』"
    r"|”([^“”„\n]+)”|‚([^‚‘’]+)[‘’]|‹([^‹›]+)›|›([^‹›\n]+)‹"
)
_HEDGE = lexicon.Phrases.of(lexicon.HEDGES)
_NEGATION = lexicon.Phrases.of(lexicon.NEGATIONS)
_NOT = re.compile(r"(?<=\w)n't(?!\w)")
_SAYING = lexicon.Phrases.of(lexicon.SAYING)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĘĚĞĠĢĪİŁĽŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŹŻŽ]"
_CAPITALISED = re.compile(rf"(?<!\w){_CAPITAL}[\w’'-]*(?:\.{_CAPITAL}\.?)*")
_BEGINS = frozenset('.!?:“"„«‘(—–•')
_SPEAKER = re.compile(
    r"(?:^|\s|[“”\",])(?P<before>[^\W\d_]{3,}) (?:said|says|told|added|announced)(?!\w)"
    r"|(?<!\w)according to (?:the |a |an )?(?P<after>[^\W\d_]+(?: [^\W\d_]+)?)"
)
_GIVEN = re.compile(rf"(?:{_CAPITAL}[\w’'.-]*[ ]){{1,3}}\Z")
_SUBJECT = re.compile(r"(?:['’]s)?\s+(?:said|says|told|tells|has|had|sagte|sagt|dijo|disse|zei)(?!\w)")
_SIGNS = " \u00a0$€£¥₹"
_ASKS = re.compile(r"\?+")
_PRONOUNS = frozenset("they she who that which also and but".split())


Places = list[tuple[int, int]]
"""Where phrases stand in a text: start and end."""


class Mention(NamedTuple):
    """One fact as it is said: *key* is what is compared, *text* the words, *start* where, *role* what it is about.

    A number with a *unit* ("usd", "year") differs from the same one with another; *whole* is it with the unit's words.
    """

    kind: FactKind
    key: str
    text: str
    start: int
    role: str = ""
    unit: str = ""
    whole: str = ""


@lru_cache(maxsize=2048)
def mentions(text: str, lang: str = "en") -> tuple[Mention, ...]:
    """Return every fact *text* mentions, by kind and then in order; a language we do not know is read as English."""
    lang = lang if lang in lexicon.LANGUAGES else "en"
    low = lowered(text)
    scanned = lexicon.scan(low)
    spans = figures.read(text, low, scanned, lang)
    found = [
        Mention(s.kind, s.key, text[s.start : s.end].strip(), s.start, s.role, s.unit, text[s.start : s.until].strip())
        for s in spans
    ]
    dated = [(s.start, s.end) for s in spans if s.kind is FactKind.DATE]
    counted = frozenset(len(low[: s.start].rstrip(_SIGNS)) for s in spans)
    found += [*_quotes(text), *_hedges(text, low, _HEDGE[lang].find(low, scanned), dated, counted)]
    found += [*_negations(text, low, _NEGATION[lang].find(low, scanned))]
    found += [*_sources(text, low, _SAYING[lang].find(low, scanned))]
    return (*found, *_names(text, lang, sorted((s.start, s.end) for s in spans)))


def lowered(text: str) -> str:
    """Return *text* in lower case with plain apostrophes, letter for letter as long as it was."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join([c.lower() if len(c.lower()) == 1 else c for c in text])
    return low.replace("’", "'")


def _quotes(text: str) -> list[Mention]:
    found = []
    for m in _QUOTE.finditer(text):
        inner = next(group for group in m.groups() if group is not None)
        key = re.sub(r"[\s,.\-–]+", " ", inner.replace("’", "'").lower()).strip()
        if key:
            found.append(Mention(FactKind.QUOTE, key, m[0], m.start()))
    return found


def _hedges(
    text: str, low: str, places: Places, dated: list[tuple[int, int]], before_numbers: frozenset[int]
) -> list[Mention]:
    """Return the words that weaken or strengthen a statement; a question mark does too."""
    asked = [Mention(FactKind.HEDGE, "?", "?", m.start()) for m in _ASKS.finditer(text)]
    return asked + [
        Mention(FactKind.HEDGE, low[start:end].removesuffix("n't"), text[start:end], start)
        for start, end in places
        if not inside(start, dated) and not (text[start:end] == "May" and not _starts(text, start))
        if low[start:end] not in lexicon.BEFORE_NUMBERS or end in before_numbers
    ]


def _negations(text: str, low: str, places: Places) -> list[Mention]:
    found = [
        Mention(FactKind.NEGATION, "not" if low[start:end] == "cannot" else low[start:end], text[start:end], start)
        for start, end in places
        if not (text[start:end] == "No" and re.match(r"\.\s?\d", text[end:]))
    ]
    found += [Mention(FactKind.NEGATION, "not", _whole_word(text, m.start()), m.start()) for m in _NOT.finditer(low)]
    return sorted(found, key=lambda m: m.start)


def _whole_word(text: str, at: int) -> str:
    start = max(text.rfind(" ", 0, at) + 1, 0)
    end = text.find(" ", at)
    return text[start : end if end >= 0 else len(text)].strip('.,;:!?“”"()')


def _sources(text: str, low: str, said: Places) -> list[Mention]:
    """Return who is said to say it, by the noun next to the verb; "" is a saying without a noun of its own."""
    speakers = list(_SPEAKER.finditer(low)) if said else []
    found = []
    k = 0
    for start, _ in said:
        if text[start].isupper() and not _starts(text, start):
            continue
        while k < len(speakers) and speakers[k].end() <= start:
            k += 1
        speaker = speakers[k] if k < len(speakers) and speakers[k].start() <= start else None
        side = "before" if speaker and speaker["before"] else "after"
        at, until = speaker.span(side) if speaker else (0, 0)
        noun = text[at:until]
        if noun.lower() in _PRONOUNS:
            noun = ""
        given = _GIVEN.search(text, max(0, at - 60), at) if noun[:1].isupper() else None
        whole = f"{given[0]}{noun}" if given else noun or text[start : start + 12].split(" ", 1)[0]
        found.append(Mention(FactKind.SOURCE, noun.lower(), whole, start))
    return found


def _starts(text: str, at: int) -> bool:
    """Say whether a sentence, quotation or item begins at *at*, where a capital says nothing."""
    before = text[max(0, at - 4) : at].rstrip()
    return not before or before[-1] in _BEGINS


def _names(text: str, lang: str, taken: list[tuple[int, int]]) -> list[Mention]:
    found = []
    runs = list(_CAPITALISED.finditer(text))
    for k, m in enumerate(runs):
        word = m[0]
        bare = re.sub(r"['’]s?$", "", word)
        if bare.lower() in lexicon.NO_NAMES or bare.lower() in lexicon.TITLES or inside(m.start(), taken):
            continue
        joined = _touches(text, runs, k)
        if _starts(text, m.start()) and not (joined or bare.isupper() or _is_subject(bare, text, m.end())):
            continue
        if lang == "de" and not (joined or (bare.isupper() and len(bare) > 1) or _place(text, m.start())):
            continue
        found.append(Mention(FactKind.NAME, bare.replace("’", "'").rstrip("."), bare, m.start()))
    return found


def _is_subject(word: str, text: str, end: int) -> bool:
    """Take the first word of a sentence for a name where it speaks; "Nurses said" is left to the sources."""
    return not word.endswith("s") and bool(_SUBJECT.match(text, end))


def _touches(text: str, runs: list[re.Match[str]], k: int) -> bool:
    after = k + 1 < len(runs) and text[runs[k].end() : runs[k + 1].start()] in {" ", ". "}
    before = k > 0 and text[runs[k - 1].end() : runs[k].start()] in {" ", ". "}
    return (after and runs[k + 1][0].lower() not in lexicon.NO_NAMES) or (
        before and runs[k - 1][0].lower() not in lexicon.NO_NAMES
    )


def _place(text: str, at: int) -> bool:
    return bool(
        re.search(
            r"\b(?:in|nach|aus|von|bei|Herr|Frau|Präsident|Kanzler|Minister|Ministerin)\s+$", text[max(0, at - 20) : at]
        )
    )
