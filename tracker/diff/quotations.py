"""Find a quotation in an article, and follow the passage through the article's later versions. Pure.

The words are those of `words.words_of`. All kinds of quotation marks, of dashes and of spaces count as the same, and
breaks between paragraphs as spaces. If some words differ, the passage with the least edit distance is found (Sellers
1980).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from typing import Final, NamedTuple
from unicodedata import normalize

from rapidfuzz.distance import LCSseq

from tracker.model.article import Article
from tracker.model.change import (
    CORRECTIONS,
    BlockChange,
    Change,
    FactKind,
    Hunk,
    LabelKind,
    Noted,
    NoticeChange,
    Op,
    SentenceChange,
)
from tracker.model.citation import CitationState, PassageState

from .comparison import compare_field
from .sentences import language, split
from .words import words_of

TITLE: Final = -1
DEK: Final = -2
MAX_QUOTATION_WORDS: Final = 400
"""The search for a passage with a few different words takes time in proportion to the product of both lengths."""
MAX_DIFFERENT_WORDS: Final = 5
MIN_WORDS_PER_DIFFERENCE: Final = 5
"""One word in five may differ, and at most `MAX_DIFFERENT_WORDS` in all."""
MIN_KEPT: Final = 0.4
"""A passage with a smaller share of its words in the new sentences was removed, not altered."""

_ALIKE: Final = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞＂", '"')
    | dict.fromkeys("‘’‚‛‹›′`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f", " ")
)
# Invisible characters, which are in no stored text.
_LEFT_OUT: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_MARKS: Final = "\"'.,;:!?…()[] "

Piece = tuple[int, int, int]
"""A block of an article, and where a part of it begins and ends."""


class Token(NamedTuple):
    """A word or a mark of an article: its block (or TITLE, DEK), and where it begins and ends there."""

    word: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of an article: its tokens `first` to before `last`.

    `different_words` is how many words of the quotation differ: 0 if only marks or capitals do, None if nothing does.
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
        # Separated by NUL, which is in no word, so that a string search finds only whole words.
        return "\0" + "".join(map(_joined_words, self.blocks.values()))

    @cached_property
    def _starts(self) -> dict[int, int]:
        """The places of the tokens by where they begin in `_joined`."""
        ends = accumulate((len(token.word) + 1 for token in self.tokens), initial=0)
        return {at: place for place, at in enumerate(ends)}

    def passage(self, place: Place) -> str:
        """Return the words at `place`, paragraphs separated by blank lines."""
        return "\n\n".join(self.blocks[block][start:end] for block, start, end in self.pieces(place))

    def pieces(self, place: Place) -> list[Piece]:
        """Return the blocks that a passage is in, each with where the passage begins and ends."""
        found: list[Piece] = []
        for token in self.tokens[place.first : place.last]:
            if found and found[-1][0] == token.block:
                found[-1] = (token.block, found[-1][1], token.end)
            else:
                found.append((token.block, token.start, token.end))
        return found

    def exact(self, wanted: str) -> list[Place]:
        """Return the places with exactly the words of `wanted`, in order."""
        words = [token.word for token in _tokens(wanted, 0)]
        found: list[Place] = []
        sought, at = "\0" + "\0".join(words) + "\0", -1
        while words and (at := self._joined.find(sought, at + 1)) >= 0:
            first = self._starts[at]
            found.append(Place(first, first + len(words)))
        return found

    def nearly(self, wanted: str) -> list[Place]:
        """Return the places that differ from `wanted` in a few words, the most similar first."""
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
    """Return the places that a quotation may be from: those with exactly its words, or else with a few different ones.

    The list is empty if the quotation is not found. Only a person can choose among several places.
    """
    wanted = quotation.translate(_ALIKE | _LEFT_OUT).strip(_MARKS)
    return text.exact(wanted) or text.nearly(wanted)


def follow(
    passage: str,
    place: int,
    versions: Sequence[tuple[int, Text]],
    changes: Sequence[Change | None],
    judge: Callable[[int, int], Change],
) -> list[PassageState]:
    """Follow a passage of a cited version through the later ones: it stands, or was altered, removed or corrected.

    Args:
        passage: the words of the passage, as `Text.passage` returns them.
        place: which of the places in the cited version with these words it is, from 0.
        versions: the number and the text of the cited version and of each later one, oldest first.
        changes: the change that led to each of them, from `blame.changes_between`.
        judge: compares the versions at two indexes, and returns the change with its facts, which are not stored.

    Returns: the state of the passage in each of `versions`.
    """
    if not versions:
        return []
    number, text = versions[0]
    places = text.exact(passage)
    if place >= len(places):  # the text was deleted, or is extracted differently today
        return [PassageState(None, number) for _ in versions]
    first = step = _Step(text, text.pieces(places[place]), PassageState(CitationState.STANDS, number, passage))
    sentences = _joined(text, _sentences(text, step.pieces))
    cited, states = _Cited(passage, sentences, step.pieces[0][0] < 0), [step.state]
    for at, ((number, later), change) in enumerate(zip(versions[1:], changes[1:], strict=True), 1):
        step = _next(step, cited, number, later, change, partial(judge, at - 1, at))
        # Outlets often add the note in a later version than the edit.
        if step.state.state in {CitationState.ALTERED, CitationState.REMOVED} and any(_corrections(change)):
            since_cited = judge(0, at)
            if notice := _notice(since_cited, _rows_of(first, since_cited)):
                state = replace(step.state, state=CitationState.CORRECTED, version=number, notice=notice)
                step = step._replace(state=replace(state, latest=number))
        states.append(step.state)
    return states


class _Cited(NamedTuple):
    """A passage and its whole sentences as they were cited, and whether they are of a headline or dek."""

    passage: str
    sentences: str
    is_field: bool

    def is_whole_at(self, pieces: Sequence[Piece], text: Text) -> bool:
        """Return whether these pieces of a text are in sentences with the same words as the cited ones."""
        now = _joined(text, _sentences(text, pieces))
        return self.is_field == (pieces[0][0] < 0) and _plain_words(now) == _plain_words(self.sentences)


class _Step(NamedTuple):
    """A passage in one version: its state, and where it is; `pieces` is empty if it was removed."""

    text: Text
    pieces: list[Piece]
    state: PassageState


def _sentences(text: Text, pieces: Iterable[Piece]) -> list[Piece]:
    """Return the whole sentences that some pieces of a text are in."""
    found: dict[Piece, None] = {}
    for block, start, end in pieces:
        at = 0
        for sentence in split(text.blocks[block], text.lang):
            if at < end and at + len(sentence) > start:
                found[block, at, at + len(sentence.rstrip())] = None
            at += len(sentence)
    return list(found)


def _joined(text: Text, pieces: Iterable[Piece]) -> str:
    return " ".join(text.blocks[block][start:end].strip() for block, start, end in pieces)


def _next(
    before: _Step, cited: _Cited, number: int, text: Text, change: Change | None, judged: Callable[[], Change]
) -> _Step:
    """Return the passage in version `number`, which has this `text`; `before` is the passage in the version before.

    `change` led to this version; `judged` returns it with its facts.
    """
    state = before.state
    stands = state.state is CitationState.STANDS
    kept = _unedited(before, text, change) if stands else None
    if kept and [text.blocks[each[0]] for each in kept] == [before.text.blocks[each[0]] for each in before.pieces]:
        return _Step(text, kept, state)
    rows = _rows_of(before, change)
    heirs = list(_heirs(before, change, rows, text))
    here = _place(before, cited, text, kept, heirs)
    if here and not (stands and not cited.is_whole_at(here, text) and _is_negated(judged(), rows)):
        return _Step(text, here, state if stands else PassageState(CitationState.STANDS, number, cited.passage))
    heirs = _sentences(text, here) if here else heirs
    now = _joined(text, heirs)
    if state.text == now and not stands:
        return _Step(text, heirs, state)
    if _kept(cited.passage, now) < MIN_KEPT:
        heirs, now = [], ""
    notice = _notice(change, rows)
    kind = CitationState.ALTERED if now else CitationState.REMOVED
    kind = CitationState.CORRECTED if notice else kind
    if kind is state.state and not now:
        return _Step(text, heirs, state)
    hunks = compare_field(cited.sentences, now).hunks if now else (("-", cited.passage),)
    since = state.version if kind is state.state else number
    return _Step(text, heirs, PassageState(kind, since, now, hunks, notice, number))


def _place(before: _Step, cited: _Cited, text: Text, kept: list[Piece] | None, heirs: Sequence[Piece]) -> list[Piece]:
    """Return where the words of a passage are in the new text; empty if they are not there.

    Another passage with the same words does not replace one that was altered. If the sentence around the passage was
    altered, the passage is only back when the whole sentence is as it was cited. `kept` is where the characters of the
    passage are, if the change kept all of them; `heirs` are its sentences, or those in their place, in the new text.
    """
    stands = before.state.state is CitationState.STANDS
    places = [text.pieces(place) for place in text.exact(cited.passage)]
    if kept in places:
        return kept or []
    were = [before.text.pieces(place) for place in before.text.exact(cited.passage)]
    around = _sentences(before.text, before.pieces)
    alike = [pieces for pieces in were if _touches(pieces, around)]
    here = [pieces for pieces in places if _touches(pieces, heirs)]
    if here and len(here) >= len(alike) and (stands or not alike):
        return here[0]
    if len(places) < len(were) + (not stands):
        return []
    # It moved or came back with its sentence.
    return next((pieces for pieces in reversed(places) if cited.is_whole_at(pieces, text)), [])


def _touches(own: Iterable[Piece], pieces: Iterable[Piece]) -> bool:
    """Return whether a passage overlaps with some pieces of the same text."""
    return any(block == at and start < last and end > first for block, first, last in own for at, start, end in pieces)


def _is_negated(change: Change, rows: Sequence[int]) -> bool:
    """Return whether a negation was added to a paragraph of the passage or removed from it."""
    return any(fact.kind is FactKind.NEGATION and fact.block in rows for fact in change.facts)


def _unedited(before: _Step, text: Text, change: Change | None) -> list[Piece] | None:
    """Return where the characters of a passage are in the new text; None if the change did not keep all of them."""
    rows = {row.old: row for row in change.blocks if row.new is not None} if change else {}
    found: list[Piece] = []
    for block, start, end in before.pieces:
        new, at, to = block, 0, 0
        if block >= 0 and block in rows:
            new = rows[block].new or 0
            hunks: Sequence[Hunk] = rows[block].hunks
        elif block < 0 and text.blocks[block] == before.text.blocks[block]:
            hunks = [("=", text.blocks[block])]
        else:
            return None
        for op, words in hunks:
            if op == "=" and at <= start and end <= at + len(words):
                break
            at += len(words) * (op != "+")
            to += len(words) * (op != "-")
        else:
            return None
        if found and new != found[-1][0] + 1:
            return None
        found.append((new, start - at + to, end - at + to))
    return found


def _rows_of(before: _Step, change: Change | None) -> list[int]:
    """Return the rows of a change that have a block of the passage, or a sentence from one."""
    blocks = {block for block, _, _ in before.pieces}
    return [
        place
        for place, row in enumerate(change.blocks if change else ())
        if row.old in blocks or any(_old_block(row, each) in blocks for each in row.sentences)
    ]


def _heirs(before: _Step, change: Change | None, rows: Iterable[int], text: Text) -> Iterator[Piece]:
    """Yield where the sentences of a passage are in the new text, or the text that took their place."""
    if change is None:
        return
    found: set[Piece] = set()
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
    """Return the correction that came with a change and explains an edit in one of these rows; "" if there is none.

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
    old = _plain_words(passage)
    return LCSseq.similarity(old, _plain_words(now)) / max(len(old), 1)


def _plain_words(text: str) -> list[str]:
    return [token.word for token in _tokens(text, 0) if _is_word(token.word)]


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
    """Find, for each word of `text`, the part ending there that is most like `words`: its distance and first word.

    The distance is the number of words inserted, removed or replaced. This is Levenshtein's table, column by column,
    except that a part may begin at any word of `text` (Sellers 1980).
    """
    # The entry n compares the first n words with the best part that ends at the current word of the text.
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
