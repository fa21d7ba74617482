"""Judge each edited sentence and field of a change: form, a claim with the facts that differ, or words.

An edit is a claim if a fact differs, and form if that can be proved: the same words with other spelling, grammar, case
or marks, or a list in another order. The burden of proof is the reverse of a spell checker's: a changed content word is
an edit of words unless it is shown to be another spelling of the same word. All other edits are of words, on which the
program gives no verdict: a model of claims and lists of synonyms were right in 82 of 192 such edits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ..model.change import Direction, EditUnit, Fact, FactKind, Substance
from . import lexicon
from .dates import is_near_day
from .facts import EditedSpan
from .lexicon import ACRONYMS, LANGUAGES, NO_COMMENT
from .mentions import Mention, lowered, mentions
from .names import is_surname, names_same
from .spelling import (
    WordRelation,
    differ_in_accents,
    differ_in_agreement,
    is_abbreviated,
    same_case,
    same_surname,
    word_relation,
)
from .word_edits import (
    WordEdit,
    is_cut_short,
    same_label,
    same_letters,
    says_something,
    without_marker,
    word_edits,
    words_of,
)

MAX_REPLACED_SHARE: Final = 0.06
"""A field that keeps at most this share of its content words, and none of its names, is about another thing."""
MAX_UNSURE_SHARE: Final = 0.09
"""A field that keeps at most this share may be about another thing."""
MAX_SERIES_SHARE: Final = 0.6
"""The next text of a series keeps less than this share of the words."""
MAX_LINE_WORDS: Final = 5
"""A line of up to this many words that does not end as a sentence is a label, kicker or subheading."""
MAX_TONE_WORDS: Final = 3
"""A hedge, negation or source that came or went with more content words refers to these, not to the sentence."""
# Teasers of a series: the next one has the same people and says other things.
_EPISODE: Final = re.compile(
    r"(?:folge|episode|podcast|newsletter|épisode|episodio|puntata|episódio|aflevering)\b", re.IGNORECASE
)
# An entry in a page's list of updates; the next one is about something else.
_UPDATE_ENTRY: Final = re.compile(r"\W*(?:new|updated?|addition of|additional|removal of) (?:information|advice)\b")
_BESIDE_LETTERS: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTE, FactKind.NEGATION})
_TONE: Final = frozenset({FactKind.HEDGE, FactKind.NEGATION, FactKind.SOURCE})


class JudgedSpan(NamedTuple):
    """A piece of text on both sides, the facts that differ in it, and the judgement of the edit.

    Attributes:
        facts: the facts of a claim; empty for any other edit, which states the same facts in another way.
        removed, added: the content words that only the old or only the new side has.
        sure_facts: the facts that are certain enough to say that the outlet did not note them.
        is_sure: whether the edit as a whole is certain enough for that.
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
    """Judge one edit. `facts` are the differences that `span_facts` found."""
    if not span.standing:
        return _judge_whole(span, facts)
    words = compare_words(span.old, span.new, lang)
    if len(span.old.split()) != len(span.new.split()) and same_letters(span.old, span.new):
        # A blank was added or removed ("AliceBrown"), so both sides have the same names.
        facts = tuple(fact for fact in facts if fact.kind in _BESIDE_LETTERS)
    if words.is_form:
        # "Two weeks" and "14 days" are one length, so "weeks" and "days" do not exclude each other here.
        facts = tuple(fact for fact in facts if fact.kind is not FactKind.STATE)
    says_nothing = not words.is_form and all(NO_COMMENT[lang].search(lowered(side)) for side in span[:2])
    if says_nothing:
        # Both sides say that somebody did not comment. "Could not be reached for comment" hedges and denies no other
        # statement.
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
    """Return whether a text may be the next in a series: an episode, a row of a table, an entry of updates."""
    sides = (span.old, span.new)
    if all(_UPDATE_ENTRY.match(lowered(side)) for side in sides):
        return words.kept < MAX_SERIES_SHARE
    cells = [side.strip().split("|", 2) for side in sides]
    if all(len(row) > 2 and not row[0] for row in cells):
        return cells[0][1].strip() != cells[1][1].strip()
    is_series = all(_EPISODE.search(side) for side in sides)
    return is_series and span.block is None and words.kept < MAX_SERIES_SHARE


