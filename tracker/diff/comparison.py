"""Compare two articles block by block, sentence by sentence, word by word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tracker.model.article import Article, BlockKind, count_words
from tracker.model.change import BlockChange, Change, Field, Hunk, HunkOp, NoticeChange, Op, SentenceChange

from .align import MIN_REORDERED, Pairing, equal_texts, heaviest_chain, pair_blocks
from .reading_changes import kept_rows, without_phantoms
from .sentences import Sentence, language
from .words import Match, Tokens, Vocabulary, clean, matches, shared_words, similarity

MIN_KEPT = 0.3
"""The share of the smaller block that must be in the other one. Blocks that share less are shown as removed and added,
unless they have most of their words in common in another order."""
MIN_CAPTION_KEPT = 0.5
"""Two captions are one that was edited if they share at least this part of their words."""
MAX_COMPARED_CAPTIONS = 50
# Next to a Chinese or Japanese character, a break between paragraphs is not a break between words.
_CJK_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+(?=[\u3000-\u9fff\uff00-\uffef])")


def compare(old: Article, new: Article, *, in_detail: bool = True) -> Change:
    """Compare two versions of an article: fields, blocks, sentences, words and notices.

    The hunks restore both sides exactly. The result depends on the arguments alone, never on time or load. A text that
    would take too long to compare is shown as one replacement, and `budget_hit` is set. Unless `in_detail`, or if the
    articles as a whole would take too long, only equal blocks are paired. Text that is on both pages but was read
    differently is neither removed nor added: see `Change.reading_changed`.
    """
    comparison = _Comparison(language(new.lang or old.lang))
    # If the pages show the same headline, the one in the metadata may still have been edited.
    titles = old.shown_title, new.shown_title
    title = comparison.field(*(titles if titles[0] != titles[1] else (old.title, new.title)))
    dek = comparison.field(old.dek, new.dek)
    byline = comparison.field(", ".join(old.byline), ", ".join(new.byline))
    blocks = comparison.blocks(old, new, in_detail=in_detail)
    settled = without_phantoms(old, new, blocks)
    comparison.budget_hit = comparison.budget_hit or settled is None
    blocks, read_otherwise = settled or (blocks, ())
    before, after = set(old.notices), set(new.notices)
    notices = [NoticeChange(n.kind, n.text, Op.SAME if n in before else Op.INSERT) for n in dict.fromkeys(new.notices)]
    notices += [NoticeChange(n.kind, n.text, Op.DELETE) for n in dict.fromkeys(old.notices) if n not in after]
    return Change(
        title=title,
        dek=dek,
        byline=byline,
        blocks=blocks,
        captions=tuple(comparison.field(*pair) for pair in _edited_captions(old, new)),
        notices=tuple(notices),
        budget_hit=comparison.budget_hit,
        layout_only=_layout_only(old, new),
        # Words of sentences that came unchanged from another block.
        moved_words=sum(
            count_words(s.new_text)
            for block in blocks
            for s in block.sentences
            if s.old_text == s.new_text and s.old_block is not None and (s.op is Op.MOVE or s.old_block != block.old)
        ),
        reading_changed=tuple(sorted((*read_otherwise, *kept_rows(old, new, blocks)))),
    )


def compare_field(old: str, new: str, lang: str = "") -> Field:
    """Compare two short texts, such as a passage before and after."""
    return _Comparison(language(lang)).field(old, new)


def _edited_captions(old: Article, new: Article) -> Iterator[tuple[str, str]]:
    """Yield each edited caption, before and after; a caption with mostly other words belongs to another picture."""
    before, after = ([b.text for b in each.blocks if b.kind is BlockKind.CAPTION] for each in (old, new))
    stayed = set(before).intersection(after)
    gone = [text for text in before if text not in stayed]
    came = [text for text in after if text not in stayed]
    caption_words = {text: set(text.lower().split()) for text in came[: 2 * MAX_COMPARED_CAPTIONS]}
    for text in gone[:MAX_COMPARED_CAPTIONS]:
        words = set(text.lower().split())
        others = [(caption_words[other], other) for other in came[:MAX_COMPARED_CAPTIONS]]
        alike = [(len(words & those) / max(1, len(words | those)), other) for those, other in others]
        share, other = max(alike, default=(0.0, ""))
        if share >= MIN_CAPTION_KEPT:
            came.remove(other)
            yield text, other


def _layout_only(old: Article, new: Article) -> bool:
    """Return whether only the breaks between paragraphs differ, and no word."""
    words = [article.text.split() for article in (old, new)]
    # Chinese and Japanese have no spaces, so a break between paragraphs may have joined or parted two "words".
    if words[0] != words[1] and "".join(words[0]) == "".join(words[1]):
        words = [_CJK_BREAK.sub("", article.text).split() for article in (old, new)]
    return old.text != new.text and words[0] == words[1]


class _Comparison:
    """One comparison: the language, the vocabulary, and whether a text was too long to compare."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.vocabulary = Vocabulary()
        self.budget_hit = False

    def field(self, old: str, new: str) -> Field:
        """Compare a headline, dek, byline or caption."""
        if old == new:
            return Field(old, new, (("=", old),) if old else ())
        before, after = ([Sentence(text, 0, 0, self.vocabulary)] for text in (old, new))
        return Field(old, new, self._hunks([SentenceGroup(before, after, compared=True)]))

    def blocks(self, old: Article, new: Article, *, in_detail: bool) -> tuple[BlockChange, ...]:
        """Compare the editorial blocks."""
        before, after = [b.text for b in old.editorial], [b.text for b in new.editorial]
        found = pair_blocks(before, after, self.lang, self.vocabulary) if in_detail and before != after else None
        self.budget_hit = self.budget_hit or (found is None and before != after)
        pairing = found or Pairing([(j, i, False) for i, j in equal_texts(before, after)], [], [])
        olds, news = by_block(pairing.old), by_block(pairing.new)
        rows: dict[int, BlockChange] = {}
        editorial, same = new.editorial, Op.SAME
        for j, i, moved in pairing.blocks:
            a, b = before[i], after[j]
            if a == b:
                # Most blocks are unchanged, so they skip the comparison of sentences.
                hunks: tuple[Hunk, ...] = (("=", b),) if b or moved else ()
                rows[j] = BlockChange(Op.MOVE if moved else same, i, j, hunks, editorial[j].kind)
                continue
            groups = group_sentences(olds[i], news[j])
            hunks = self._hunks(groups)
            shared = sum([len(text) for sign, text in hunks if sign == "="])
            if shared >= MIN_KEPT * min(len(a), len(b)) or shared_words(a, b) > MIN_REORDERED:
                rows[j] = BlockChange(Op.MOVE if moved else Op.EDIT, i, j, hunks, editorial[j].kind, edited(groups))
                continue
            # They are shown as one block removed and one added, so their sentences are no longer paired.
            for sentence in olds[i]:
                partner = sentence.partner
                if partner and partner.block == j:
                    sentence.partner = partner.partner = None
        return tuple(_in_order(rows, old, new, olds, news))

    def _hunks(self, groups: Iterable[SentenceGroup]) -> tuple[Hunk, ...]:
        old, new = Tokens(), Tokens()
        runs: list[Match] = []
        for olds, news, compared in groups:
            i, j = len(old.pieces), len(new.pieces)
            for sentence in olds:
                old.add(sentence.whole, sentence.code)
            for sentence in news:
                new.add(sentence.whole, sentence.code)
            if compared:
                found, hit = matches(old.code[i:], new.code[j:])
                self.budget_hit = self.budget_hit or hit
                runs += [Match(m.old + i, m.new + j, m.n) for m in found]
        # All sentences are cleaned up together, so that words equal by chance in one of them do not interrupt an edit.
        return write_hunks(clean(runs, old, new), old, new)


