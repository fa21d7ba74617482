"""Compare what two versions state: the facts that differ, each with what was said and what is said."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from ..model import Change, Fact, FactKind, Field, Op
from .cosmetic import same_word
from .mentions import Mention, lowered, mentions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Article, BlockChange

_EDGES = ".,;:!?“”\"'’()"
# A sentence that is new as a whole neither gained nor lost a hedge.
_TONE = frozenset({FactKind.HEDGE, FactKind.NEGATION})
_ROLES_TOLD_APART = frozenset({"percent", "money", "killed", "injured", "time"})


class Stretch(NamedTuple):
    """A piece of text on both sides: *standing* when one became the other, else one side is empty."""

    old: str
    new: str
    where: str
    block: int | None
    standing: bool


def facts(old: Article, new: Article, change: Change) -> tuple[Fact, ...]:
    """List the facts that differ between *old* and *new*, in the order of *change*.

    A name that changed only its case in a headline, and a number written another way ("12", "twelve"), is no fact.
    """
    lang = language(old, new)
    context = Context(old, new)
    found: list[Fact] = []
    for stretch in stretches(change):
        found += compared(stretch, lang, context)
    return tuple(found)


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
    before, after = mentions(_respelled(stretch.old, stretch.new), lang), mentions(stretch.new, lang)
    found: list[Fact] = []
    for kind in FactKind:
        olds = [m for m in before if m.kind is kind]
        news = [m for m in after if m.kind is kind]
        if kind is FactKind.QUOTE:
            found += _quotes(olds, news, stretch)
        elif kind is FactKind.NAME:
            olds, news = _real_names(olds, stretch.old, context), _real_names(news, stretch.new, context)
            found += _names(olds, news, stretch)
        elif kind is FactKind.SOURCE:
            found += _sources(olds, news, stretch, named=any(f.kind is FactKind.NAME for f in found))
        elif stretch.standing or kind not in _TONE:
            found += _paired(*_differing(olds, news), kind, stretch)
    return found


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
    left_old, left_new = list(olds), list(news)
    for mention in olds:
        partner = next((m for m in left_new if m.key == mention.key and _same_role(m, mention)), None)
        if partner is not None:
            left_new.remove(partner)
            left_old.remove(mention)
    if not left_old and not left_new and [m.key for m in olds] != [m.key for m in news]:
        moved = [(a, b) for a, b in zip(olds, news, strict=True) if a.key != b.key]
        if all(not a.role or a.role == b.role for a, b in moved):
            return [a for a, _ in moved], [b for _, b in moved]
    return left_old, left_new


def _same_role(a: Mention, b: Mention) -> bool:
    return a.role == b.role or a.role not in _ROLES_TOLD_APART or b.role not in _ROLES_TOLD_APART


def _paired(olds: list[Mention], news: list[Mention], kind: FactKind, stretch: Stretch) -> list[Fact]:
    """Pair what is gone with what is new: same role first, then in order."""
    out: list[Fact] = []
    rest = list(news)
    for a in olds:
        b = next((m for m in rest if m.role == a.role), rest[0] if rest else None)
        if b is not None:
            rest.remove(b)
        out.append(_fact(kind, a.text, b.text if b else "", stretch, a.role or (b.role if b else "")))
    return out + [_fact(kind, "", b.text, stretch, b.role) for b in rest]


def _real_names(found: list[Mention], text: str, context: Context) -> list[Mention]:
    """Take a word of a headline in title case for a name only where the text does."""
    letters = [w for w in text.split() if w[:1].isalpha() and len(w) > 3]
    if not letters or sum(w[0].isupper() for w in letters) < 0.7 * len(letters) or len(letters) < 4:
        return found
    return [m for m in found if context.knows_as_name(m.key)]


def _names(olds: list[Mention], news: list[Mention], stretch: Stretch) -> list[Fact]:
    spoken = lowered(stretch.old), lowered(stretch.new)
    gone = [m for m in olds if not _stands(m.key, spoken[1])]
    come = [m for m in news if not _stands(m.key, spoken[0])]
    if not gone and not come:
        counted = Counter(m.key for m in olds), Counter(m.key for m in news)
        gone = [m for m in olds if (counted[0] - counted[1])[m.key]]
        come = [m for m in news if (counted[1] - counted[0])[m.key]]
        if bool(gone) != bool(come):
            return []
    pairs = zip_longest(_phrases(gone, stretch.old), _phrases(come, stretch.new), fillvalue="")
    return [_fact(FactKind.NAME, old, new, stretch) for old, new in pairs]


def _stands(word: str, text: str) -> bool:
    at = text.find(word.lower())
    while at >= 0:
        end = at + len(word)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(word.lower(), at + 1)
    return False


def _phrases(found: list[Mention], text: str) -> list[str]:
    """Join neighbouring name words as they stand: "Wang Wenbin"."""
    parts: list[str] = []
    end = -9
    for m in found:
        if parts and text[end : m.start].strip(" .") == "":
            parts[-1] += text[end : m.start] + m.text
        else:
            parts.append(m.text)
        end = m.start + len(m.text)
    return parts


def _quotes(olds: list[Mention], news: list[Mention], stretch: Stretch) -> list[Fact]:
    keys_old, keys_new = {m.key for m in olds}, {m.key for m in news}
    gone = [m for m in olds if m.key not in keys_new]
    come = [m for m in news if m.key not in keys_old]
    out: list[Fact] = []
    for a in gone:
        b = max(come, key=lambda m: _overlap(a.key, m.key), default=None)
        if b is not None and _overlap(a.key, b.key) >= 0.4:
            come.remove(b)
            out.append(_fact(FactKind.QUOTE, a.text, b.text, stretch, "altered"))
        else:
            marks = a.key in stretch.new.lower()
            out.append(_fact(FactKind.QUOTE, a.text, "", stretch, "marks" if marks else "removed"))
    for b in come:
        marks = b.key in stretch.old.lower()
        out.append(_fact(FactKind.QUOTE, "", b.text, stretch, "marks" if marks else "added"))
    return out


def _sources(olds: list[Mention], news: list[Mention], stretch: Stretch, *, named: bool) -> list[Fact]:
    """Report an attribution that came or went, and a speaker who changed; another verb of saying is style."""
    if bool(olds) != bool(news):
        return [_fact(FactKind.SOURCE, _said(olds), _said(news), stretch, "attribution")]
    gone = [m for m in olds if m.key and not _stands(m.key, stretch.new.lower())]
    come = [m for m in news if m.key and not _stands(m.key, stretch.old.lower())]
    return (
        [_fact(FactKind.SOURCE, gone[0].text, come[0].text, stretch, "speaker")] if gone and come and not named else []
    )


def _said(found: list[Mention]) -> str:
    return ", ".join(m.text for m in found)


def _overlap(a: str, b: str) -> float:
    x, y = set(a.split()), set(b.split())
    return len(x & y) / max(len(x), len(y), 1)


def speaker_changed(field: Field) -> bool:
    """Say whether a byline credits other people, not the same ones in another order or case."""
    return sorted(field.old.lower().split(", ")) != sorted(field.new.lower().split(", "))
