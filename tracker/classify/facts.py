"""Compare what two versions state: the facts that differ, each with what was said and what is said."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from ..model import Change, Fact, FactKind, Field, Op
from . import lexicon
from .cosmetic import same_word
from .links import link_facts
from .mentions import Mention, lowered, mentions
from .opposites import opposites
from .quotes import attributed, given_to_another, outside, quotations
from .sources import veil

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..model import Article, BlockChange

_WORD = re.compile(r"\w(?:[\w'.-]*\w)?")
_PART = re.compile(r"\w+")
_EDGES = ".,;:!?“”\"'’()"
# A sentence that is new as a whole neither gained nor lost a hedge.
_TONE = frozenset({FactKind.HEDGE, FactKind.NEGATION})
_ALIKE = 50
"""Of mentions of one value in one stretch, so many are tried for one of the same sense."""
_JOINS = lexicon.TITLES | {""}
_ROLES_TOLD_APART = frozenset({"percent", "money", "killed", "injured", "time"})


class Stretch(NamedTuple):
    """A piece of text on both sides: *standing* when one became the other, else one side is empty."""

    old: str
    new: str
    where: str
    block: int | None
    standing: bool


def facts(old: Article, new: Article, change: Change) -> tuple[Fact, ...]:
    """List the facts that differ between *old* and *new*, in the order of *change*, links last.

    A name that changed only its case in a headline, and a number written another way ("12", "twelve"), is no fact.
    """
    lang = language(old, new)
    context = Context(old, new)
    found: list[Fact] = []
    for stretch in stretches(change):
        found += compared(stretch, lang, context)
    return (*found, *link_facts(old, new, change))


def language(old: Article, new: Article) -> str:
    """Return the two letters of the language the newer side is written in, else "en"."""
    return (new.lang or old.lang or "en")[:2].lower()


class Context:
    """What the whole articles say, asked where a headline in title case hides which words are names."""

    def __init__(self, old: Article, new: Article) -> None:
        self._texts = (old, new)
        self._words: frozenset[str] | None = None

    def knows_as_name(self, word: str) -> bool:
        """Say whether the text writes *word* with a capital alone; without a text any word may be a name."""
        if self._words is None:
            self._words = frozenset(w.strip(".,;:!?“”\"'’()") for a in self._texts for w in a.text.split())
        return not self._words or (word in self._words and word.lower() not in self._words)


def stretches(change: Change) -> Iterator[Stretch]:
    """Yield every piece of text that differs, sentence by sentence; what only moved is left out."""
    for where, field in (("title", change.title), ("dek", change.dek)):
        if field.changed:
            yield Stretch(field.old, field.new, where, None, standing=bool(field.old and field.new))
    if change.layout_only:
        return
    for index, block in enumerate(change.blocks):
        if block.op is not Op.SAME:
            yield from _of_block(block, index)


def _of_block(block: BlockChange, index: int) -> Iterator[Stretch]:
    if not block.sentences and block.old_text != block.new_text:
        standing = bool(block.old_text and block.new_text)
        yield Stretch(block.old_text, block.new_text, "text", index, standing)
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


def compared(stretch: Stretch, lang: str, context: Context) -> list[Fact]:
    """Return the facts of one stretch that differ."""
    before = _by_kind(mentions(_respelled(stretch.old, stretch.new), lang))
    after = _by_kind(mentions(stretch.new, lang))
    names = _names(
        _real_names(before[FactKind.NAME], stretch.old, context),
        _real_names(after[FactKind.NAME], stretch.new, context),
        stretch,
    )
    quotes, sources = _said(before, after, names, stretch)
    found: list[Fact] = []
    for kind in FactKind:
        if kind is FactKind.QUOTE:
            found += quotes
        elif kind is FactKind.NAME:
            found += names
        elif kind is FactKind.SOURCE:
            found += sources
        elif stretch.standing or kind not in _TONE:
            found += _paired(*_differing(before[kind], after[kind]), kind, stretch)
    return found + _turned(found, stretch, lang)


def _turned(found: list[Fact], stretch: Stretch, lang: str) -> list[Fact]:
    """Return the words that came to say the opposite, where no negation found before says so."""
    if not stretch.standing or any(fact.kind is FactKind.NEGATION for fact in found):
        return []
    pairs = opposites(lowered(stretch.old), lowered(stretch.new), lang if lang in lexicon.LANGUAGES else "en")
    return [_fact(FactKind.NEGATION, old, new, stretch, "opposite") for old, new in pairs]


def _by_kind(found: Iterable[Mention]) -> dict[FactKind, list[Mention]]:
    out: dict[FactKind, list[Mention]] = {kind: [] for kind in FactKind}
    for mention in found:
        out[mention.kind].append(mention)
    return out


def _said(
    before: dict[FactKind, list[Mention]], after: dict[FactKind, list[Mention]], names: list[Fact], stretch: Stretch
) -> tuple[list[Fact], list[Fact]]:
    """Compare quotations and attributions; what a quotation that came or went takes in is told with it."""
    sides = stretch.old, stretch.new
    olds, news = before[FactKind.QUOTE], after[FactKind.QUOTE]
    pairs = quotations(olds, news, sides)
    quotes = [_fact(FactKind.QUOTE, a.text if a else "", b.text if b else "", stretch, how) for a, b, how in pairs]
    gone = [a for a, _, how in pairs if a and how == "removed"]
    come = [b for _, b, how in pairs if b and how == "added"]
    if gone or come:
        for kind in _TONE:
            before[kind], after[kind] = outside(before[kind], gone), outside(after[kind], come)
    veiled = veil(names, sides) if stretch.standing else None
    if veiled:
        return quotes, [_fact(FactKind.SOURCE, *veiled[:2], stretch, veiled[2])]
    speaker = attributed(before[FactKind.SOURCE], after[FactKind.SOURCE], sides)
    stands = bool({m.key for m in olds} & {m.key for m in news})
    other = given_to_another(names, sides) if stands else None
    if other:
        return [*quotes, _fact(FactKind.QUOTE, *other, stretch, "attribution")], []
    if speaker is None or (speaker[2] == "attribution" and (gone or come)) or (speaker[2] == "speaker" and names):
        return quotes, []
    if stands and speaker[2] == "speaker":
        return [*quotes, _fact(FactKind.QUOTE, *speaker[:2], stretch, "attribution")], []
    return quotes, [_fact(FactKind.SOURCE, *speaker[:2], stretch, speaker[2])]


def _respelled(old: str, new: str) -> str:
    """Return *old* with its misspellings as *new* spells them: "definately" hedges as "definitely" does."""
    if not old or not new:
        return old
    here, there = old.split(), new.split()
    if len(here) != len(there):
        return old
    pairs = [(a, b) for a, b in zip(here, there, strict=True) if a != b]
    if len(pairs) > 3 or not all(_slip(a, b) for a, b in pairs):
        return old
    return new


def _slip(a: str, b: str) -> bool:
    """Say whether two words differ in spelling alone, with the same marks around them."""
    x, y = a.strip(_EDGES), b.strip(_EDGES)
    return x != y and a.replace(x, "") == b.replace(y, "") and same_word(x, y)


def _fact(kind: FactKind, old: str, new: str, stretch: Stretch, role: str = "") -> Fact:
    return Fact(kind, old, new, role, stretch.where, stretch.block, stretch.standing)


def _differing(olds: Sequence[Mention], news: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Drop what both sides state; what is left differs. The same values in another order differ where roles do."""
    waiting: dict[str, list[Mention]] = defaultdict(list)
    for mention in news:
        waiting[mention.key].append(mention)
    left_old, paired = [], set()
    for mention in olds:
        partner = next((m for m in waiting[mention.key][:_ALIKE] if _same_sense(m, mention)), None)
        if partner is None:
            left_old.append(mention)
        else:
            waiting[mention.key].remove(partner)
            paired.add(partner.start)
    left_new = [m for m in news if m.start not in paired]
    if not left_old and not left_new and [m.key for m in olds] != [m.key for m in news]:
        moved = [(a, b) for a, b in zip(olds, news, strict=True) if a.key != b.key]
        if all(not a.role or a.role == b.role for a, b in moved):
            return [a for a, _ in moved], [b for _, b in moved]
    return left_old, left_new