def _in_order(
    rows: dict[int, BlockChange],
    old: Article,
    new: Article,
    olds: Mapping[int, Sequence[Sentence]],
    news: Mapping[int, Sequence[Sentence]],
) -> Iterator[BlockChange]:
    """Yield all rows in the order of the new text; deleted blocks come before those added in their place."""
    partners = {row.old for row in rows.values()}
    at = 0
    waiting: list[BlockChange] = []
    for j, block in enumerate(new.editorial):
        row = rows.get(j)
        if row is None:
            waiting.append(BlockChange(Op.INSERT, None, j, (("+", block.text),), block.kind, added(news[j])))
        elif row.op is Op.MOVE or row.old is None:
            waiting.append(row)
        else:
            if at < row.old:
                yield from _deleted(range(at, row.old), partners, old, olds)
            yield from waiting
            waiting = []
            yield row
            at = row.old + 1
    yield from _deleted(range(at, len(old.editorial)), partners, old, olds)
    yield from waiting


def _deleted(
    places: Iterable[int], partners: Container[int | None], old: Article, olds: Mapping[int, Sequence[Sentence]]
) -> Iterator[BlockChange]:
    for i in places:
        if i not in partners:
            block = old.editorial[i]
            yield BlockChange(Op.DELETE, i, None, (("-", block.text),), block.kind, removed(olds[i]))


