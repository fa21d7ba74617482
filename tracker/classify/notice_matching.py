"""Read the notices that an outlet publishes about its edits, and match each notice to the edits that it explains."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final, NamedTuple

from tracker.model.article import Article, NoticeKind
from tracker.model.change import BlockChange, Change, Fact, FactKind, Field, Hunk, NoticeChange
from tracker.notices.openings import without_time_of_edit
from tracker.notices.recogniser import recognise
from tracker.notices.vocabulary import meanings

from .lexicon import EMPHASIS, LANGUAGES, SMALL, entries, keys

_NOTES: Final = "notes"
"""The file of words of notes, in all languages: a note may be in another language than its article."""
_NUMBERS: Final = {word: n for n, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_AND: Final = r"(?:and|und|et|y|e|en)"


@cache
def _ordinals() -> dict[str, int]:
    """Return the place of a paragraph for each ordinal; negative places count from the end."""
    return {word: int(n) for n in keys(_NOTES, "ordinals") for word in entries(_NOTES, "ordinals", n)}


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return a template as an expression: {paragraph} matches a word for one, {numbers} a list or range of numbers."""
    numbers = rf"(?:\d+|{'|'.join(_NUMBERS)}|to|through|{_AND}|[-–,&]|\s)+"
    paragraph = f"(?:{'|'.join(entries(_NOTES, 'paragraphs'))})"
    return re.compile(template.replace("{paragraph}", paragraph).replace("{numbers}", numbers), re.IGNORECASE)


@cache
def words_for(table: str) -> dict[str, re.Pattern[str]]:
    """Return an expression for each list of words in a table of notes."""
    return {
        key: re.compile(rf"(?<!\w)(?:{'|'.join(entries(_NOTES, table, key))})(?!\w)", re.IGNORECASE)
        for key in keys(_NOTES, table)
    }


_WORD = re.compile(r"\d[\d.,:]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*")
# The meanings of words that name the changed matter; words of other meanings in a notice only say that it changed.
_MATTER: Final = frozenset(
    "name datum reply month day others works said interest protect warning closed display picture request press".split()
)
MAX_PARAGRAPH_NUMBER = 199
"""A larger number after "paragraph" is not the number of a paragraph."""
_MAX_STEM_LETTERS = 6


class ParsedNotice(NamedTuple):
    """The contents of a notice.

    Attributes:
        paragraphs: the numbers of the paragraphs that it names, from 1; negative ones count from the end.
        fields: the fields that it names: "title", "dek", "byline", "caption".
        throughout: whether it says that the whole text changed.
        words: the stems of the words for the changed matter.
    """

    kind: NoticeKind
    paragraphs: tuple[int, ...]
    fields: frozenset[str]
    throughout: bool
    words: frozenset[str]

    @property
    def general(self) -> bool:
        """Whether it names nothing in particular ("This story has been updated.")."""
        return self.throughout or not (self.paragraphs or self.fields or self.words)


def parse(kind: NoticeKind, text: str) -> ParsedNotice:
    """Read a notice. Its own wording has precedence over `kind`, which the extractor found."""
    found = recognise(text)
    kind = found.kind if found is not None and found.is_sure else kind
    text = without_time_of_edit(text)
    # "Paragraphs 3 to 5", "the first two grafs", "3rd and 4th grafs"
    paragraphs: set[int] = set()
    for m in _pattern(r"\b{paragraph}\.?\s+({numbers})").finditer(text):
        numbers = [n for n in (_number(word) for word in re.findall(r"\d+|[a-z]+", m[1].lower())) if n]
        is_range = len(numbers) == 2 and re.search(r"[-–]|\bto\b|\bthrough\b", m[1])
        paragraphs.update(range(numbers[0], numbers[1] + 1) if is_range else numbers)
    for m in _pattern(r"\b(first|opening|top|last|final|closing)\s+(\w+)\s+{paragraph}\b").finditer(text):
        count = _number(m[2].lower()) if m[2].lower() not in _ordinals() else 0
        from_end = _ordinals().get(m[1].lower(), 1) < 0
        paragraphs.update(range(-count, 0) if from_end else range(1, count + 1))
    one = rf"(?<![\w-])-*+([\w-]+)\.?(?:\s+{_AND}\s+([\w-]+)\.?)?\s+{{paragraph}}\b"
    for word in (word.lower() for m in _pattern(one).finditer(text) for word in m.groups() if word):
        figure = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.|e|º)?", word)
        paragraphs.add(int(figure[1]) if figure else _ordinals().get(word, 0))
    return ParsedNotice(
        kind,
        tuple(sorted(paragraphs - {0})),
        frozenset(field for field, pattern in words_for("fields").items() if pattern.search(text)),
        words_for("paragraphs")["throughout"].search(text) is not None,
        frozenset(stems(text)),
    )


