"""Judge each edited sentence and field of a change, with the words and the facts that differ in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from ..model.change import Direction, EditUnit, Fact, FactKind, Substance
from . import function_words
from .agents import agent_on_one_side
from .claim_model import MAX_WORDING, MIN_CLAIM, MIN_SURE, claim_probability, features
from .dates import NEAR_DAY
from .exclusive_words import (
    another_office,
    another_portfolio,
    exclude_each_other,
    qualifies_sentence,
    say_the_same,
)
from .grave_words import is_grave
from .lemmas import lemma
from .mentions import lowered
from .name_forms import may_be_same
from .names import identifies, names_same
from .places import are_capital_and_country
from .same_sense import Reworded, without_same_sense
from .senses import Likeness, exchanged_likeness
from .substance import WordJudgement, judge_words
from .word_edits import same_letters, says_something, words_of
from .word_order import WordOrder
from .wording import MIN_EXCHANGED_SHARE, gives_no_comment, may_be_wording

if TYPE_CHECKING:
    from .facts import Stretch

MAX_REPLACED_SHARE: Final = 0.06
"""A field that keeps no larger share of its content words, and names nobody again, is about another thing."""
MAX_UNSURE_SHARE: Final = 0.09
"""One that keeps no larger share may be about another thing."""
MAX_LINE_WORDS: Final = 5
"""A line of up to this many words that does not end as a sentence is a label, kicker or subheading."""
MAX_TONE_WORDS: Final = 3
"""Content words that a hedge, negation or source may come with and still refer to the rest of its sentence."""
_LOCAL: Final = frozenset("local lokal locale örtlich lokaal plaatselijk".split())
# What a teaser of a series is about; the next one has the same people and says other things.
_EPISODE: Final = re.compile(
    r"(?:folge|episode|podcast|newsletter|épisode|episodio|puntata|episódio|aflevering)\b", re.IGNORECASE
)
# An entry of the list of updates that a page keeps; the next one is about something else.
_UPDATE_ENTRY: Final = re.compile(r"\W*(?:new|updated?|addition of|additional|removal of) (?:information|advice)\b")
_NAMES: Final = frozenset({FactKind.NAME, FactKind.PLACE})
_SURE: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.HEDGE, FactKind.NEGATION})
_BESIDE_LETTERS: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTE, FactKind.NEGATION})
_EXCHANGED: Final = frozenset({*_NAMES, FactKind.QUOTE})
_TONE: Final = frozenset({FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE})


class JudgedStretch(NamedTuple):
    """A piece of text on both sides, the facts that differ in it, and the judgement of the edit.

    Attributes:
        facts: only those of an edit that is a claim; in any other they state the same in other words.
        removed, added: the content words that one side alone has.
    """

    stretch: Stretch
    facts: tuple[Fact, ...]
    unit: EditUnit
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def judge_stretch(stretch: Stretch, facts: tuple[Fact, ...], lang: str) -> JudgedStretch:
    """Judge one edit.

    Args:
        stretch: the text on both sides.
        facts: what `stretch_facts` found to differ.
        lang: one of `lexicon.LANGUAGES`.
    """
    if not stretch.standing:
        return _judge_whole(stretch, facts)
    judgement = judge_words(stretch.old, stretch.new, lang)
    facts = _without_lost_blanks(facts, stretch)
    kinds = {fact.kind for fact in facts}
    # That an event has begun by now may need no note.
    substance, is_sure = judgement.substance, judgement.order is not WordOrder.EXCHANGED and not judgement.is_now_done
    if substance is Substance.CLAIM and (judgement.removed or judgement.added):
        reworded = without_same_sense(stretch, judgement, lang)
        facts = tuple(f for f in facts if f.kind is not FactKind.NEGATION or not _is_said_in(reworded.same, f))
        substance, is_sure = _judge_other_words(stretch, judgement, reworded, facts, kinds, lang)
    if any(map(_is_seat, facts)) and _only_seats(judgement, facts):
        substance = Substance.UNCLEAR
    says_nothing = substance is not Substance.FORM and gives_no_comment(stretch, lang)
    if says_nothing or any(_is_seat(fact) or _may_be_same(fact) for fact in facts):
        is_sure = False
    # "Could not be reached for comment" hedges and denies nothing that was said.
    phrasing = {FactKind.HEDGE, FactKind.NEGATION} if says_nothing else ()
    stated = [fact for fact in facts if fact.kind not in phrasing]
    if any(settles(fact) or identifies(fact, (stretch.old, stretch.new), lang) for fact in stated):
        substance = Substance.CLAIM
        is_sure = is_sure or any(map(_is_sure, stated))
    kept = 1.0 if stretch.block is not None or names_same(stretch.old, stretch.new, lang) else judgement.kept
    is_replaced = bool(judgement.removed and judgement.added) and kept <= MAX_REPLACED_SHARE
    direction = Direction.REPLACED if is_replaced else _direction(judgement, facts)
    if judgement.removed and judgement.added and (kept <= MAX_UNSURE_SHARE or _is_of_another(stretch, judgement)):
        is_sure = False
    is_claim = substance is Substance.CLAIM
    unit = EditUnit(substance, direction if is_claim else None, stretch.where, stretch.block, is_sure)
    return JudgedStretch(stretch, facts if is_claim else (), unit, judgement.removed, judgement.added)


def _judge_other_words(
    stretch: Stretch,
    judgement: WordJudgement,
    reworded: Reworded,
    facts: tuple[Fact, ...],
    kinds: AbstractSet[FactKind],
    lang: str,
) -> tuple[Substance, bool]:
    """Judge an edit by the content words that one side alone has; return its substance, and if that is sure.

    Args:
        stretch: the text on both sides.
        judgement: what the words of the edit say on their own.
        reworded: those words without phrases that say the same.
        facts: what differs.
        kinds: the kinds of facts that differ.
        lang: one of `lexicon.LANGUAGES`.
    """
    left = bool(reworded.removed or reworded.added)
    likeness = _likeness(stretch, reworded, lang) if left else Likeness.SAME
    is_alike = likeness in {Likeness.SAME, Likeness.NEAR}
    rest = replace(judgement, removed=reworded.removed, added=reworded.added) if left else judgement
    grave = [is_grave(words, lang) for words in (reworded.removed, reworded.added)]
    found = features(rest, kinds, lang, is_field=stretch.block is None, is_grave=any(grave))
    probability = claim_probability(found)
    exclusive = exclude_each_other(rest.removed, rest.added, lang)
    least = MIN_CLAIM if judgement.turns_future else MIN_SURE
    renamed = judgement.renamed and not _NAMES.isdisjoint(kinds)
    is_sure = all(grave) or exclusive or renamed or probability >= least
    if _is_local(rest, facts, lang) or (_asks(rest) and not any(grave)):
        return Substance.WORDING, is_sure
    if (probability < MIN_CLAIM or is_alike) and not (_shows_claim(rest, stretch, lang) or all(grave)):
        # "Charged" and "convicted" are a word apart. One such word rules out `wording`.
        may_be = probability <= MAX_WORDING and not any(grave)
        is_wording = may_be and may_be_wording(rest, stretch, lang, likeness)
        return Substance.WORDING if is_wording else Substance.UNCLEAR, is_sure
    return (Substance.CLAIM, is_sure) if left else (Substance.UNCLEAR, False)


def _likeness(stretch: Stretch, reworded: Reworded, lang: str) -> Likeness:
    """Return how alike the words are that took each other's place."""
    if say_the_same(reworded.removed, reworded.added, lang):
        return Likeness.SAME
    return exchanged_likeness((stretch.old, reworded.removed), (stretch.new, reworded.added), lang)


