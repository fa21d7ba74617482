"""Find a quotation in an article, and follow the passage through the article's later versions. Pure.

Words are compared by `words.words_of`; quotation marks, dashes and spaces of all kinds count as the same, and breaks
between paragraphs as spaces. Words that differ are looked for by the edit distance of a part of a text (Sellers 1980).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Final, NamedTuple
from unicodedata import normalize

from rapidfuzz.distance import LCSseq

from tracker.model.article import Article
from tracker.model.change import CORRECTIONS, BlockChange, Change, LabelKind, Noted, NoticeChange, Op, SentenceChange
from tracker.model.citation import CitationState, PassageState

from .comparison import compare_field
from .sentences import language, split
from .words import words_of

TITLE: Final = -1
DEK: Final = -2
MAX_QUOTATION_WORDS: Final = 400
"""The search for words that differ takes time with the product of both lengths."""
MAX_DIFFERENT_WORDS: Final = 5
MIN_WORDS_PER_DIFFERENCE: Final = 5
"""One word in five may differ, and no more than `MAX_DIFFERENT_WORDS` of a long quotation."""
MIN_KEPT: Final = 0.4
"""With a smaller share of its words in the new sentences, a passage was removed and not altered."""

_ALIKE: Final = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞＂", '"')
    | dict.fromkeys("‘’‚‛‹›′`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f", " ")
)
# Invisible characters, which are in no stored text.
_LEFT_OUT: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_MARKS: Final = "\"'.,;:!?…()[]- "


class Token(NamedTuple):
    """A word or a mark of an article: its block (or TITLE, DEK), and where it begins and ends there."""

    word: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of an article: its tokens `first` to before `last`.

    `different_words` is how many words a quotation has otherwise, 0 if only marks or capitals differ, None if nothing.
    """

    first: int
    last: int
    different_words: int | None = None