def stems(text: str) -> set[str]:
    """Return the figures of `text`, and the first six letters of each of its content words."""
    found = set()
    for word in _WORD.findall(text):
        low = word.lower().replace("’", "'")
        if _is_silent(low) or (len(low) < 3 and not low[-1].isdigit()):
            continue
        low = low.removesuffix("'s")
        if not low[-1].isdigit():
            # A rough stem is enough, because the notice and the edit are by the same outlet.
            singular = low[:-1] if len(low) > 4 and low[-1] == "s" and low[-2] != "s" else low
            low = singular[:_MAX_STEM_LETTERS]
        found.add(low)
    return found


@lru_cache(maxsize=20_000)
def _is_silent(low: str) -> bool:
    """Return whether a word in lower case says nothing about the matter of a change."""
    if low[-1].isdigit():
        return False
    found = meanings(low)
    is_small = any(low in words[lang] for words in (SMALL, EMPHASIS) for lang in LANGUAGES)
    return is_small or low in entries(_NOTES, "silent") or (bool(found) and _MATTER.isdisjoint(found))


def _number(word: str) -> int:
    if word.isdigit():
        return int(word) if int(word) <= MAX_PARAGRAPH_NUMBER else 0
    return _NUMBERS.get(word, 0)


MIN_SCORE = 1.25
"""A notice of several words explains an edit from this score on; a notice of one word, from 1 on."""
MIN_SCORE_BESIDE_FIELD = 2.5
"""The same if the notice names a field that changed, because it may not be about the text at all."""
MIN_SHARE_OF_BEST = 0.6
"""An explained edit has at least this share of the score of the edit that the notice fits best."""
TOPIC_SCORE = 1.25
"""The score of an edit on a topic of the notice, divided by the square root of the number of edits on that topic."""
MAX_SOLE_EDITS = 2
"""A correction that fits no edit explains all edited paragraphs if there are at most this many."""
CORRECTS = frozenset({NoticeKind.CORRECTION, NoticeKind.CLARIFICATION})

_OF_KIND = {
    FactKind.NUMBER: "number",
    FactKind.DATE: "date",
    FactKind.NAME: "name",
    FactKind.PLACE: "name",
    FactKind.QUOTE: "words",
    FactKind.SOURCE: "words",
}
KILLED = "killed"
"""The role of a number of dead people."""
_OF_ROLE = dict.fromkeys((KILLED, "injured", "missing"), "toll") | {
    "age": "age",
    "percent": "market",
    "money": "market",
    "time": "date",
}

Place = int | str
"""A block, as an index into `Change.blocks`, or a field by name."""