def _without_lost_blanks(facts: tuple[Fact, ...], stretch: Stretch) -> tuple[Fact, ...]:
    """Leave out the names where a blank was lost or set ("AliceBrown"): the words are those that were there."""
    same = len(stretch.old.split()) != len(stretch.new.split()) and same_letters(stretch.old, stretch.new)
    return tuple(fact for fact in facts if fact.kind in _BESIDE_LETTERS) if same else facts


def _is_of_another(stretch: Stretch, judgement: WordJudgement) -> bool:
    """Return whether a text may be the next of a series: an episode, a row of a table, an entry of updates."""
    sides = (stretch.old, stretch.new)
    if all(_UPDATE_ENTRY.match(lowered(side)) for side in sides):
        return judgement.kept < MIN_EXCHANGED_SHARE
    cells = [side.strip().split("|", 2) for side in sides]
    if all(len(row) > 2 and not row[0] for row in cells):
        return cells[0][1].strip() != cells[1][1].strip()
    is_series = all(_EPISODE.search(side) for side in sides)
    return is_series and stretch.block is None and judgement.kept < MIN_EXCHANGED_SHARE


def settles(fact: Fact) -> bool:
    """Return whether a fact makes its edit a claim: another figure, hedge, quotation, source, person or place does.

    A name that came or went alone may only say in full what was said before.
    """
    return fact.kind not in _NAMES or (bool(fact.old and fact.new) and not _is_seat(fact))


def _is_seat(fact: Fact) -> bool:
    """Return whether the capital took the place of its country, or the reverse: "Moscow" may be its government."""
    return fact.kind in _NAMES and are_capital_and_country(fact.old, fact.new)


