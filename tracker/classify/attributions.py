"""Find who is said to say something: "a family friend said", "according to the register of donations"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from . import lexicon
from .lexicon import PerLanguage, Phrases

MAX_SPEAKER_WORDS: Final = 8
MAX_AUXILIARIES: Final = 2
"""Words between who says it and the verb, at most: "fans have also claimed"."""
MAX_PASSIVE_CHARACTERS: Final = 20
"""Characters before a verb in which its auxiliary is looked for."""
MAX_WORD_CHARACTERS: Final = 40
_SAYING: Final = PerLanguage(lambda lang: Phrases(lexicon.entries(lang, "saying")))
_NOT_SAYING: Final = PerLanguage(
    lambda lang: re.compile("|".join(lexicon.entries(lang, "saying", "not_saying")) or r"(?!)")
)
# "Mourners are warned": who is told something is not a source of it.
_PASSIVE: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|being) (?:(?:\w+ly|also|already|now|just|still|even|again) )?\Z"
)
_WORD_BEFORE: Final = re.compile(r"(?<![^\W_])([^\W_][\w'’.-]*)[ \u00a0]\Z")
_WORD_AFTER: Final = re.compile(r"[ \u00a0]([^\W_](?:[\w'’.-]*[^\W_])?)")
# Next to a verb of saying, these name nobody.
_NO_SPEAKERS: Final = PerLanguage(
    lambda lang: lexicon.SMALL[lang].union(
        lexicon.EMPHASIS[lang],
        lexicon.entries(lang, "saying"),
        lexicon.entries(lang, "grammar", "list_joints"),
        lexicon.entries(lang, "saying", "no_speakers"),
    )
)
# Before who says it; with a noun in the genitive after these, the attribution goes on: "the register of donations".
_ARTICLES: Final = PerLanguage(
    lambda lang: frozenset(lexicon.entries(lang, "saying", "articles")).union(lexicon.PRONOUNS[lang])
)
_JOINTS: Final = PerLanguage(lambda lang: lexicon.word_set(lang, "saying", "joints"))


class Attribution(NamedTuple):
    """Who is said to say something.

    Attributes:
        noun: the noun or name next to the verb of saying, in lower case; empty for a pronoun and where there is none.
        start, end: where the whole of it is: "the ministry of health"; with the verb where it has no noun: "he said".
        verb: where the verb of saying, or "according to", begins.
        until: where it ends.
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

    Args:
        text: the text.
        low: the same in lower case with plain apostrophes.
        words: the words of `low`, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
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
            first = _WORD_BEFORE.search(text, max(0, at - MAX_WORD_CHARACTERS), at)
            has_article = first is not None and first[1].lower() in _ARTICLES[lang] and first.start() >= start
            begin = first.start() if first and has_article else at
            found.append(Attribution(noun.lower(), begin, _rightwards(text, until, lang), start, end))
    return found


def begins(text: str, at: int) -> bool:
    """Return whether a sentence, quotation or list item begins at `at`: a capital letter says nothing there."""
    before = text[max(0, at - 4) : at].rstrip()
    return not before or before[-1] in '.!?:“"„«‘(—–•'


def _with_subject(text: str, start: int, end: int, lang: str) -> tuple[int, int]:
    """Return where the noun phrase before a verb of saying is, or else a pronoun with its verb: "he has said"."""
    begin = start
    for _ in range(MAX_AUXILIARIES + 1):
        before = _WORD_BEFORE.search(text, max(0, begin - MAX_WORD_CHARACTERS), begin)
        if before is None:
            break
        if before[1].lower() not in _NO_SPEAKERS[lang]:
            return _leftwards(text, before.start(), lang), before.end(1)
        begin = before.start()
    after = _WORD_AFTER.match(text, end) if begin == start else None
    return begin, after.end() if after else end


def _leftwards(text: str, at: int, lang: str) -> int:
    """Return where the phrase begins of which the last word is at `at`: its article, a name, or a clause of its own."""
    begin, may_go_on, is_bare = at, True, True
    for _ in range(MAX_SPEAKER_WORDS):
        before = _WORD_BEFORE.search(text, max(0, at - MAX_WORD_CHARACTERS), at)
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
    """Return where the phrase ends of which the first noun ends at `end`: "the register" of donations, Anna "Berg"."""
    until = end
    is_joint = False
    for _ in range(MAX_SPEAKER_WORDS):
        after = _WORD_AFTER.match(text, until)
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
