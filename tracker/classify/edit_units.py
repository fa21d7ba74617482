"""Judge each edited sentence and field of a change, with the words and the facts that differ in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ..model.change import Direction, EditUnit, Fact, FactKind, Substance
from . import function_words, lexicon
from .agents import agent_on_one_side, passive_agent_on_one_side
from .claim_model import MAX_WORDING, MIN_CLAIM, MIN_SURE, claim_probability, features
from .exclusive_words import (
    another_office,
    another_portfolio,
    exclude_each_other,
    is_attempt,
    limits,
    qualifies_sentence,
)
from .grave_words import is_grave
from .lemmas import lemma
from .mentions import lowered
from .name_forms import may_be_same
from .names import identifies, names_same
from .places import are_capital_and_country
from .same_sense import without_same_sense
from .substance import ATTRIBUTING, WordJudgement, judge_words, same_letters
from .word_edits import says_something, words_of
from .word_order import WordOrder

if TYPE_CHECKING:
    from .facts import Stretch

MAX_REPLACED_SHARE: Final = 0.06
"""A field that keeps no larger share of its content words, and names nobody again, is about another thing."""
MAX_UNSURE_SHARE: Final = 0.09
"""One that keeps no larger share may be about another thing."""
MIN_EXCHANGED_SHARE: Final = 0.6
"""Where words took the place of others and a smaller share stayed, they are most of what the sentence says."""
MAX_CAUSE_WORDS: Final = 4
"""Words behind "because of" that name the cause, with the article."""
MAX_LINE_WORDS: Final = 5
"""A line of up to so many words that does not end as a sentence is a label, kicker or subheading."""
MAX_TONE_WORDS: Final = 3
"""Content words that a hedge, negation or source may come with and still speak of the rest of its sentence."""
_LOCAL: Final = frozenset("local lokal locale örtlich lokaal plaatselijk".split())
_RELATIVE_DATE: Final = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|gestern|heute|morgen|hier|aujourd['’]hui|demain|ayer|hoy|mañana|ieri|oggi|domani|ontem"
    r"|hoje|amanhã|gisteren|vandaag)\b",
    re.IGNORECASE,
)
# What a teaser of a series speaks of; the next one has the same people and says other things.
_EPISODE: Final = re.compile(
    r"(?:folge|episode|podcast|newsletter|épisode|episodio|puntata|episódio|aflevering)\b", re.IGNORECASE
)
# An entry of the list of updates that a page keeps; the next one is about something else.
_UPDATE_ENTRY: Final = re.compile(r"\W*(?:new|updated?|addition of|additional|removal of) (?:information|advice)\b")
_PARTICIPLE: Final = re.compile(r"\w+(?:ed|en|n|ée?s?|[ai]d[oa]s?|[aiu]t[oaie])|(?:\w{0,4}ge|be|ver|ont)\w+(?:en|t|d)")
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
        left = bool(reworded.removed or reworded.added)
        facts = tuple(f for f in facts if f.kind is not FactKind.NEGATION or not _is_said_in(reworded.same, f))
        rest = replace(judgement, removed=reworded.removed, added=reworded.added) if left else judgement
        grave = [is_grave(words, lang) for words in (reworded.removed, reworded.added)]
        found = features(rest, kinds, lang, is_field=stretch.block is None, is_grave=any(grave))
        probability = claim_probability(found)
        is_sure = all(grave) or probability >= (MIN_CLAIM if judgement.turns_future else MIN_SURE)
        if _is_local(rest, facts, lang) or (_asks(rest) and not any(grave)):
            substance = Substance.WORDING
        elif probability < MIN_CLAIM and not (_shows_claim(rest, stretch, lang) or all(grave)):
            # "Charged" and "convicted" are a word apart. With one such word there is no all-clear.
            is_wording = probability <= MAX_WORDING and not any(grave) and _may_be_wording(rest, stretch, lang)
            substance = Substance.WORDING if is_wording else Substance.UNCLEAR
        elif not left:
            substance, is_sure = Substance.UNCLEAR, False
    if any(map(_is_seat, facts)) and _only_seats(judgement, facts):
        substance = Substance.UNCLEAR
    says_nothing = substance is not Substance.FORM and _gives_no_comment(stretch, lang)
    if says_nothing or any(_is_seat(fact) or _may_be_same(fact) for fact in facts):
        is_sure = False
    if any(settles(fact) or identifies(fact, (stretch.old, stretch.new), lang) for fact in facts):
        substance = Substance.CLAIM
        is_sure = is_sure or any(_is_sure(fact) for fact in facts)
    kept = 1.0 if stretch.block is not None or names_same(stretch.old, stretch.new, lang) else judgement.kept
    is_replaced = bool(judgement.removed and judgement.added) and kept <= MAX_REPLACED_SHARE
    direction = Direction.REPLACED if is_replaced else _direction(judgement, facts)
    if judgement.removed and judgement.added and (kept <= MAX_UNSURE_SHARE or _is_of_another(stretch, judgement)):
        is_sure = False
    is_claim = substance is Substance.CLAIM
    unit = EditUnit(substance, direction if is_claim else None, stretch.where, stretch.block, is_sure)
    return JudgedStretch(stretch, facts if is_claim else (), unit, judgement.removed, judgement.added)


def _without_lost_blanks(facts: tuple[Fact, ...], stretch: Stretch) -> tuple[Fact, ...]:
    """Leave out the names where a blank was lost or set ("AliceBrown"): the words are those that stood there."""
    same = len(stretch.old.split()) != len(stretch.new.split()) and same_letters(stretch.old, stretch.new)
    return tuple(fact for fact in facts if fact.kind in _BESIDE_LETTERS) if same else facts


def _is_of_another(stretch: Stretch, judgement: WordJudgement) -> bool:
    """Say whether a text may be the next of a series: an episode, a row of a table, an entry of a list of updates."""
    sides = (stretch.old, stretch.new)
    if all(_UPDATE_ENTRY.match(lowered(side)) for side in sides):
        return judgement.kept < MIN_EXCHANGED_SHARE
    cells = [side.strip().split("|", 2) for side in sides]
    if all(len(row) > 2 and not row[0] for row in cells):
        return cells[0][1].strip() != cells[1][1].strip()
    is_series = all(_EPISODE.search(side) for side in sides)
    return is_series and stretch.block is None and judgement.kept < MIN_EXCHANGED_SHARE


def settles(fact: Fact) -> bool:
    """Say whether a fact makes its edit a claim: another figure, hedge, quotation, source, person or place does.

    A name that came or went alone may only say in full what was said before.
    """
    return fact.kind not in _NAMES or (bool(fact.old and fact.new) and not _is_seat(fact))


def _is_seat(fact: Fact) -> bool:
    """Say whether the capital took the place of its country, or the other way round: "Moscow" may be its government."""
    return fact.kind in _NAMES and are_capital_and_country(fact.old, fact.new)


def _is_sure(fact: Fact) -> bool:
    """Say whether a fact surely makes its edit a claim. "Yesterday" may have been Monday."""
    if fact.kind is FactKind.DATE and fact.old and fact.new:
        return bool(_RELATIVE_DATE.search(fact.old)) == bool(_RELATIVE_DATE.search(fact.new))
    exchanged = fact.kind in _EXCHANGED and bool(fact.old and fact.new)
    return fact.kind in _SURE or (exchanged and not _is_seat(fact) and not _may_be_same(fact))


def _may_be_same(fact: Fact) -> bool:
    """Say whether the names of a fact may be two forms of one: nobody can tell whether it was misspelt."""
    return fact.kind in _NAMES and bool(fact.old and fact.new) and may_be_same(fact.old, fact.new)


def _is_said_in(words: frozenset[str], fact: Fact) -> bool:
    """Say whether *words* has all those of a fact."""
    return words.issuperset(words_of(lowered(f"{fact.old} {fact.new}")))


def _shows_claim(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Say whether words of closed classes show a claim: of time to come, a name for another, a direction, kin."""
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
    """Return the figures in *words*: those of a telephone number, an address, an article of a law."""
    return "".join(sign for word in words for sign in word if sign.isdigit())


