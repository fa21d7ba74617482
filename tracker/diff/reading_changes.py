"""Recognise text that was only read differently, and not changed by the outlet.

The same paragraph may be classed as text in one version and left out in the next (as a teaser, outside the text), or be
read as part of another paragraph. `keep_reading` gives each paragraph the class that it had before; it is for stored
versions. `without_phantoms` finds rows of a comparison whose text is on the other page too; it is for any two articles.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import Indel

from tracker.model.article import Article, Block, BlockKind
from tracker.model.change import BlockChange, Op, SentenceChange

from .align import equal_texts

KEPT: Final = "as in the version before"
"""The reason of a block begins like this if the block keeps its class from the previous version."""
_SITE_RULE: Final = "site rule"
"""This is in the reason of a block if a site rule decided its class. Rules have precedence: a person wrote them."""
MIN_PHANTOM_CHARACTERS: Final = 20
"""A shorter piece of text may be in another paragraph by chance."""
MIN_EDITED_LIKENESS: Final = 0.6
"""A left-out block next to kept ones is a lost paragraph, edited, from this share of common words on, 0 to 1."""
_MIN_MOVED_SHARE: Final = 0.5
_MAX_SHARED: Final = 0.1
_MAX_COMPARED_BLOCKS: Final = 40
_MAX_TRIED_PLACES: Final = 20  # of one piece: a thousand items of a list may begin with the same words
MAX_SOUGHT_LETTERS: Final = 400_000_000
"""The largest product of the pieces that are looked up and the letters of the page."""
_SLACK_CHARACTERS: Final = 20  # the other page may have more punctuation

_ONE_SIDED: Final = frozenset({Op.INSERT, Op.DELETE})
_WORD: Final = re.compile(r"\w+")
_STRETCH: Final = re.compile(r"\w[\w ]{11,}")
# A piece of text may end before these, and begin after them.
_JOINT: Final = re.compile(r"\s*[^\w\s]|\s*\n|\s*\Z")


def keep_reading(old: Article, new: Article) -> Article:
    """Return `new` with each paragraph that is also in `old`, the previous version, in the class that it has there.

    A paragraph that was text stays text, and one that was left out stays left out. But if the text of `new` is mostly
    paragraphs that were left out, the earlier reading was wrong, and they become text.
    """
    if [(b.kind, b.text) for b in old.blocks] == [(b.kind, b.text) for b in new.blocks]:
        return new
    classes = _Classes(old, new)
    texts = [[block.text for block in article.blocks] for article in (old, new)]
    at_its_place = {j: old.blocks[i] for i, j in equal_texts(*texts)}
    blocks = list(new.blocks)
    # Of several copies, the one at the place of the old paragraph comes first.
    for n in sorted(range(len(blocks)), key=lambda n: n not in at_its_place):
        if (blocks[n].editorial or _is_left_out(blocks[n])) and _SITE_RULE not in blocks[n].reason:
            blocks[n] = classes.keep(blocks[n], at_its_place.get(n))
    # A left-out block next to a kept one, and similar to a lost paragraph, is that paragraph, edited: it is text too.
    missing = list(classes.edited)[:_MAX_COMPARED_BLOCKS]
    for n, block in enumerate(blocks):
        if not _is_left_out(block) or not any(_is_kept(b) for b in blocks[max(0, n - 1) : n + 2]):
            continue
        words = block.text.split()
        alike = [(Indel.normalized_similarity(text.split(), words), text) for text in missing]
        likeness, text = max(alike, default=(0.0, ""))
        if likeness >= MIN_EDITED_LIKENESS:
            missing.remove(text)
            blocks[n] = _as_before(block, _take(classes.known[text], editorial=True))
    kept = tuple(blocks)
    return new if kept == new.blocks else replace(new, blocks=kept)


class _Classes:
    """Decides which paragraphs of the new page get the class that they had in the old one.

    Attributes:
        known: the blocks of the old page by their text; the first block of each text is last in its list.
        edited: the paragraphs of the old page that are nowhere on the new one.
    """

    def __init__(self, old: Article, new: Article) -> None:
        before, after = _count(old, editorial=True), _count(new, editorial=True)
        left_before, left_after = _count(old, editorial=False), _count(new, editorial=False)
        lost = before - after
        old_size, new_size = _size(before), _size(after)
        # A teaser that is on both pages says nothing about a paragraph that was removed.
        self._back = lost & (left_after - left_before)
        self._away = (after - before) & (left_before - left_after)
        if _size(self._away) > _MIN_MOVED_SHARE * new_size:
            self._away.clear()
        self._as_often = {t for t in before if before[t] == after[t] and left_before[t] == left_after[t]}
        gone = lost - self._back
        self._home = _home(old, new) if gone and _size(gone) >= _MIN_MOVED_SHARE * old_size else frozenset()
        # If another part of the page was read as the text this time, new paragraphs in that part are not news.
        regained = old_size if self._home else _size(self._back)
        # Of a page that had no text, such as a gallery, nothing can be regained.
        is_most = regained > 0 and regained >= _MIN_MOVED_SHARE * old_size
        self._moved = is_most and _size(before & after) <= _MAX_SHARED * new_size
        self._before = before
        self.edited = lost - (left_after - left_before)
        self.known: defaultdict[str, list[Block]] = defaultdict(list)
        for block in reversed(old.blocks):
            self.known[block.text].append(block)

    def keep(self, block: Block, twin: Block | None) -> Block:
        """Return `block` in the class that it had before; `twin` is the same paragraph at the same place before."""
        text = block.text
        counted = self._away if block.editorial else self._back
        if twin is not None:
            if twin.editorial is not block.editorial and (counted[text] > 0 or text in self._as_often):
                counted[text] -= 1
                return _as_before(block, twin)
        elif counted[text] > 0:
            counted[text] -= 1
            return _as_before(block, _take(self.known[text], editorial=not block.editorial))
        if text in self._home and not block.editorial:
            return replace(block, kind=BlockKind.PARAGRAPH, reason=f"{KEPT}: it has most of the text")
        if self._moved and block.editorial and text not in self._before:
            return replace(block, kind=BlockKind.BOILERPLATE, reason=f"{KEPT}: the text was elsewhere")
        return block


def _count(article: Article, *, editorial: bool) -> Counter[str]:
    return Counter(b.text for b in article.blocks if (b.editorial if editorial else _is_left_out(b)))


def _is_left_out(block: Block) -> bool:
    # A notice is shown as one: it is not left out.
    return not block.editorial and block.kind is not BlockKind.NOTICE


def _size(texts: Counter[str]) -> int:
    """Return the number of characters, which is much faster to count than words."""
    return sum(len(text) * count for text, count in texts.items())


def _take(blocks: list[Block], *, editorial: bool) -> Block:
    """Remove and return the first block of a class; there must be one."""
    at = next(n for n in reversed(range(len(blocks))) if blocks[n].editorial is editorial)
    return blocks.pop(at)


def _as_before(block: Block, before: Block) -> Block:
    reason = before.reason if not before.editorial else f"{KEPT}: {block.reason or block.kind.value}"
    return replace(block, kind=before.kind, reason=reason)


def _home(old: Article, new: Article) -> frozenset[str]:
    """Return the text of the left-out block that has most of the words of the old article; empty if there is none."""
    wanted = Counter(_WORD.findall(old.text))
    least = _MIN_MOVED_SHARE * wanted.total()
    for block in new.blocks:
        if _is_left_out(block) and len(block.text) >= least:
            found = Counter(_WORD.findall(block.text))
            if (wanted & found).total() >= least:
                return frozenset({block.text})
    return frozenset()


def _is_kept(block: Block) -> bool:
    return block.editorial and block.reason.startswith(KEPT)


def kept_rows(old: Article, new: Article, rows: Sequence[BlockChange]) -> tuple[int, ...]:
    """Return the unchanged rows whose paragraph is text in `new` only because `keep_reading` kept it."""
    kept = {n for n, block in enumerate(new.editorial) if block.reason and _is_kept(block)}
    same = [(n, row.old) for n, row in enumerate(rows) if row.op is Op.SAME and row.new in kept]
    return tuple(n for n, i in same if i is not None and not _is_kept(old.editorial[i]))


def without_phantoms(
    old: Article, new: Article, rows: tuple[BlockChange, ...]
) -> tuple[tuple[BlockChange, ...], tuple[int, ...]] | None:
    """Return the rows of a comparison without removals and additions of text that is on the other page too.

    A paragraph that appears as often on the other page, left out or within another paragraph, becomes a row of
    `Op.SAME` with only one side; the second value has the indexes of these rows. If it or a sentence appears less often
    there, a copy of it was added or removed: its sentences become `Op.SAME`. The hunks are not changed.

    Return None if too many pieces would have to be looked up in too long a page.
    """
    # A paragraph that was split off has no new sentence, so it is not looked up.
    suspects = [
        n
        for n, row in enumerate(rows)
        if row.sentences
        and any(s.old_text != s.new_text if row.op is Op.INSERT else s.op in _ONE_SIDED for s in row.sentences)
    ]
    if not suspects:
        return rows, ()
    before, after = _Page(old), _Page(new)
    sought = sum(len(rows[n].sentences) + 2 for n in suspects)
    if sought * max(before.letters, after.letters) > MAX_SOUGHT_LETTERS:
        return None
    settled = list(rows)
    changed: list[int] = []
    for n in suspects:
        row = rows[n]
        own, other = (before, after) if row.old is not None else (after, before)
        text = row.old_text or row.new_text
        if row.op in _ONE_SIDED and (count := other.how_often(text)) and count >= own.how_often(text):
            changed.append(n)
            settled[n] = replace(row, op=Op.SAME, sentences=())
            continue
        sentences: list[SentenceChange] = []
        for each in row.sentences:
            if each.op is Op.INSERT and before.has(each.new_text):
                sentences.append(replace(each, op=Op.SAME, old_text=each.new_text))
            elif each.op is Op.DELETE and after.has(each.old_text):
                # In an edited paragraph it is not reported, like sentences that are in another paragraph now.
                if row.op is Op.DELETE:
                    sentences.append(replace(each, op=Op.SAME, new_text=each.old_text))
            else:
                sentences.append(each)
        if tuple(sentences) != row.sentences:
            settled[n] = replace(row, sentences=tuple(sentences))
    return tuple(settled), tuple(changed)


class _Page:
    """The whole text of a page, left-out blocks included, to look up pieces of text in."""

    def __init__(self, article: Article) -> None:
        self._texts = Counter([block.text for block in article.blocks])
        # A notice may quote the error that it corrects, which is no longer in the text.
        said = [block.text for block in article.blocks if block.kind is not BlockKind.NOTICE]
        self._text = "\n".join([*said, article.dek])
        self.letters = len(self._text)

    def has(self, text: str) -> bool:
        """Return whether the page has `text` as a block or, if it is long enough, as a separate part of another one."""
        return text in self._texts or next(self._found(text), None) is not None

    def how_often(self, text: str) -> int:
        """Count the places where the page has `text`."""
        return sum(1 for _ in self._found(text)) or self._texts[text]

    def _found(self, text: str) -> Iterator[int]:
        """Yield the places where the words of `text` form a separate piece, with any punctuation between them."""
        if len(text) < MIN_PHANTOM_CHARACTERS:
            return
        # Most pieces are not there: their first long stretch without punctuation rules them out.
        found = _STRETCH.search(text)
        stretch = found[0].rstrip() if found else text
        at = self._text.find(stretch)
        if at < 0:
            return
        words = _WORD.findall(text)
        wanted = f" {' '.join(words)} "
        longest = max(words, key=len, default="")
        around = len(text) + _SLACK_CHARACTERS
        tried = 0
        while words and at >= 0 and tried < _MAX_TRIED_PLACES:
            tried += 1
            start = max(0, at - around)
            window = self._text[start : at + around]
            near = list(_WORD.finditer(window)) if words[-1] in window and longest in window else []
            # Joined to a text, because a search in a list takes quadratic time if it begins alike at many places.
            spelt = f" {' '.join([word[0] for word in near])} "
            n = place = 0
            for _ in range(_MAX_TRIED_PLACES):
                following = spelt.find(wanted, place)
                if following < 0:
                    break
                n += spelt.count(" ", place, following)
                first, last = start + near[n].start(), start + near[n + len(words) - 1].end()
                # A separate piece begins and ends like a sentence or an item, not within a clause.
                before, rest = self._text[max(0, first - 2) : first], self._text[last : last + 3]
                begins = not self._text[first].islower() or not before.rstrip(" ")[-1:].isalnum()
                if begins and (_JOINT.match(rest) is not None or not rest.lstrip()[:1].islower()):
                    yield first
                    break
                n, place = n + 1, following + 1
            at = self._text.find(stretch, at + len(stretch))