def _same_sense(a: Mention, b: Mention) -> bool:
    if a.unit and b.unit and a.unit != b.unit:
        return False
    return a.role == b.role or a.role not in _ROLES_TOLD_APART or b.role not in _ROLES_TOLD_APART


def _paired(olds: list[Mention], news: list[Mention], kind: FactKind, stretch: Stretch) -> list[Fact]:
    """Pair what is gone with what is new: same role first, then in order."""
    out: list[Fact] = []
    taken: set[int] = set()
    by_role: dict[str, deque[Mention]] = defaultdict(deque)
    for m in news:
        by_role[m.role].append(m)
    rest = deque(news)
    for a in olds:
        while rest and rest[0].start in taken:
            rest.popleft()
        same = by_role[a.role]
        while same and same[0].start in taken:
            same.popleft()
        b = same[0] if same else rest[0] if rest else None
        if b is not None:
            taken.add(b.start)
        said = (a.text, b.text if b else "")
        if said[0] == said[1] and b:
            said = (a.whole, b.whole)
        out.append(_fact(kind, *said, stretch, a.role or (b.role if b else "")))
    return out + [_fact(kind, "", b.text, stretch, b.role) for b in rest if b.start not in taken]


def _real_names(found: list[Mention], text: str, context: Context) -> list[Mention]:
    """Take a word of a headline in title case for a name only where the text does."""
    letters = [w for w in text.split() if w[:1].isalpha() and len(w) > 3]
    if not letters or sum(w[0].isupper() for w in letters) < 0.7 * len(letters) or len(letters) < 4:
        return found
    return [m for m in found if context.knows_as_name(m.key)]