MIN_GAP_SIMILARITY = 0.2
"""The words of unpaired sentences at the same place are compared from this similarity on, 0 to 1."""
MIN_SPLIT_GAIN = 0.05
"""A neighbouring sentence is the other half of a split sentence if it adds at least this much similarity."""


class SentenceGroup(NamedTuple):
    """Sentences `old` became sentences `new`; if not `compared`, `old` were removed and `new` added."""

    old: Sequence[Sentence]
    new: Sequence[Sentence]
    compared: bool


def group_sentences(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[SentenceGroup]:
    """Divide the sentences of an edited block into groups, in order; each sentence is in exactly one.

    `old` and `new` are all sentences of the block before and after, already paired by `pair_blocks`. A pair is a group.
    The unpaired sentences between two pairs are one group, which is compared if both sides are similar. A sentence
    whose partner is in another block is never compared with the one that took its place.
    """
    pairs = [(s, s.partner) for s in old if s.partner and s.partner.block == new[0].block]
    chain = heaviest_chain([(one.at, other.at, one.likeness * len(one.text)) for one, other in pairs])
    groups: list[SentenceGroup] = []
    next_old = next_new = 0
    for i, j, _ in (*chain, (len(old), len(new), 0.0)):
        if i > next_old or j > next_new:
            gap = SentenceGroup(old[next_old:i], new[next_new:j], compared=False)
            if not _has_partner_elsewhere(gap) and _similarity(gap, MIN_GAP_SIMILARITY):
                gap = gap._replace(compared=True)
            groups.append(gap)
        if i < len(old):
            groups.append(SentenceGroup([old[i]], [new[j]], compared=True))
        next_old, next_new = i + 1, j + 1
    # A sentence that was added or removed next to an edited one may be the other half of a split or merged sentence.
    joined: list[SentenceGroup] = []
    for group in groups:
        before = joined[-1] if joined else group
        if before.compared != group.compared:
            pair, gap = (before, group) if before.compared else (group, before)
            is_one_sided = not (gap.old and gap.new)
            if is_one_sided and [s.text for s in pair.old] != [s.text for s in pair.new]:
                whole = SentenceGroup([*before.old, *group.old], [*before.new, *group.new], compared=True)
                if _similarity(whole) - _similarity(pair) > MIN_SPLIT_GAIN and not _has_partner_elsewhere(whole):
                    joined[-1] = whole
                    continue
        joined.append(group)
    return joined


def _has_partner_elsewhere(group: SentenceGroup) -> bool:
    """Return whether a sentence of the group is paired with one outside of it."""
    inside = {*group.old, *group.new}
    return any(each.partner and each.partner not in inside for each in inside)


def _similarity(group: SentenceGroup, least: float = 0.0) -> float:
    old, new = ("".join([sentence.code for sentence in side]) for side in (group.old, group.new))
    return similarity(old, new, least)


def by_block(sentences: Iterable[Sentence]) -> dict[int, list[Sentence]]:
    """Return the sentences of each block by its number; an empty list for a block without sentences."""
    found: defaultdict[int, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        found[sentence.block].append(sentence)
    return found


def edited(groups: Iterable[SentenceGroup]) -> tuple[SentenceChange, ...]:
    """Return the changes of the sentences of an edited block."""
    changes: list[SentenceChange] = []
    for olds, news, compared in groups:
        if not compared:
            changes += (*removed(olds), *added(news))
            continue
        # If one sentence became several, or several became one, each of the several is an edit of the one.
        for k in range(max(len(olds), len(news))):
            a, b = olds[min(k, len(olds) - 1)], news[min(k, len(news) - 1)]
            changes.append(
                SentenceChange(Op.SAME if a.text == b.text else Op.EDIT, a.at, b.at, a.text, b.text, a.block, b.block)
            )
    return tuple(changes)


def added(sentences: Iterable[Sentence]) -> tuple[SentenceChange, ...]:
    """Return the changes of the sentences of an added block, some of which may come from other blocks.

    A sentence without a partner was inserted. One that is out of order moved. Any other is the same or edited: a
    paragraph was split or merged.
    """
    changes: list[SentenceChange] = []
    for each in sentences:
        partner = each.partner
        if partner is None:
            changes.append(SentenceChange(Op.INSERT, None, each.at, "", each.text, None, each.block))
        else:
            op = Op.MOVE if each.moved else Op.SAME if partner.text == each.text else Op.EDIT
            changes.append(SentenceChange(op, partner.at, each.at, partner.text, each.text, partner.block, each.block))
    return tuple(changes)


def removed(sentences: Iterable[Sentence]) -> tuple[SentenceChange, ...]:
    """Return the changes of the sentences of a removed block, without those that are in another block now."""
    gone = [each for each in sentences if each.partner is None]
    return tuple(SentenceChange(Op.DELETE, each.at, None, each.text, "", each.block, None) for each in gone)


_MAX_MARK_CHARACTERS = 4
"""Equal text of up to this many characters without a letter or digit is a mark."""


def write_hunks(runs: Sequence[Match], old: Tokens, new: Tokens) -> tuple[Hunk, ...]:
    """Return all of `old` and `new` as hunks, given their equal runs.

    Neighbouring hunks of one kind are joined, and within one change "-" comes before "+". Whitespace that both sides
    share is not part of a change. A mark alone between two changes is, so that readers see one change and not two.
    """
    hunks: list[Hunk] = []
    minus = plus = equal = ""
    for gone, came, following in _changes(runs, old, new):
        if not gone and not came:
            equal += following
        elif (minus or plus) and len(equal) <= _MAX_MARK_CHARACTERS and not any(map(str.isalnum, equal)):
            minus, plus, equal = minus + equal + gone, plus + equal + came, following
        else:
            _write(hunks, minus, plus, equal)
            minus, plus, equal = gone, came, following
    _write(hunks, minus, plus, equal)
    return tuple(hunks)


def _changes(runs: Sequence[Match], old: Tokens, new: Tokens) -> Iterator[tuple[str, str, str]]:
    """Yield the removed text, the added text, and the equal text after both; each may be empty."""
    i = j = 0
    for run in runs:
        minus, plus = "".join(old.pieces[i : run.old]), "".join(new.pieces[j : run.new])
        i, j = run.old + run.n, run.new + run.n
        befores, afters = old.pieces[run.old : i], new.pieces[run.new : j]
        start = 0
        if befores != afters:
            # The words are equal, but the whitespace after some of them differs.
            for k, (before, after) in enumerate(zip(befores, afters, strict=True)):
                if before != after:
                    core = len(before.rstrip())
                    yield minus, plus, "".join(befores[start:k]) + before[:core]
                    minus, plus, start = before[core:], after[core:], k + 1
        yield minus, plus, "".join(befores[start:])
    yield "".join(old.pieces[i:]), "".join(new.pieces[j:]), ""


def _write(hunks: list[Hunk], minus: str, plus: str, equal: str) -> None:
    """Append a change and the equal text after it."""
    head = _shared_whitespace(minus, plus)
    tail = _shared_whitespace(minus[head:][::-1], plus[head:][::-1])
    _put(hunks, "=", minus[:head])
    _put(hunks, "-", minus[head : len(minus) - tail])
    _put(hunks, "+", plus[head : len(plus) - tail])
    _put(hunks, "=", minus[len(minus) - tail :] + equal)


def _put(hunks: list[Hunk], op: HunkOp, text: str) -> None:
    if hunks and hunks[-1][0] == op:
        hunks[-1] = (op, hunks[-1][1] + text)
    elif text:
        hunks.append((op, text))


def _shared_whitespace(a: str, b: str) -> int:
    n = 0
    while n < len(a) and n < len(b) and a[n] == b[n] and a[n].isspace():
        n += 1
    return n
