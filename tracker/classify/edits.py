"""Judge each edited sentence and field of a change: form, a claim with the facts that differ, or words.

An edit is a claim if a fact differs, and form if that can be proved (`form`). All other edits are of words, about which
the program gives no verdict: a model of claims and lists of synonyms were right in 82 of 192 such edits.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ..model.change import Direction, EditUnit, Fact, FactKind, Substance
from .dates import is_near_day
from .facts import EditedSpan
from .form import WordDifference, compare_words
from .lexicon import NO_COMMENT
from .mentions import lowered
from .names import names_same
from .word_edits import same_letters, says_something

MAX_REPLACED_SHARE: Final = 0.06
"""A field that keeps no larger share of its content words, and names nobody again, is about another thing."""
MAX_UNSURE_SHARE: Final = 0.09
"""One that keeps no larger share may be about another thing."""
MAX_SERIES_SHARE: Final = 0.6
"""The next text of a series keeps a smaller share of the words."""
MAX_LINE_WORDS: Final = 5
"""A line of up to this many words that does not end as a sentence is a label, kicker or subheading."""
MAX_TONE_WORDS: Final = 3
"""Content words that a hedge, negation or source may come with and still refer to the rest of its sentence."""
# The teaser of a series: the next one has the same people and says other things.
_EPISODE: Final = re.compile(
    r"(?:folge|episode|podcast|newsletter|épisode|episodio|puntata|episódio|aflevering)\b", re.IGNORECASE
)
# An entry of the list of updates that a page keeps; the next one is about something else.
_UPDATE_ENTRY: Final = re.compile(r"\W*(?:new|updated?|addition of|additional|removal of) (?:information|advice)\b")
_NAMES: Final = frozenset({FactKind.NAME, FactKind.PLACE})
_BESIDE_LETTERS: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTE, FactKind.NEGATION})
_TONE: Final = frozenset({FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE})


class JudgedSpan(NamedTuple):
    """A piece of text on both sides, the facts that differ in it, and the judgement of the edit.

    Attributes:
        facts: only those of an edit that is a claim; in any other they state the same in other words.
        removed, added: the content words that one side alone has.
        sure_facts: those that are good enough to say about an outlet that it did not note them.
        is_sure: whether the edit as a whole is good enough for that.
        kept: the share of content words that are on both sides, 0 to 1.
    """

    span: EditedSpan
    facts: tuple[Fact, ...]
    unit: EditUnit
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    sure_facts: tuple[Fact, ...] = ()
    is_sure: bool = True
    kept: float = 1.0


def judge_span(span: EditedSpan, facts: tuple[Fact, ...], lang: str) -> JudgedSpan:
    """Judge one edit.

    Args:
        span: the text on both sides.
        facts: the differences that `span_facts` found.
        lang: one of `lexicon.LANGUAGES`.
    """
    if not span.standing:
        return _judge_whole(span, facts)
    words = compare_words(span.old, span.new, lang)
    if len(span.old.split()) != len(span.new.split()) and same_letters(span.old, span.new):
        # A blank was lost or set ("AliceBrown"): both sides have the same names.
        facts = tuple(fact for fact in facts if fact.kind in _BESIDE_LETTERS)
    if words.is_form:
        # "Two weeks" and "14 days" are one length, though weeks are no days.
        facts = tuple(fact for fact in facts if fact.kind is not FactKind.STATE)
    says_nothing = not words.is_form and all(NO_COMMENT[lang].search(lowered(side)) for side in span[:2])
    if says_nothing:
        # Both sides say that somebody was asked and said nothing. "Could not be reached for comment" hedges and denies
        # nothing that was said.
        facts = tuple(fact for fact in facts if fact.kind not in {FactKind.HEDGE, FactKind.NEGATION})
    if not facts:
        substance = Substance.FORM if words.is_form else Substance.WORDS
        unit = EditUnit(substance, None, span.where, span.block)
        return JudgedSpan(span, (), unit, words.removed, words.added)
    kept = 1.0 if span.block is not None or names_same(span.old, span.new, lang) else words.kept
    is_exchanged = bool(words.removed and words.added)
    is_replaced = is_exchanged and kept <= MAX_REPLACED_SHARE
    direction = Direction.REPLACED if is_replaced else _direction(words, facts)
    is_sure = not says_nothing
    if is_exchanged and (kept <= MAX_UNSURE_SHARE or _is_of_another(span, words)):
        is_sure = False
    # Numbers and dates that came or went alone where others went or came may be the same: "42 kilometres and 195
    # metres" is 42.195 km, and "eleven o'clock at night" is 11 pm.
    alone = [f for f in facts if f.kind in {FactKind.NUMBER, FactKind.DATE} and not (f.old and f.new)]
    if words.kept < MAX_SERIES_SHARE or len({bool(fact.old) for fact in alone}) < 2:
        alone = []
    sure = tuple(f for f in facts if f not in alone and _is_sure(f, words, lang)) if is_sure else ()
    unit = EditUnit(Substance.CLAIM, direction, span.where, span.block)
    return JudgedSpan(span, facts, unit, words.removed, words.added, sure, bool(sure), words.kept)


def _is_of_another(span: EditedSpan, words: WordDifference) -> bool:
    """Return whether a text may be the next of a series: an episode, a row of a table, an entry of updates."""
    sides = (span.old, span.new)
    if all(_UPDATE_ENTRY.match(lowered(side)) for side in sides):
        return words.kept < MAX_SERIES_SHARE
    cells = [side.strip().split("|", 2) for side in sides]
    if all(len(row) > 2 and not row[0] for row in cells):
        return cells[0][1].strip() != cells[1][1].strip()
    is_series = all(_EPISODE.search(side) for side in sides)
    return is_series and span.block is None and words.kept < MAX_SERIES_SHARE


def _is_sure(fact: Fact, words: WordDifference, lang: str) -> bool:
    """Return whether a fact surely makes its edit one of a published claim.

    A place or a date may have come or gone because the sentence now says it in other words: "yesterday", "local".
    """
    if fact.kind is FactKind.DATE and fact.role != "period":
        return bool(fact.old) and not (fact.new and is_near_day(fact.old, lang) != is_near_day(fact.new, lang))
    if fact.kind is FactKind.PLACE:
        return bool(fact.old and (fact.new or not words.added))
    return fact.kind is not FactKind.SOURCE or bool(fact.old and fact.new)


def _judge_whole(span: EditedSpan, facts: tuple[Fact, ...]) -> JudgedSpan:
    """Judge a sentence or field that was added or removed as a whole."""
    if not says_something(span.old + span.new):
        return JudgedSpan(span, (), EditUnit(Substance.FORM, None, span.where, span.block))
    direction = Direction.REMOVED if span.old else Direction.ADDED
    unit = EditUnit(Substance.CLAIM, direction, span.where, span.block)
    ends_as_sentence = span.old.rstrip("\"'”’“»«)]").endswith((".", "!", "?", "…", ":"))
    is_line = len(span.old.split()) <= MAX_LINE_WORDS and not ends_as_sentence
    # A page may show its dek, or a label above its text, or leave them out, without a change of the article.
    return JudgedSpan(span, facts, unit, is_sure=span.block is not None and not is_line)


def _direction(words: WordDifference, facts: tuple[Fact, ...]) -> Direction:
    # A hedge or source that came or went with more says nothing about the rest of its sentence.
    longer = len(words.added + words.removed) > MAX_TONE_WORDS and not (words.added and words.removed)
    altered = any((f.old and f.new) or f.role == "marks" or (f.kind in _TONE and not longer) for f in facts)
    removed = bool(words.removed) or any(f.old and not f.new for f in facts)
    added = bool(words.added) or any(f.new and not f.old for f in facts)
    if altered or removed == added:
        return Direction.ALTERED
    return Direction.REMOVED if removed else Direction.ADDED
