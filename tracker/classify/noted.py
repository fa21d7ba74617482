"""Decide for each published claim that was altered or removed whether the outlet noted it.

A note explains the facts that it names, and nothing else in the same paragraph:

- It explains a fact if it has the fact's own words, old or new, or if it names the fact's subject (the headline, the
  toll, "the name of the mayor", paragraph 4) and no other fact of that subject changed there.
- It is unclear whether a note explains a fact if it shares another content word with the words that changed, or if it
  names nothing ("This article has been updated.").
- Any other note is about another matter.

The removal of a sentence is explained by one of its figures, dates or quotations, or by half of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tracker.model.article import NoticeKind
from tracker.model.change import Direction, EditUnit, Fact, FactKind, Noted, NoticeChange, Substance
from tracker.notices.openings import without_time_of_edit

from .edits import JudgedSpan
from .mentions import mentions
from .notice_matching import CORRECTS, KILLED, ParsedNotice, parse, stems, topics_of_fact, topics_of_notice, words_for

MIN_SHARED_STEMS: Final = 2
"""A note explains the removal of a sentence if it has at least this many of its words, and half of them."""
_MIN_FORM_LETTERS: Final = 4
_LONG_FIGURE: Final = re.compile(r"\d[\d.,:]+\d")
_OF_ANY_NUMBER: Final = frozenset({"age", "toll", "market"})
_OF_VALUE: Final = frozenset({FactKind.NUMBER, FactKind.DATE, FactKind.QUOTE})  # a name explains no removal
# The best answer comes first: if one note explains a fact, no other note has to.
_BEST_FIRST: Final = (Noted.YES, Noted.UNCLEAR, Noted.NO)


@dataclass(frozen=True)
class Note:
    """A new note of the outlet, or one clause of an update note, with the facts and places that it names.

    Attributes:
        places: the paragraphs that it names by number, as indexes into `Change.blocks`.
    """

    text: str
    parsed: ParsedNotice
    places: frozenset[int]
    lang: str

    @classmethod
    def clauses_of(cls, notice: NoticeChange, places: Sequence[int], lang: str) -> tuple[Note, ...]:
        """Return each clause of an update note as a separate note; any other note as a whole."""
        text = without_time_of_edit(notice.text)
        parts = re.split(r"[,;]\s", text) if notice.kind is NoticeKind.UPDATE else [text]
        parsed = (parse(notice.kind, part)._replace(kind=notice.kind) for part in parts)
        return tuple(cls(part, each, frozenset(places), lang) for part, each in zip(parts, parsed, strict=True))

    @cached_property
    def topics(self) -> frozenset[str]:
        """The topics that it names: a toll, an age, a date, a name."""
        return topics_of_notice(self.text)

    @cached_property
    def values(self) -> frozenset[str]:
        """The values of its numbers and dates: "five men" have the value 5."""
        return _values(self.text, self.lang)

    @cached_property
    def other_words(self) -> frozenset[str]:
        """The stems of its content words, without those that name a topic."""
        text = self.text
        for topic_words in words_for("topics").values():
            text = topic_words.sub(" ", text)
        return frozenset(stems(text))

    def has_words_of(self, fact: Fact) -> bool:
        """Return whether it has the words of a fact, before or after the edit."""
        return any(side and self.has(side, other) for side, other in ((fact.old, fact.new), (fact.new, fact.old)))

    def has(self, side: str, other: str) -> bool:
        """Return whether it names `side` of a fact: the values that `other` does not have, or else the words."""
        own = _values(side, self.lang) - _values(other, self.lang)
        if own:
            # Without its sentence, "20.45 uur" may be read as a period.
            written = set(_LONG_FIGURE.findall(side)) - set(_LONG_FIGURE.findall(other))
            return not self.values.isdisjoint(own) or not written.isdisjoint(_LONG_FIGURE.findall(self.text))
        distinct = stems(side) - stems(other)
        if not distinct:
            # "struck" does not say that "allegedly" was removed, and the month "May" is no hedge.
            return side.lower() not in other.lower() and bool(re.search(rf"(?<!\w){re.escape(side)}(?!\w)", self.text))
        return all(_shares({stem}, self.parsed.words) for stem in distinct)


def _words(text: str) -> set[str]:
    """Return the stems of a text without figures, which are compared by value: "12 March" is no toll of 12."""
    return {stem for stem in stems(text) if not stem[-1].isdigit()}


def _shares(words: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether one of `words` is a form of one of `others`: "Mord", "Mordes". Both are stems of six letters."""
    found = set(others)
    return any(
        word in found
        or any(
            min(len(word), len(other)) >= _MIN_FORM_LETTERS and (word.startswith(other) or other.startswith(word))
            for other in found
        )
        for word in words
    )