def _names(olds: list[Mention], news: list[Mention], stretch: Stretch) -> list[Fact]:
    spoken = _spoken(stretch.old), _spoken(stretch.new)
    stood, stands = (Counter(_undotted(m) for m in side) for side in (olds, news))
    gone = [m for m in olds if _undotted(m) not in stands and not _says(m, spoken[1])]
    come = [m for m in news if _undotted(m) not in stood and not _says(m, spoken[0])]
    if not gone and not come:
        fewer, more = stood - stands, stands - stood
        gone = [m for m in olds if fewer[_undotted(m)]]
        come = [m for m in news if more[_undotted(m)]]
        if bool(gone) != bool(come):
            return []
    pairs = zip_longest(_phrases(gone, stretch.old), _phrases(come, stretch.new), fillvalue="")
    return [_fact(FactKind.NAME, old, new, stretch) for old, new in pairs]


def _says(name: Mention, spoken: frozenset[str]) -> bool:
    low = name.key.lower()
    return low in spoken or ("-" in low and spoken.issuperset(_PART.findall(low)))


def _undotted(name: Mention) -> str:
    return name.key.replace(".", "")


def _spoken(text: str) -> frozenset[str]:
    """Return every word of *text* in lower case, and each part of a hyphenated one."""
    low = lowered(text)
    return frozenset(_WORD.findall(low)) | frozenset(_PART.findall(low))


def _phrases(found: list[Mention], text: str) -> list[str]:
    """Join neighbouring name words as they stand: "Wang Wenbin"."""
    parts: list[str] = []
    end = -9
    for m in found:
        if parts and text[end : m.start].strip(" .").lower() in _JOINS:
            parts[-1] += text[end : m.start] + m.text
        else:
            parts.append(m.text)
        end = m.start + len(m.text)
    return parts


def speaker_changed(field: Field) -> bool:
    """Say whether a byline credits other people, not the same ones in another order or case."""
    return sorted(field.old.lower().split(", ")) != sorted(field.new.lower().split(", "))