class Text:
    """The headline, dek and editorial blocks of an article as tokens."""

    def __init__(self, article: Article) -> None:
        self.lang = language(article.lang)
        self.blocks = {TITLE: article.title, DEK: article.dek} | {
            place: block.text for place, block in enumerate(article.editorial)
        }

    @cached_property
    def tokens(self) -> list[Token]:
        """All words and marks, in order."""
        return [token for block, text in self.blocks.items() for token in _tokens(text, block)]

    @cached_property
    def _joined(self) -> str:
        # Separated by what is in no word, so that a string search finds whole words alone.
        return "\0" + "".join(map(_joined_words, self.blocks.values()))

    @cached_property
    def _starts(self) -> dict[int, int]:
        """The places of the tokens by where they begin in `_joined`."""
        ends = accumulate((len(token.word) + 1 for token in self.tokens), initial=0)
        return {at: place for place, at in enumerate(ends)}

    def passage(self, place: Place) -> str:
        """Return the words at `place`, paragraphs separated by blank lines."""
        return "\n\n".join(self.blocks[block][start:end] for block, start, end in self.pieces(place))

    def pieces(self, place: Place) -> list[tuple[int, int, int]]:
        """Return the blocks that a passage runs over, with where it begins and ends in each."""
        found: list[tuple[int, int, int]] = []
        for token in self.tokens[place.first : place.last]:
            if found and found[-1][0] == token.block:
                found[-1] = (token.block, found[-1][1], token.end)
            else:
                found.append((token.block, token.start, token.end))
        return found

    def exact(self, wanted: str) -> list[Place]:
        """Return where the words of `wanted` stand."""
        words = [token.word for token in _tokens(wanted, 0)]
        return list(self._exact(words)) if words else []

    def _exact(self, words: Sequence[str]) -> Iterator[Place]:
        sought, at = "\0" + "\0".join(words) + "\0", -1
        while (at := self._joined.find(sought, at + 1)) >= 0:
            first = self._starts[at]
            yield Place(first, first + len(words))

    def nearly(self, wanted: str) -> list[Place]:
        """Return where the words of `wanted` stand with a few words of difference, the nearest first."""
        words = [token.word.casefold() for token in _tokens(wanted, 0) if _is_word(token.word)]
        most = min(len(words) // MIN_WORDS_PER_DIFFERENCE, MAX_DIFFERENT_WORDS)
        places = [place for place, token in enumerate(self.tokens) if _is_word(token.word)]
        ends = _distances(words, [self.tokens[place].word.casefold() for place in places])
        found: list[Place] = []
        for end, (distance, start) in sorted(enumerate(ends), key=lambda each: each[1][0]):
            if distance > most or start > end:
                continue
            place = Place(places[start], places[end] + 1, distance)
            if all(place.last <= other.first or other.last <= place.first for other in found):
                found.append(place)
        return found


def locate(quotation: str, text: Text) -> list[Place]:
    """Return the places of a text that a quotation may be from: exact ones, or else those that nearly are.

    None if it is not found; several are alike, and only a person can say which it is.
    """
    wanted = quotation.translate(_ALIKE | _LEFT_OUT).strip(_MARKS)
    return text.exact(wanted) or text.nearly(wanted)


def follow(
    passage: str,
    place: int,
    versions: Sequence[tuple[int, Text]],
    changes: Sequence[Change | None],
    change_to: Callable[[int], Change],
) -> list[PassageState]:
    """Return the state of a passage in each of `versions`, oldest first; it is from the first of them.

    Args:
        passage: its words, as `Text.passage` gives them.
        place: which of the places with these words it is, from 0.
        versions: the numbers and texts of the cited version and the later ones.
        changes: the change that led to each, from `blame.changes_between`.
        change_to: returns the change from the first version to the one at a place of `versions`.
    """
    if not versions:
        return []
    number, text = versions[0]
    places = text.exact(passage)
    if place >= len(places):  # the text was deleted, or is read otherwise today
        return [PassageState(None, number) for _ in versions]
    first = step = _Step(text, text.pieces(places[place]), PassageState(CitationState.STANDS, number, passage))
    states, cited = [step.state], _sentences(step)
    for at, ((number, later), change) in enumerate(zip(versions[1:], changes[1:], strict=True), 1):
        step = _next(step, passage, cited, number, later, change)
        # Outlets often add the note in a later version than the edit.
        if step.state.state in {CitationState.ALTERED, CitationState.REMOVED} and any(_corrections(change)):
            since_cited = change_to(at)
            if notice := _notice(since_cited, _rows_of(first, since_cited)):
                state = replace(step.state, state=CitationState.CORRECTED, version=number, notice=notice)
                step = step._replace(state=state)
        states.append(step.state)
    return states


class _Step(NamedTuple):
    """A passage in one version, and where it is; nowhere if it was removed."""

    text: Text
    pieces: list[tuple[int, int, int]]
    state: PassageState


def _sentences(step: _Step) -> str:
    """Return the whole sentences that a passage is in."""
    found: list[str] = []
    for block, start, end in step.pieces:
        at = 0
        for sentence in split(step.text.blocks[block], step.text.lang):
            if at < end and at + len(sentence) > start:
                found.append(sentence.strip())
            at += len(sentence)
    return " ".join(found)


def _next(before: _Step, passage: str, cited: str, number: int, text: Text, change: Change | None) -> _Step:
    state = before.state
    stands = state.state is CitationState.STANDS
    kept = _unchanged(before, text, change) if stands else None
    if kept is not None:
        return _Step(text, kept, state)
    places = text.exact(passage)
    rows = _rows_of(before, change)
    heirs = list(_heirs(before, change, rows, text))
    homes = {block for block, _, _ in heirs}
    here = [each for each in places if text.tokens[each.first].block in homes]
    if places and not here:
        # It moved or came back, unless what is found now is another passage with the same words.
        alike = len(before.text.exact(passage))
        here = places[-1:] if len(places) >= alike + (not stands) else []
    if here:
        state = state if stands else PassageState(CitationState.STANDS, number, passage)
        return _Step(text, text.pieces(here[0]), state)
    now = " ".join(text.blocks[block][start:end] for block, start, end in heirs)
    if state.text == now and not stands:
        return _Step(text, heirs, state)
    if _kept(passage, now) < MIN_KEPT:
        heirs, now = [], ""
    notice = _notice(change, rows)
    kind = CitationState.ALTERED if now else CitationState.REMOVED
    kind = CitationState.CORRECTED if notice else kind
    if kind is state.state and not now:
        return _Step(text, heirs, state)
    hunks = compare_field(cited, now).hunks if now else (("-", passage),)
    return _Step(text, heirs, PassageState(kind, number, now, hunks, notice))


def _unchanged(before: _Step, text: Text, change: Change | None) -> list[tuple[int, int, int]] | None:
    """Return where a passage is whose blocks are the same in the new text; None if one is not, or they are apart."""
    blocks = {row.old: row.new for row in change.blocks if not row.sentences} if change else {}
    found: list[tuple[int, int, int]] = []
    for block, start, end in before.pieces:
        new = block if block < 0 else blocks.get(block)
        if new is None or text.blocks.get(new) != before.text.blocks[block]:
            return None
        if found and new != found[-1][0] + 1:
            return None
        found.append((new, start, end))
    return found


def _rows_of(before: _Step, change: Change | None) -> list[int]:
    """Return the rows of a change that the blocks of a passage are in, or their sentences went to."""
    blocks = {block for block, _, _ in before.pieces}
    return [
        place
        for place, row in enumerate(change.blocks if change else ())
        if row.old in blocks or any(_old_block(row, each) in blocks for each in row.sentences)
    ]


def _heirs(before: _Step, change: Change | None, rows: Iterable[int], text: Text) -> Iterator[tuple[int, int, int]]:
    """Yield where the sentences of a passage are in the new text, or the text that took their place."""
    if change is None:
        return
    found: set[tuple[int, int, int]] = set()
    for block, start, end in before.pieces:
        if block < 0:
            new = text.blocks[block]
            found.update([(block, 0, len(new))] if new else [])
            continue
        for row in (change.blocks[place] for place in rows):
            if row.old == block and row.new is not None and not row.sentences:
                found.add((row.new, start, end))
            for each in row.sentences:
                at = before.text.blocks[block].find(each.old_text)
                is_touched = _old_block(row, each) == block and at < end and at + len(each.old_text) > start
                into = row.new if each.new_block is None else each.new_block
                if is_touched and each.op is not Op.DELETE and into is not None:
                    begin = max(text.blocks[into].find(each.new_text), 0)
                    found.add((into, begin, begin + len(each.new_text)))
    yield from sorted(found)


def _old_block(row: BlockChange, sentence: SentenceChange) -> int | None:
    if sentence.old is None:
        return None
    return row.old if sentence.old_block is None else sentence.old_block


def _notice(change: Change | None, rows: Iterable[int]) -> str:
    """Return the correction that came with a change and tells of an edit in one of its rows, "" if there is none.

    A correction that only shares words with a rewritten paragraph is about another matter.
    """
    noted = {unit.block for unit in change.units if unit.noted is Noted.YES} if change else set()
    explained = noted.intersection(rows)
    return next((each.text for each in _corrections(change) if not explained.isdisjoint(each.explains)), "")


def _corrections(change: Change | None) -> Iterator[NoticeChange]:
    """Yield the corrections, clarifications and editor's notes that came with a change."""
    for notice in change.notices if change else ():
        if notice.op is Op.INSERT and LabelKind(notice.kind.value) in CORRECTIONS:
            yield notice


def _kept(passage: str, now: str) -> float:
    """Return the share of the words of a passage that are in `now`, in their order."""
    old, new = ([token.word for token in _tokens(text, 0) if _is_word(token.word)] for text in (passage, now))
    return LCSseq.similarity(old, new) / max(len(old), 1)


def _tokens(text: str, block: int) -> Iterator[Token]:
    at = 0
    for word in words_of(text.translate(_ALIKE)):
        if bare := word.strip():
            start = at + word.index(bare)
            yield Token(normalize("NFC", bare), block, start, start + len(bare))
        at += len(word)


@lru_cache(maxsize=2048)
def _joined_words(text: str) -> str:
    # Most blocks are the same in one version after the other.
    return "".join(f"{token.word}\0" for token in _tokens(text, 0))


def _is_word(word: str) -> bool:
    return any(map(str.isalnum, word))


def _distances(words: Sequence[str], text: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each word of `text` the least edit distance of `words` to a part that ends there, and its start."""
    column = [(n, 0) for n in range(len(words) + 1)]
    found: list[tuple[int, int]] = []
    for place, other in enumerate(text):
        diagonal, column[0] = (0, place), (0, place + 1)
        for n, word in enumerate(words, 1):
            distance, start = diagonal
            best = min(
                (distance + (word != other), start),
                (column[n][0] + 1, column[n][1]),
                (column[n - 1][0] + 1, column[n - 1][1]),
                key=lambda each: each[0],
            )
            diagonal, column[n] = column[n], best
        found.append(column[-1])
    return found