def _is_sure(fact: Fact) -> bool:
    """Return whether a fact surely makes its edit a claim. "Yesterday" may have been Monday."""
    if fact.kind is FactKind.DATE and fact.old and fact.new:
        return bool(NEAR_DAY.search(fact.old)) == bool(NEAR_DAY.search(fact.new))
    exchanged = fact.kind in _EXCHANGED and bool(fact.old and fact.new)
    return fact.kind in _SURE or (exchanged and not _is_seat(fact) and not _may_be_same(fact))


def _may_be_same(fact: Fact) -> bool:
    """Return whether the names of a fact may be two forms of one: nobody can tell whether it was misspelt."""
    return fact.kind in _NAMES and bool(fact.old and fact.new) and may_be_same(fact.old, fact.new)


def _is_said_in(words: frozenset[str], fact: Fact) -> bool:
    """Return whether `words` has all those of a fact."""
    return words.issuperset(words_of(lowered(f"{fact.old} {fact.new}")))


def _shows_claim(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether words of closed classes show a claim: of time to come, a name for another, a direction, kin."""
    words = (*judgement.removed, *judgement.added)
    turns = any(function_words.DIRECTION.fullmatch(word) for word in words)
    exclusive = exclude_each_other(judgement.removed, judgement.added, lang)
    exclusive = exclusive or another_office(judgement.removed, judgement.added, lang)
    exclusive = exclusive or another_portfolio(lowered(stretch.old), lowered(stretch.new), lang)
    sides = lowered(stretch.old), lowered(stretch.new)
    agent = agent_on_one_side(*sides, judgement.removed, judgement.added, lang)
    numbered = [_figures(side) for side in (judgement.removed, judgement.added)]
    renumbered = all(numbered) and numbered[0] != numbered[1]
    exclusive = exclusive or qualifies_sentence(judgement.removed, judgement.added, lang)
    return (
        judgement.turns_future
        or judgement.is_now_done
        or judgement.renamed
        or turns
        or exclusive
        or agent
        or renumbered
    )


def _figures(words: Sequence[str]) -> str:
    """Return the figures in `words`: those of a telephone number, an address, an article of a law."""
    return "".join(sign for word in words for sign in word if sign.isdigit())


def _asks(judgement: WordJudgement) -> bool:
    """Return whether all that came or went is a question: it asserts nothing."""
    words = judgement.removed + judgement.added
    return judgement.one_sided and len(words) > 1 and words[-1] == "?"


def _only_seats(judgement: WordJudgement, facts: tuple[Fact, ...]) -> bool:
    """Return whether all that differs is a capital in the place of its country, or the other way round."""
    named = {word.lower() for fact in facts if _is_seat(fact) for word in words_of(f"{fact.old} {fact.new}")}
    return named.issuperset((*judgement.removed, *judgement.added))


def _is_local(judgement: WordJudgement, facts: tuple[Fact, ...], lang: str) -> bool:
    """Return whether "local" took the place of a place, or the other way round: "the Fijian authorities"."""
    place = {word.lower() for fact in facts for word in words_of(fact.old + fact.new)}
    if not place or any(fact.kind is not FactKind.PLACE for fact in facts):
        return False
    sides = [set(judgement.removed), set(judgement.added)]
    local = [{lemma(word, lang) for word in side} <= _LOCAL and bool(side) for side in sides]
    return local[0] != local[1] and sides[local[0]] <= place


def _judge_whole(stretch: Stretch, facts: tuple[Fact, ...]) -> JudgedStretch:
    """Judge a sentence or field that was added or removed as a whole."""
    if not says_something(stretch.old + stretch.new):
        return JudgedStretch(stretch, (), EditUnit(Substance.FORM, None, stretch.where, stretch.block))
    direction = Direction.REMOVED if stretch.old else Direction.ADDED
    # A page may show its dek, or a label above its text, or leave them out, without a change of the article.
    is_sure = stretch.block is not None and not _is_line(stretch.old)
    return JudgedStretch(stretch, facts, EditUnit(Substance.CLAIM, direction, stretch.where, stretch.block, is_sure))


def _is_line(text: str) -> bool:
    return len(text.split()) <= MAX_LINE_WORDS and not text.rstrip("\"'”“’»«)]").endswith((".", "!", "?", "…", ":"))


def _direction(judgement: WordJudgement, facts: tuple[Fact, ...]) -> Direction:
    # A hedge or source that came with a longer addition says nothing about what was there before.
    longer = len(judgement.added) > MAX_TONE_WORDS and not judgement.removed
    altered = any((f.old and f.new) or f.role == "marks" or (f.kind in _TONE and not longer) for f in facts)
    removed = bool(judgement.removed) or any(f.old and not f.new for f in facts)
    added = bool(judgement.added) or any(f.new and not f.old for f in facts)
    if altered or (judgement.turns_future and not longer) or removed == added:
        return Direction.ALTERED
    return Direction.REMOVED if removed else Direction.ADDED