@dataclass(frozen=True)
class NotedEdits:
    """The edits of one change and its notes, which decide whether each edit was noted.

    Attributes:
        judged: the edits, without the blocks that are notices.
        notes: the new notes, by clause.
        lang: the language of the edits.
        subject: the stems of the headline. A note with no other words names nothing in particular.
        everything: whether a note replaced the text, and so explains all edits.
        vague: whether a new text may be a note, or says that the text was edited but not how.
    """

    judged: tuple[JudgedSpan, ...]
    notes: tuple[Note, ...]
    lang: str
    subject: frozenset[str] = frozenset()
    everything: bool = False
    vague: bool = False

    @cached_property
    def units(self) -> tuple[EditUnit, ...]:
        """The units of the edits, with `noted` for published claims; edits that a correction explains are claims."""
        corrections = [note for note in self.notes if note.parsed.kind in CORRECTS]
        units: list[EditUnit] = []
        for judged in self.judged:
            unit = judged.unit
            if unit.alters_existing_claim:
                unit = replace(unit, noted=self._noted(judged))
            elif unit.substance is not Substance.CLAIM and judged.span.standing:
                # A correction may have the words of an edit both before and after.
                sides = [_words(" ".join(words)) for words in (judged.removed, judged.added)]
                if any(all(side and _shares(side, note.parsed.words) for side in sides) for note in corrections):
                    unit = replace(unit, substance=Substance.CLAIM, direction=Direction.ALTERED, noted=Noted.YES)
            units.append(unit)
        return tuple(units)

    def _noted(self, judged: JudgedSpan) -> Noted:
        if self.everything:
            return Noted.YES
        if not judged.span.standing:
            answers = [self._about_words(judged, judged.span.old)]
            of_value = [fact for fact in judged.facts if fact.kind in _OF_VALUE]
            answers += [Noted.YES for fact in of_value if any(note.has_words_of(fact) for note in self.notes)]
            best = min(answers, key=_BEST_FIRST.index)
            return best if judged.is_sure or best is Noted.YES else Noted.UNCLEAR
        answered = self.answers(judged)
        sure = frozenset(judged.sure_facts)
        if any(answer is Noted.NO for fact, answer in answered if fact in sure):
            return Noted.NO
        return Noted.YES if all(answer is Noted.YES for _, answer in answered) else Noted.UNCLEAR

    def answers(self, judged: JudgedSpan) -> list[tuple[Fact, Noted]]:
        """Return for each fact of an edited sentence or field whether the notes explain it."""
        by_words = self._about_words(judged, "")
        around = stems(f"{judged.span.old} {judged.span.new}") if self.notes else set()
        found: list[tuple[Fact, Noted]] = []
        for fact in judged.facts:
            if fact.kind is FactKind.QUOTE and fact.old and fact.new:
                # A quotation that other facts alone altered, such as a figure in it, needs no note of its own.
                others = [f for f in judged.facts if f is not fact and f.old in fact.old and f.new in fact.new]
                differing = stems(fact.old) ^ stems(fact.new)
                if others and differing <= stems(" ".join(f"{f.old} {f.new}" for f in others)):
                    continue
            answers = [Noted.YES]
            if not any(note.has_words_of(fact) for note in self.notes):
                answers = [by_words, *(self._by_subject(note, fact, judged, around) for note in self.notes)]
            found.append((fact, min(answers, key=_BEST_FIRST.index)))
        return found

    def _by_subject(self, note: Note, fact: Fact, judged: JudgedSpan, around: set[str]) -> Noted:
        """Return whether a note explains a fact by naming its subject; unclear if other facts of that subject changed.

        `around` has the stems of the sentence.
        """
        topics = note.topics & topics_of_fact(fact)
        if note.parsed.kind is NoticeKind.UPDATE and fact.old:
            topics -= {"words"}  # an update adds comments and does not alter them
        unit = judged.unit
        if unit.block in note.places if unit.block is not None else unit.where in note.parsed.fields:
            if note.topics and not topics:
                return Noted.NO
            same = [each for each in self.judged if (each.unit.block, each.unit.where) == (unit.block, unit.where)]
            rivals = [f for each in same for f in each.facts]
        else:
            is_about_another = note.places or note.parsed.fields - {"caption"}
            if is_about_another:
                return Noted.NO
            if not topics:
                if note.topics:
                    # A number whose role is not known may be an age, a toll or a price.
                    is_number = fact.kind is FactKind.NUMBER and not fact.role
                    may_be_about = is_number and not note.topics.isdisjoint(_OF_ANY_NUMBER)
                else:
                    # A correction may be about a fact that it does not name, by the words around it.
                    names_another = any(note.has_words_of(f) for each in self.judged for f in each.facts)
                    is_correction = note.parsed.kind in CORRECTS and not names_another
                    may_be_about = is_correction and _shares(note.other_words, around)
                return Noted.UNCLEAR if may_be_about else Noted.NO
            if len(note.other_words) > 1 and not _shares(note.other_words, around):
                return Noted.UNCLEAR  # "the name of the barge's owner" may be the one in this sentence
            rivals = [f for each in self.judged for f in each.facts]
        if topics:
            rivals = [f for f in rivals if topics & topics_of_fact(f)]
            # If several tolls changed, the note means that of the dead.
            rivals = [f for f in rivals if f.role == KILLED] or rivals
        # A fact that changed in several places counts once ("kills 12", "at least 12 people"): facts with the same
        # numbers and dates, or else with the same words, are one.
        distinct = {
            (f.kind, *(_values(side, self.lang) or frozenset(side.lower().split()) for side in (f.old, f.new)))
            for f in rivals
        }
        return Noted.YES if fact in rivals and len(distinct) == 1 else Noted.UNCLEAR

    def _about_words(self, judged: JudgedSpan, gone: str) -> Noted:
        """Return whether the notes explain an edit by its words; `gone` is the whole sentence if it was removed."""
        sides = [_words(gone)] if gone else [_words(" ".join(words)) for words in (judged.removed, judged.added)]
        shared = [
            {word for word in side if _shares({word}, note.parsed.words)} for note in self.notes for side in sides
        ]
        if gone and any(len(words) >= MIN_SHARED_STEMS and len(words) >= len(sides[0]) / 2 for words in shared):
            return Noted.YES
        if self.vague or any(shared):
            return Noted.UNCLEAR
        for note in self.notes:
            names_part = note.topics or note.parsed.paragraphs or note.parsed.fields
            if note.parsed.general or (not names_part and note.other_words <= self.subject):
                return Noted.UNCLEAR
        return Noted.NO


def _values(text: str, lang: str) -> frozenset[str]:
    return frozenset(m.value for m in mentions(text, lang) if m.kind in {FactKind.NUMBER, FactKind.DATE})
