"""Compare what two versions state: the facts that differ, each with the words on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..model.change import BlockChange, Change, Fact, FactKind, Field, Op
from . import lexicon
from .dates import may_be_same_day
from .mentions import Mention, lowered, mentions
from .names import changed_names, is_given_name, is_surname
from .opposites import exclude_each_other, is_amount_for, opposites, words_alone
from .pairing import differing, paired
from .quotes import attribution_changed, outside, quotations_changed, speaker_changed
from .spelling import WordRelation, differ_in_accents, same_surname, word_relation
from .standing_tone import standing_tone
from .word_edits import WordEdit, without_marker, word_edits, words_of

if TYPE_CHECKING:
    from ..model.article import Article
    from .name_inventory import NameInventory

_MARKS = ".,;:!?“”\"'’()"
# A sentence that was added or removed as a whole neither gained nor lost a hedge.
_TONE = frozenset({FactKind.HEDGE, FactKind.NEGATION})
_KINDS = tuple(FactKind)
MAX_MISSPELT_EDITS = 6
"""In a stretch, no more edits than these are compared by their spelling."""
MAX_MISSPELT_WORDS = 3
"""An edit of more words is not one of spelling."""
_UNSPACED = re.compile(r"\S+")

_Sides = dict[FactKind, list[Mention]]


class Stretch(NamedTuple):
    """A piece of text on both sides.

    `standing` says that the one became the other; otherwise one side is empty. `where` and `block` are those of `Fact`.
    """

    old: str
    new: str
    where: str
    block: int | None
    standing: bool


def language(old: Article, new: Article) -> str:
    """Return the language that both sides are read in, one of `lexicon.LANGUAGES`.

    The newer side decides if it names one, else the older one. A language that is not supported is read as English.
    """
    lang = (new.lang or old.lang)[:2].lower()
    return lang if lang in lexicon.LANGUAGES else "en"


def other_people_credited(byline: Field) -> bool:
    """Return whether a byline credits other people, not the same ones in another order or case."""
    return sorted(byline.old.lower().split(", ")) != sorted(byline.new.lower().split(", "))


def stretches(change: Change) -> Iterator[Stretch]:
    """Yield every piece of text that differs, sentence by sentence, without what only moved."""
    captions = (("caption", field) for field in change.captions)
    for where, field in (("title", change.title), ("dek", change.dek), *captions):
        if field.changed:
            yield Stretch(field.old, field.new, where, None, standing=bool(field.old and field.new))
    if change.layout_only:
        return
    for index, block in enumerate(change.blocks):
        if block.op is not Op.SAME:
            yield from _block_stretches(block, index)


def _block_stretches(block: BlockChange, index: int) -> Iterator[Stretch]:
    if not block.sentences and block.old_text != block.new_text:
        standing = bool(block.old_text and block.new_text)
        yield Stretch(block.old_text, block.new_text, "text", index, standing)
    # The parts of a split or merged sentence share their sentence on the other side: they are one stretch.
    olds: list[str] = []
    news: list[str] = []
    last: tuple[int | None, int | None] = (None, None)
    for s in block.sentences:
        if s.op in {Op.INSERT, Op.DELETE}:
            yield Stretch(s.old_text, s.new_text, "text", index, standing=False)
        elif s.old_text != s.new_text:
            if olds and s.old != last[0] and s.new != last[1]:
                yield Stretch(" ".join(olds), " ".join(news), "text", index, standing=True)
                olds, news = [], []
            olds += [s.old_text] if not olds or s.old != last[0] else []
            news += [s.new_text] if not news or s.new != last[1] else []
            last = (s.old, s.new)
    if olds:
        yield Stretch(" ".join(olds), " ".join(news), "text", index, standing=True)


def stretch_facts(stretch: Stretch, lang: str, inventory: NameInventory) -> list[Fact]:
    """Return the facts that differ between the two sides of a stretch."""
    # The old side is read with corrected spelling, so that a mended word is not a new fact.
    # The number of a list is not a figure.
    old, new = without_marker(stretch.old), without_marker(stretch.new)
    stretch = stretch._replace(old=_respelled(old, new, lang), new=new)
    before = _by_kind(mentions(stretch.old, lang))
    after = _by_kind(mentions(stretch.new, lang))
    sides = stretch.old, stretch.new
    before[FactKind.NUMBER], after[FactKind.NUMBER] = _counted(
        before[FactKind.NUMBER], after[FactKind.NUMBER], sides, lang
    )
    changed = changed_names(before[FactKind.NAME], after[FactKind.NAME], sides, inventory, lang)
    named = [_fact(FactKind.PLACE if is_place else FactKind.NAME, a, b, stretch) for a, b, is_place in changed]
    names = [fact for fact in named if fact.kind is FactKind.NAME]
    quotes, sources = _speech_facts(before, after, names, stretch)
    found: list[Fact] = []
    for kind in _KINDS:
        if kind is FactKind.QUOTE:
            found += quotes
        elif kind is FactKind.NAME:
            found += named
        elif kind is FactKind.SOURCE:
            found += sources
        elif stretch.standing or kind not in _TONE or (kind is FactKind.NEGATION and stretch.old):
            if not before[kind] and not after[kind]:
                continue
            olds, news = differing(before[kind], after[kind], sides)
            if kind in _TONE and stretch.standing:
                olds, news = standing_tone(olds, news, (stretch.old, stretch.new), lang)
            pairs = paired(kind, olds, news, (stretch.old, stretch.new))
            found += [
                _fact(stated, old, new, stretch, role)
                for stated, old, new, role in pairs
                if not may_be_same_day(old, new, lang)
            ]
    return [*found, *_opposite_facts(stretch, found, lang)] if stretch.standing else found


def _opposite_facts(stretch: Stretch, found: Sequence[Fact], lang: str) -> list[Fact]:
    """Return the words that were replaced by their opposite, or by another one of a set that excludes them."""
    alone = words_alone(lowered(stretch.old), lowered(stretch.new))
    facts: list[Fact] = []
    if not any(fact.kind is FactKind.NEGATION for fact in found):
        for old, new in opposites(*alone, lang):
            # "Unsafe" denies "safe"; "closed" does not say "not opened".
            is_denial = old.endswith(new) or new.endswith(old)
            facts.append(_fact(FactKind.NEGATION if is_denial else FactKind.STATE, old, new, stretch))
    stated = " ".join(f"{fact.old} {fact.new}" for fact in (*found, *facts)).lower()
    others = exclude_each_other(*alone, lang)
    return facts + [_fact(FactKind.STATE, *pair, stretch) for pair in others if not any(w in stated for w in pair)]


def _counted(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], lang: str
) -> tuple[list[Mention], list[Mention]]:
    """Leave out loose amounts that others stand for: "several", "many". `exclude_each_other` compares such words."""
    before, after = (set(words_of(lowered(side))) for side in sides)
    left = [m for m in olds if not is_amount_for(m.key, after - before, lang)]
    return left, [m for m in news if not is_amount_for(m.key, before - after, lang)]


def _by_kind(found: Sequence[Mention]) -> _Sides:
    sides: _Sides = {kind: [] for kind in _KINDS}
    for mention in found:
        sides[mention.kind].append(mention)
    return sides


def _speech_facts(before: _Sides, after: _Sides, names: list[Fact], stretch: Stretch) -> tuple[list[Fact], list[Fact]]:
    """Compare quotations and attributions; return the facts of both kinds.

    One edit is one fact. Hedges and negations within a quotation that was added or removed are taken out of
    `before` and `after`, because they came or went with it. Of a changed attribution, the first of these is reported: a
    quotation got another speaker, the attribution changed in another way.
    """
    sides = stretch.old, stretch.new
    olds, news = before[FactKind.QUOTE], after[FactKind.QUOTE]
    pairs = quotations_changed(olds, news, sides)
    quotes = [_fact(FactKind.QUOTE, a.text if a else "", b.text if b else "", stretch, how) for a, b, how in pairs]
    removed = [a for a, _, how in pairs if a and how == "removed"]
    added = [b for _, b, how in pairs if b and how == "added"]
    if removed or added:
        for kind in _TONE:
            before[kind], after[kind] = outside(before[kind], removed), outside(after[kind], added)
    attribution = attribution_changed(before[FactKind.SOURCE], after[FactKind.SOURCE], sides)
    quotation_kept = bool({m.key for m in olds} & {m.key for m in news})
    speakers = speaker_changed(names, sides)
    if quotation_kept and speakers:
        return [*quotes, _fact(FactKind.QUOTE, *speakers, stretch, "attribution")], []
    other_speaker = [_fact(FactKind.SOURCE, *speakers, stretch, "speaker")] if speakers else []
    if attribution is None:
        return quotes, other_speaker if before[FactKind.SOURCE] and after[FactKind.SOURCE] else []
    old, new, how = attribution
    # An attribution that came or went with the quotation it introduces says nothing about the rest of its sentence.
    if how == "attribution" and (removed or added) and _only_grew_or_shrank(stretch):
        return quotes, []
    # Who came or went with the verb of saying is the source of a quotation that stayed.
    names_source = any(bool(fact.new) == bool(new) and not (fact.old and fact.new) for fact in names)
    with_quotation = quotation_kept or bool(removed or added)
    if how == "attribution" and not names_source and _names_no_source(before, after, with_quotation=with_quotation):
        return quotes, []
    if how == "speaker" and any(new and new in fact.new for fact in names):
        return quotes, other_speaker
    if quotation_kept and how == "speaker":
        return [*quotes, _fact(FactKind.QUOTE, old, new, stretch, "attribution")], []
    return quotes, [_fact(FactKind.SOURCE, old, new, stretch, how)]


def _names_no_source(before: _Sides, after: _Sides, *, with_quotation: bool) -> bool:
    """Return whether an attribution that came or went tells of no source.

    "He added" says nothing new of a quotation that both versions have, or that came or went with it; "admitted", in the
    place of "denied", says no more than that nothing is denied.
    """
    denies = [{m.key for m in side[FactKind.NEGATION]} for side in (before, after)]
    named = any(m.key for m in (*before[FactKind.SOURCE], *after[FactKind.SOURCE]))
    return not named and (with_quotation or denies[0] != denies[1])


def _only_grew_or_shrank(stretch: Stretch) -> bool:
    old, new = (frozenset(words_of(lowered(side))) for side in stretch[:2])
    return old <= new or new <= old


def _respelled(old: str, new: str, lang: str) -> str:
    """Return `old`, spelt and spaced as `new` where they say the same: "definately" hedges as "definitely" does."""
    if not old or not new or old == new:
        return old
    here, there = (list(_UNSPACED.finditer(side)) for side in (old, new))
    words, others = ([word[0] for word in side] for side in (here, there))
    edits = word_edits(words, others, with_case=True) or []
    for edit in reversed(edits[:MAX_MISSPELT_EDITS]):
        is_short = 0 < len(edit.old) <= MAX_MISSPELT_WORDS and 0 < len(edit.new) <= MAX_MISSPELT_WORDS
        if is_short and _same_words(edit, words, lang):
            start, end = (here[edit.old_start + k] for k in (0, len(edit.old) - 1))
            first, last = (there[edit.new_start + k] for k in (0, len(edit.new) - 1))
            old = old[: start.start()] + new[first.start() : last.end()] + old[end.end() :]
    return old


def _same_words(edit: WordEdit, here: Sequence[str], lang: str) -> bool:
    """Return whether the words of an edit are the same, misspelt, run together or parted: "A7", "A 7"."""
    if len(edit.old) != len(edit.new):
        return "".join(edit.old).lower() == "".join(edit.new).lower()
    return all(
        _same_word(a, b, lang) and not _is_another_person(here[at - 1] if at else "", a, b, lang)
        for at, (a, b) in enumerate(zip(edit.old, edit.new, strict=True), edit.old_start)
    )


def _is_another_person(before: str, old: str, new: str, lang: str) -> bool:
    """Return whether a word is a given name or surname, and another one there: by one letter ("Mario", "Marco")."""
    before, old, new = (word.strip(_MARKS) for word in (before, old, new))
    return (is_given_name(old) or is_surname(before, old, lang)) and not same_surname(old, new)


def _same_word(a: str, b: str, lang: str) -> bool:
    """Return whether two words differ in spelling or accents alone, with the same marks around them."""
    # Italian typists write "puo'" for "può".
    if a.endswith("'") and not b.endswith("'") and differ_in_accents(a[:-1], b):
        a = a[:-1]
    x, y = a.strip(_MARKS), b.strip(_MARKS)
    return (
        "" != x != y != ""
        and a.replace(x, "") == b.replace(y, "")
        and (differ_in_accents(x, y) or word_relation(x, y, lang) in {WordRelation.SAME, WordRelation.SLIP})
    )


def _fact(kind: FactKind, old: str, new: str, stretch: Stretch, role: str = "") -> Fact:
    return Fact(kind, old, new, role, stretch.where, stretch.block, stretch.standing)