def _asks(judgement: WordJudgement) -> bool:
    """Say whether all that came or went is a question: it asserts nothing."""
    words = judgement.removed + judgement.added
    return judgement.one_sided and len(words) > 1 and words[-1] == "?"


def _only_seats(judgement: WordJudgement, facts: tuple[Fact, ...]) -> bool:
    """Say whether all that differs is a capital in the place of its country, or the other way round."""
    named = {word.lower() for fact in facts if _is_seat(fact) for word in words_of(f"{fact.old} {fact.new}")}
    return named.issuperset((*judgement.removed, *judgement.added))


def _may_be_wording(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Say whether an edit may be mere wording by what was edited: no name, order, deed or state is another one."""
    if judgement.named or judgement.order is not WordOrder.KEPT or _is_beside_grave(judgement, stretch, lang):
        return False
    words = (judgement.removed, judgement.added)
    if _is_another_office(stretch, judgement, lang):
        return False
    if is_attempt(*words, lang) and not _gives_no_comment(stretch, lang):
        return False
    if judgement.one_sided and (
        limits(*words, lang) or passive_agent_on_one_side(lowered(stretch.old), lowered(stretch.new), *words, lang)
    ):
        return False
    if "expected" in judgement.removed + judgement.added:
        return False  # "lower than expected", "lower"
    if not judgement.removed or not judgement.added:
        return not judgement.clause
    sides = (stretch.old, judgement.removed), (stretch.new, judgement.added)
    bare = [_begins_bare(*side, lang) for side in sides]
    if (lang == "de" and all(bare)) or (bare[0] != bare[1] and _begins_with_article(*sides[bare[0]], lang)):
        return False  # "Scholz traf Macron", "Merz traf Macron"; "Die Firma schließt", "Siemens schließt"
    of_few = judgement.kept < MIN_EXCHANGED_SHARE
    others = (_is_deed_for_word, _is_another_state, _is_another_cause, _is_another_place, _counts_another)
    return not (of_few or any(is_another(judgement, stretch, lang) for is_another in others))


def _is_another_office(stretch: Stretch, judgement: WordJudgement, lang: str) -> bool:
    """Say whether an office before a name came or went, or became another one: "Senator Ann Lee", "Mayor Ann Lee".

    "President Xi" may say no less than "Xi Jinping", and "Kanzler" is "Bundeskanzler".
    """
    sides = (stretch.old, judgement.removed), (stretch.new, judgement.added)
    gone, came = (_offices_before_names(text, alone, lang) for text, alone in sides)
    if gone and came:
        return not any(a.endswith(b) or b.endswith(a) for a in gone for b in came)
    longer, shorter = (lowered(text) for text in ((stretch.old, stretch.new) if gone else (stretch.new, stretch.old)))
    return bool(gone or came) and set(words_of(shorter)) <= set(words_of(longer))


def _offices_before_names(text: str, alone: Sequence[str], lang: str) -> list[str]:
    """Return the offices among the words that a text has *alone*, in lower case, behind which a name stands."""
    pairs = pairwise(words_of(text))
    return [w.lower() for w, name in pairs if w.lower() in alone and name[0].isupper() and lexicon.is_office(w, lang)]


def _begins_bare(text: str, alone: Sequence[str], lang: str) -> bool:
    """Say whether a text begins with a word that it *alone* has, without an article: it may be a name.

    In English and Dutch, a plural needs no article.
    """
    words = words_of(text)
    is_plural = (lang == "en" and words[0].endswith("s")) or (lang == "nl" and words[0].endswith(("s", "en")))
    may_be_name = words[0].lower() in alone and words[0].lower() not in lexicon.NO_NAMES and not is_plural
    return may_be_name and words[1:2] != [] and words[1].islower()


def _begins_with_article(text: str, alone: Sequence[str], lang: str) -> bool:
    """Say whether a text begins with an article and a noun that it *alone* has."""
    words = words_of(text.lower())
    small = function_words.GRAMMAR[lang]
    return words[0] in small and words[1:2] != [] and words[1] in alone


def _is_deed_for_word(judgement: WordJudgement, _: Stretch, lang: str) -> bool:
    """Say whether a verb of saying and another word exchanged places: "announced a tax", "scrapped a tax"."""
    said = [[word in ATTRIBUTING[lang] for word in words] for words in (judgement.removed, judgement.added)]
    return [len(words) for words in said] == [1, 1] and said[0] != said[1]


def _is_another_cause(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Say whether what stands right behind "because of" was exchanged."""
    causes = lexicon.CAUSES[lang]
    sides = ((stretch.old, judgement.removed), (stretch.new, judgement.added))
    behind = [(causes.split(text.lower(), maxsplit=1)[1:], words) for text, words in sides]
    return all(rest and not set(words_of(rest[0])[:MAX_CAUSE_WORDS]).isdisjoint(words) for rest, words in behind)


def _is_another_place(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Say whether what something happened at was exchanged, one word for one: "at a school", "at a church"."""
    one_for_one = len(judgement.removed) == 1 == len(judgement.added)
    if not one_for_one or not without_same_sense(stretch, judgement, lang).removed:
        return False  # "in jail", "in prison"
    at = lexicon.AT[lang]
    sides = ((stretch.old, judgement.removed[0]), (stretch.new, judgement.added[0]))
    return all(word in at.findall(lowered(text)) for text, word in sides)


def _gives_no_comment(stretch: Stretch, lang: str) -> bool:
    """Say whether both sides say, in whatever words, that somebody was asked and said nothing."""
    said = lexicon.NO_COMMENT[lang]
    return all(said.search(lowered(side)) for side in (stretch.old, stretch.new))


def _is_another_state(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Say whether what somebody or something is was exchanged, one word for one: "was drunk", "was tired"."""
    follows = _stands_behind(judgement, stretch, function_words.COPULAS[lang].__contains__)
    # "Was held", "was staged": the passive of two verbs may say the same.
    return follows and not all(_PARTICIPLE.fullmatch(word) for word in judgement.removed + judgement.added)


def _counts_another(judgement: WordJudgement, stretch: Stretch, _: str) -> bool:
    """Say whether what a figure counts was exchanged, one word for one: "400 cars", "400 vans"."""
    return _stands_behind(judgement, stretch, str.isdigit)


def _stands_behind(judgement: WordJudgement, stretch: Stretch, is_it: Callable[[str], bool]) -> bool:
    """Say whether one word took the place of another, right behind a word of which *is_it* is true."""
    if len(judgement.removed) > 1 or len(judgement.added) > 1:
        return False
    sides = ((stretch.old, judgement.removed[0]), (stretch.new, judgement.added[0]))
    pairs = [(pairwise(words_of(text.lower())), word) for text, word in sides]
    return all(any(is_it(before) and after == word for before, after in found) for found, word in pairs)


def _is_beside_grave(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Say whether a word stands in the place of another beside one of what matters most: who was killed, or charged."""
    if not judgement.removed or not judgement.added:
        return False
    small = function_words.SMALL[lang]
    words = [word for word in words_of(stretch.new.lower()) if word not in small]
    beside = {
        a if b in judgement.added else b for a, b in pairwise(words) if (a in judgement.added) != (b in judgement.added)
    }
    return is_grave(beside, lang)


def _is_local(judgement: WordJudgement, facts: tuple[Fact, ...], lang: str) -> bool:
    """Say whether "local" took the place of a place, or the other way round: "the Fijian authorities"."""
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
    # A hedge or source that came with a longer addition says nothing of what stood before.
    longer = len(judgement.added) > MAX_TONE_WORDS and not judgement.removed
    altered = any((f.old and f.new) or f.role == "marks" or (f.kind in _TONE and not longer) for f in facts)
    removed = bool(judgement.removed) or any(f.old and not f.new for f in facts)
    added = bool(judgement.added) or any(f.new and not f.old for f in facts)
    if altered or (judgement.turns_future and not longer) or removed == added:
        return Direction.ALTERED
    return Direction.REMOVED if removed else Direction.ADDED
