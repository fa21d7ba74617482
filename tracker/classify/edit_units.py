"""Judge each edited sentence and field of a change, with the words and the facts that differ in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ..model.change import FactKind
from ..model.substance import Direction, EditUnit, Substance
from .claim_model import MAX_WORDING, MIN_CLAIM, MIN_SURE, claim_probability, features
from .grave_words import is_grave
from .substance import judge_words
from .word_edits import without_marker, words_of

if TYPE_CHECKING:
    from ..model.change import Fact
    from .facts import Stretch
    from .substance import WordJudgement

MAX_REPLACED_SHARE: Final = 0.03
"""A field that keeps no larger share of its content words is about another thing."""
MAX_TONE_WORDS: Final = 3
"""Content words that a hedge, negation or source may come with and still speak of the rest of its sentence."""
_NAMES: Final = frozenset({FactKind.NAME, FactKind.PLACE})
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
        lang: the two letters of the language.
    """
    if not stretch.standing:
        return _judge_whole(stretch, facts)
    judgement = judge_words(stretch.old, stretch.new, lang)
    kinds = {fact.kind for fact in facts}
    substance, is_sure = judgement.substance, True
    if substance is Substance.CLAIM and (judgement.removed or judgement.added):
        is_field = stretch.block is None
        probability = claim_probability(features(judgement, kinds, is_field=is_field))
        is_sure = probability >= MIN_SURE
        if is_grave((*judgement.removed, *judgement.added)) or judgement.turns_future:
            # "Charged" and "convicted" are a word apart, and so are what is to come and what is.
            is_sure = True
        elif probability < MIN_CLAIM:
            substance = Substance.WORDING if probability <= MAX_WORDING else Substance.UNCLEAR
    if any(fact.kind not in _NAMES or (fact.old and fact.new) for fact in facts):
        # Another figure, hedge, quotation or source, or another person, is never mere wording.
        substance, is_sure = Substance.CLAIM, True
    direction = _direction(stretch, judgement, facts) if substance is Substance.CLAIM else None
    unit = EditUnit(substance, direction, stretch.where, stretch.block, is_sure)
    kept = facts if substance is Substance.CLAIM else ()
    return JudgedStretch(stretch, kept, unit, judgement.removed, judgement.added)


def _judge_whole(stretch: Stretch, facts: tuple[Fact, ...]) -> JudgedStretch:
    """Judge a sentence or field that was added or removed as a whole."""
    if not says_something(stretch.old + stretch.new):
        return JudgedStretch(stretch, (), EditUnit(Substance.FORM, None, stretch.where, stretch.block))
    direction = Direction.REMOVED if stretch.old else Direction.ADDED
    # A page may show its dek, or leave it out, without a change of the article.
    is_sure = stretch.block is not None
    return JudgedStretch(stretch, facts, EditUnit(Substance.CLAIM, direction, stretch.where, stretch.block, is_sure))


def says_something(text: str) -> bool:
    """Say whether a sentence has words, besides the number or bullet of a list before it."""
    return bool(words_of(without_marker(text)))


def _direction(stretch: Stretch, judgement: WordJudgement, facts: tuple[Fact, ...]) -> Direction:
    if stretch.block is None and judgement.removed and judgement.added and judgement.kept <= MAX_REPLACED_SHARE:
        return Direction.REPLACED
    # A hedge or source that came with a longer addition says nothing of what stood before.
    longer = len(judgement.added) > MAX_TONE_WORDS and not judgement.removed
    altered = any((f.old and f.new) or f.role == "marks" or (f.kind in _TONE and not longer) for f in facts)
    removed = bool(judgement.removed) or any(f.old and not f.new for f in facts)
    added = bool(judgement.added) or any(f.new and not f.old for f in facts)
    if altered or judgement.turns_future or removed == added:
        return Direction.ALTERED
    return Direction.REMOVED if removed else Direction.ADDED