def _is_sure(fact: Fact, words: WordDifference, lang: str) -> bool:
    """Return whether a fact surely shows that a published claim was changed.

    A place or a date that was added or removed may be in the sentence in other words: "yesterday", "local".
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
    # A page may show or hide its dek, or a label above its text, although the article did not change.
    return JudgedSpan(span, facts, unit, is_sure=span.block is not None and not is_line)


def _direction(words: WordDifference, facts: tuple[Fact, ...]) -> Direction:
    # A hedge or source that came or went with more words says nothing about the rest of its sentence.
    longer = len(words.added + words.removed) > MAX_TONE_WORDS and not (words.added and words.removed)
    altered = any((f.old and f.new) or f.role == "marks" or (f.kind in _TONE and not longer) for f in facts)
    removed = bool(words.removed) or any(f.old and not f.new for f in facts)
    added = bool(words.added) or any(f.new and not f.old for f in facts)
    if altered or removed == added:
        return Direction.ALTERED
    return Direction.REMOVED if removed else Direction.ADDED


MAX_GRAMMAR_EDITS: Final = 3
"""Up to this many edits of grammar alone are form; with more of them the sentence is worded differently."""
MAX_SPELT_WORDS: Final = 6
"""Up to this many words of each side are compared by spelling with those of the other side at other places."""
_CONTENT_MARKS: Final = frozenset("?%$€£¥₹+=<>")
# Text without news: a tag, the beginning of an address, and a reference to another page: "(see ‘Safety’ page)".
_ASIDE: Final = re.compile(
    r"\bhttps?://(?:www\.)?|</?[a-zA-Z][^<>]{0,80}>"
    r"|\s?\((?:see )?(?:the )?[‘'“\"][^()‘’“”\"]{2,60}[’'”\"] (?:page|section|chapter)s?\)"
)
# Words, and the marks between the items of a list.
_LISTED: Final = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[,;&/|]")
# Auxiliaries and copulas in the present, and in the past: "is in custody", "was in custody".
_TENSES: Final = lexicon.PerLanguage(
    lambda lang: tuple(lexicon.word_set(lang, "grammar", key) for key in ("present", "past"))
)
_SPELT: Final = frozenset({WordRelation.SAME, WordRelation.SLIP})


@dataclass(frozen=True, slots=True)
class WordDifference:
    """How the words of two texts differ.

    Attributes:
        is_form: whether only the form differs.
        removed, added: the content words that only the old or only the new text has, in lower case.
        kept: the share of content words that are on both sides, 0 to 1.
    """

    is_form: bool
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    kept: float = 1.0


@dataclass(slots=True)
class _Tally:
    """The words that differ, and the number of other edits of grammar and of wording."""

    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    grammar: int = 0
    reworded: int = 0


def compare_words(old: str, new: str, lang: str) -> WordDifference:
    """Compare the words of a sentence or field before and after. Their facts are compared in `facts.py`.

    `lang` is a two-letter language code; an unknown language is read as English.
    """
    lang = lang if lang in LANGUAGES else "en"
    old, new = same_label(without_marker(_ASIDE.sub(" ", old)), without_marker(_ASIDE.sub(" ", new)))
    before, after = _words_with_values(old, new, lang)
    if is_cut_short(old, new):
        return WordDifference(is_form=True)
    low = [w.lower() for w in before], [w.lower() for w in after]
    if low[0] == low[1]:
        return WordDifference(all(same_case(a, b) for a, b in zip(before, after, strict=True)))
    if same_letters(old, new) and _CONTENT_MARKS.intersection(old) == _CONTENT_MARKS.intersection(new):
        return WordDifference(is_form=True)
    edits = word_edits(before, after)
    if edits is None:
        return WordDifference(is_form=False, removed=tuple(low[0]), added=tuple(low[1]), kept=0.0)
    tally = _Tally()
    # If a headline capitalises most words, a capital does not show a name.
    titled = lang != "de" and any(2 * sum(w[0].isupper() for w in side) > len(side) for side in (before, after))
    for edit in edits:
        _count(edit, tally, before, after, lang)
        if titled or len(edit.old) != len(edit.new):
            continue
        for k, (a, b) in enumerate(zip(edit.old, edit.new, strict=True), edit.old_start):
            # Another surname follows a given name or a title: "Mr Woods", "Mr Wood".
            if k and is_surname(before[k - 1], a, lang) and b[0].isupper() and not same_surname(a, b):
                tally.reworded += 1
    removed, added, moved = _left(tally, lang)
    if moved and _is_list(old, new, lang):
        # An item that was listed twice may be listed once.
        moved, removed, added = False, [w for w in removed if w not in low[1]], [w for w in added if w not in low[0]]
    is_form = not (removed or added or moved or tally.reworded) and tally.grammar <= MAX_GRAMMAR_EDITS
    content = [set(side) - lexicon.SMALL[lang] for side in low]
    kept = len(content[0] & content[1]) / len(content[0] | content[1]) if any(content) else 1.0
    return WordDifference(is_form, tuple(removed), tuple(added), kept)


def _words_with_values(old: str, new: str, lang: str) -> tuple[list[str], list[str]]:
    """Return the words of both texts, with each number or date that both of them state as one word."""
    found = [
        sorted(
            (m for m in mentions(text, lang) if m.kind in {FactKind.NUMBER, FactKind.DATE}),
            key=lambda mention: mention.start,
        )
        for text in (old, new)
    ]
    shared = {_stated(m) for m in found[0]} & {_stated(m) for m in found[1]}
    sides = []
    for text, stated in zip((old, new), found, strict=True):
        words: list[str] = []
        at = 0
        for m in stated:
            # Numbers within dates are part of the date.
            if _stated(m) in shared and m.start >= at:
                words += [*words_of(text[at : m.start]), f"⟨{_stated(m)}⟩"]
                at = m.start + len(m.whole)
        sides.append(words + words_of(text[at:]))
    return sides[0], sides[1]


def _stated(mention: Mention) -> str:
    """Return the value of a number or date, with its unit unless the value includes one ("1209600 second")."""
    if mention.measure in {"part", "percent"}:
        return f"{mention.value}%"
    return mention.value if mention.value != mention.key else mention.key + mention.unit


def _count(edit: WordEdit, tally: _Tally, before: Sequence[str], after: Sequence[str], lang: str) -> None:
    """Add the words of an edit to the words that differ, or count it as an edit of grammar or wording."""
    if "".join(edit.old).lower() == "".join(edit.new).lower():
        return
    if not edit.old or not edit.new:
        # Words may be added or dropped next to themselves: "laid out the laid out the".
        side, at, words = (before, edit.old_start, edit.old) if edit.old else (after, edit.new_start, edit.new)
        n = len(words)
        low = [w.lower() for w in words]
        if low in ([w.lower() for w in side[max(0, at - n) : at]], [w.lower() for w in side[at + n : at + 2 * n]]):
            return
    small, prepositions, persons = lexicon.SMALL[lang], lexicon.PREPOSITIONS[lang], lexicon.PRONOUNS[lang]
    if len(edit.old) == len(edit.new):
        pairs = [(a, b, word_relation(a, b, lang)) for a, b in zip(edit.old, edit.new, strict=True)]
    else:
        pairs = [(a, "", WordRelation.OTHER) for a in edit.old] + [("", b, WordRelation.OTHER) for b in edit.new]
    for a, b, relation in pairs:
        x, y = (word if word in ACRONYMS else word.lower() for word in (a, b))
        if relation in _SPELT:
            continue
        if (not x or x in small) and (not y or y in small) and not differ_in_accents(x, y):
            tally.grammar += 1
            now, then = _TENSES[lang]
            is_another_tense = (x in now and y in then) or (x in then and y in now)
            # A pronoun or article for somebody else: "he", "she"; "le", "la".
            is_another_person = x in persons and y in persons and persons[x] != persons[y]
            is_another_gender = frozenset((x, y)) in lexicon.GENDERS[lang]
            are_prepositions = x in prepositions and y in prepositions
            tally.reworded += is_another_tense or is_another_person or is_another_gender or are_prepositions
        elif relation is WordRelation.INFLECTED and differ_in_agreement(x, y, lang):
            tally.grammar += 1
        elif relation in {WordRelation.INFLECTED, WordRelation.LOOKALIKE}:
            tally.reworded += 1
        else:
            tally.removed += [a] if x and x not in small else []
            tally.added += [b] if y and y not in small else []


def _left(tally: _Tally, lang: str) -> tuple[list[str], list[str], bool]:
    """Return the words that only the old and only the new side has, and whether other words moved."""
    fewer, more = Counter(w.lower() for w in tally.removed), Counter(w.lower() for w in tally.added)
    moved = bool(fewer & more)
    left, came = list((fewer - more).elements()), list((more - fewer).elements())
    names = {w.lower() for w in (*tally.removed, *tally.added) if w[0].isupper()}
    # With more words the edit is not form, even if two of them are spellings of one word.
    for word in tuple(left) if max(len(left), len(came)) <= MAX_SPELT_WORDS else ():
        relative = next((w for w in came if word_relation(word, w, lang) in _SPELT), None)
        # "Man City", "Manchester City"
        relative = relative or next((w for w in came if {word, w} <= names and is_abbreviated(word, w)), None)
        if relative:
            left.remove(word)
            came.remove(relative)
            moved = True
    return left, came, moved


def _is_list(old: str, new: str, lang: str) -> bool:
    """Return whether only the order of the items of a list differs: "a, b and c", "c, a and b"."""
    sides = [_LISTED.findall(text.lower()) for text in (old, new)]
    for _ in range(2):  # the same words at the beginning, then at the end
        same = next((k for k, (a, b) in enumerate(zip(*sides, strict=False)) if a != b), min(map(len, sides)))
        sides = [side[same:][::-1] for side in sides]
    listed = []
    for side in sides:
        items: list[list[str]] = [[]]
        for word in side:
            if word in lexicon.LIST_JOINTS[lang]:
                items.append([])
            elif word not in lexicon.GRAMMAR[lang]:
                items[-1].append(word)
        listed.append({tuple(item) for item in items if item})
    return listed[0] == listed[1] and len(listed[0]) > 1