class Explained(NamedTuple):
    """The edits that a notice explains: blocks, as indexes into `Change.blocks`, and fields by name."""

    blocks: tuple[int, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Edits:
    """The edits of one change, with the words that each adds and removes, read once for all notices.

    Attributes:
        changed: the blocks that differ, with their indexes.
        facts: the facts that differ.
    """

    old: Article
    new: Article
    change: Change
    changed: tuple[tuple[int, BlockChange], ...]
    facts: tuple[Fact, ...] = ()

    def explained(self, text: str, kind: NoticeKind, *, without: int | None = None) -> Explained:
        """Return the edits that a notice explains.

        An update note is matched clause by clause, other notices as a whole. A notice explains the paragraphs and
        fields that it names, if they changed, or else the edits that it fits best. A notice that names nothing, says
        "throughout", or replaced the whole text explains every edit.

        `kind` is the extractor's, `without` the block that contains the notice itself.
        """
        notice = parse(kind, text)
        changed = [(i, b) for i, b in self.changed if i != without]
        everything = Explained(tuple(i for i, _ in changed), self.fields)
        if notice.general or not self.new.editorial:
            return everything
        blocks: set[int] = set()
        fields: set[str] = set()
        for clause in re.split(r"[,;]\s", text) if notice.kind is NoticeKind.UPDATE else [text]:
            parsed = parse(notice.kind, clause)._replace(kind=notice.kind)
            named_fields = {name for name in self.fields if name in parsed.fields}
            fields |= named_fields
            named_blocks = self._named_blocks(parsed, changed)
            if named_blocks:
                blocks.update(named_blocks)
                continue
            least = MIN_SCORE_BESIDE_FIELD if named_fields else MIN_SCORE
            for place in self._best_fits(parsed, topics_of_notice(clause), changed, least=least):
                if isinstance(place, int):
                    blocks.add(place)
                else:
                    fields.add(place)
        topics = topics_of_notice(text)
        if not (blocks or fields or notice.fields or notice.paragraphs or topics or len(notice.words) > 1):
            return everything
        # If a correction names no other place or topic, and hardly anything was edited, the edits must be the
        # corrected error.
        edits = [i for i, b in changed if b.old is not None and b.new is not None]
        names_another = notice.paragraphs or notice.fields or blocks or fields or topics
        if notice.kind in CORRECTS and not names_another and len(edits) <= MAX_SOLE_EDITS:
            return Explained(tuple(edits), ())
        return Explained(tuple(sorted(blocks)), tuple(name for name in self.fields if name in fields))

    def named_blocks(self, notice: NoticeChange) -> tuple[int, ...]:
        """Return the edited paragraphs that a notice names by their numbers, as indexes into `Change.blocks`."""
        own = {i for i, block in self.changed if block.new_text == notice.text}
        return self._named_blocks(
            parse(notice.kind, notice.text), [each for each in self.changed if each[0] not in own]
        )

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that changed; a changed caption is one of them."""
        found = [name for name, field in self._text_fields if field.changed]
        return (*found, "caption") if self.change.captions else tuple(found)

    @property
    def _text_fields(self) -> tuple[tuple[str, Field], ...]:
        return (("title", self.change.title), ("dek", self.change.dek), ("byline", self.change.byline))

    def _named_blocks(self, notice: ParsedNotice, changed: list[tuple[int, BlockChange]]) -> tuple[int, ...]:
        length = len(self.new.editorial)
        # Negative numbers count from the end. The numbers are those of the new text, or else of the old one.
        places = {n if n > 0 else length + 1 + n for n in notice.paragraphs}
        present = tuple(i for i, b in changed if b.new is not None and b.new + 1 in places)
        return present or tuple(i for i, b in changed if b.new is None and (b.old or 0) + 1 in places)

    @cached_property
    def _words(self) -> dict[Place, tuple[set[str], set[str]]]:
        """The stems that each edit adds, and those that it removes."""
        hunks: dict[Place, tuple[Hunk, ...]] = {i: block.hunks for i, block in self.changed}
        hunks.update({name: field.hunks for name, field in self._text_fields if field.changed})
        out: dict[Place, tuple[set[str], set[str]]] = {}
        for place, listed in hunks.items():
            added, removed = (stems(" ".join(text for op, text in listed if op == sign)) for sign in "+-")
            out[place] = (added, removed)
        return out

    @cached_property
    def _words_around(self) -> dict[int, set[str]]:
        """The stems of each edited block that are not in its edits."""
        return {i: stems(b.new_text or b.old_text).difference(*self._words[i]) for i, b in self.changed}

    @cached_property
    def _edits_with(self) -> Counter[str]:
        """The number of edits that have each stem: a stem of many edits says little about any of them."""
        return Counter(word for added, removed in self._words.values() for word in added | removed)

    @cached_property
    def _topics(self) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        """The topics of each block's facts: of those in edited sentences, and of all."""
        out: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        for fact in self.facts:
            if fact.block is not None:
                edited, anywhere = out.get(fact.block, (frozenset(), frozenset()))
                topics = topics_of_fact(fact)
                out[fact.block] = (edited | topics if fact.standing else edited, anywhere | topics)
        return out

    @cached_property
    def _facts_by_topic(self) -> dict[tuple[int | None, str], frozenset[tuple[str, str]]]:
        """The facts that changed, by block and topic, as (old, new)."""
        out: dict[tuple[int | None, str], set[tuple[str, str]]] = defaultdict(set)
        for fact in self.facts:
            for topic in topics_of_fact(fact):
                out[fact.block, topic].add((fact.old, fact.new))
        return {place: frozenset(facts) for place, facts in out.items()}

    def _best_fits(
        self, notice: ParsedNotice, topics: frozenset[str], changed: list[tuple[int, BlockChange]], *, least: float
    ) -> list[Place]:
        """Return the edits that a notice which names no place fits best, by its words and its topics."""
        # A correction is about the old text, so the facts of new sentences do not fit it.
        which = 0 if notice.kind in CORRECTS else 1
        nothing: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        shared_topics = {i: topics & self._topics.get(i, nothing)[which] for i, _ in changed}
        edits_on: dict[str, int] = {}
        for topic in topics:
            # Blocks in which the same facts changed count once.
            found = {self._facts_by_topic[i, topic] for i, shared in shared_topics.items() if topic in shared}
            edits_on[topic] = sum(not any(facts < other for other in found) for facts in found)
        scores: dict[Place, float] = {}
        for i, _ in changed:
            by_words = self._word_score(notice, i)
            if by_words:
                # Each word of the notice that is near the edited ones adds a quarter.
                by_words += 0.25 * len(notice.words & self._words_around[i])
            scores[i] = by_words + sum(TOPIC_SCORE / edits_on[topic] ** 0.5 for topic in shared_topics[i])
        for name, field in self._text_fields:
            # A byline is explained only if the notice names it, never by its words.
            if field.changed and name != "byline":
                scores[name] = self._word_score(notice, name)
        best = max(scores.values(), default=0.0)
        enough = max(least if len(notice.words) > 1 else 1.0, best * MIN_SHARE_OF_BEST)
        return [place for place, score in scores.items() if score >= enough]

    def _word_score(self, notice: ParsedNotice, place: Place) -> float:
        """Return the score of an edit by the notice's words in it: a figure counts twice, a word of many edits less.

        A removed word counts half for an update, because updates mostly refer to additions.
        """
        added, removed = self._words[place]
        corrects = notice.kind in CORRECTS
        score = 0.0
        for word in notice.words & (added | removed):
            value = (2.0 if word[-1].isdigit() else 1.0) / self._edits_with[word] ** 0.5
            score += value if corrects or word in added else value / 2
        return score


def topics_of_notice(text: str) -> frozenset[str]:
    """Return the topics that a notice says were changed or added: a toll, an age, a date, a name."""
    return frozenset(topic for topic, words in words_for("topics").items() if words.search(text))


def topics_of_fact(fact: Fact) -> frozenset[str]:
    """Return the topics of a fact, in the words of `topics_of_notice`."""
    topics = {_OF_KIND.get(fact.kind, "")}
    if fact.kind is FactKind.NUMBER:
        topics.add(_OF_ROLE.get(fact.role, ""))
    return frozenset(topics - {""})
