"""Compare the facts of two versions and return those that differ, each with its phrase on both sides.

A word that was replaced by its opposite is a fact, too ("safe" and "unsafe", "rise" and "fall"), and so is one that was
replaced by another word of a set whose words exclude each other: kin, colours, quantities, seasons, harm, conditions of
patients, sides, peoples and qualities. With another word of the set, the sentence says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import product
from typing import Final, NamedTuple

from ..model.change import Change, Fact, FactKind, Op
from . import lexicon
from .fact_phrases import PhraseFinder, Span
from .lexicon import PerLanguage, lemma
from .mentions import Mention, lowered, mentions
from .names import Name, changed_names, is_given_name, is_surname
from .pairing import attribution_changed, differing, outside, paired, quotations_changed, with_speaker
from .places import people
from .spelling import WordRelation, differ_in_accents, same_surname, word_relation
from .word_edits import WordEdit, without_marker, word_edits, words_of

_MARKS: Final = ".,;:!?“”\"'’()"
_TONE: Final = (FactKind.HEDGE, FactKind.NEGATION)
MAX_MISSPELT_EDITS: Final = 6
"""At most this many edits of a span are compared by their spelling."""
MAX_MISSPELT_WORDS: Final = 3
"""An edit of more words is not one of spelling."""
MIN_KEPT: Final = 0.2
"""A sentence that keeps a smaller share of its content words says something else."""
MAX_HEDGED_WORDS: Final = 2
"""A hedge refers to this many content words after it; a negation refers to the next one."""
MAX_CHANGED_WORDS: Final = 24
"""If more words were added and removed, "more" and "less" may be about different things."""
MAX_SENTENCE_CHARACTERS: Final = 300
"""The sentence of a hedge is looked for within this many characters on either side."""
_UNSPACED: Final = re.compile(r"\S+")
_WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_END: Final = re.compile(r"[.!?…][\"”’'»“)]*\s+|\s\+\+\+\s")

_Sides = dict[FactKind, list[Mention]]


class EditedSpan(NamedTuple):
    """A piece of text on both sides.

    If `standing`, the old text became the new one; otherwise one side is empty. `where` and `block` are as in `Fact`.
    """

    old: str
    new: str
    where: str
    block: int | None
    standing: bool


class _Difference(NamedTuple):
    """A fact that differs: where its words are on each side; None if that side does not state it."""

    kind: FactKind
    old: Span | None
    new: Span | None
    role: str = ""


class _Phrase(NamedTuple):
    """A fact that differs: where its `words` are on each side, and where its whole phrase is."""

    kind: FactKind
    role: str
    words: tuple[Span | None, Span | None]
    old: Span | None
    new: Span | None


def edited_spans(change: Change) -> Iterator[EditedSpan]:
    """Yield every piece of text that differs, sentence by sentence, without sentences that only moved."""
    captions = (("caption", field) for field in change.captions)
    for where, field in (("title", change.title), ("dek", change.dek), *captions):
        if field.changed:
            yield EditedSpan(field.old, field.new, where, None, standing=bool(field.old and field.new))
    if change.layout_only:
        return
    for index, block in enumerate(change.blocks):
        if block.op is Op.SAME:
            continue
        if not block.sentences and block.old_text != block.new_text:
            standing = bool(block.old_text and block.new_text)
            yield EditedSpan(block.old_text, block.new_text, "text", index, standing)
        # The parts of a split or merged sentence are one span, because they share the sentence on the other side.
        olds: list[str] = []
        news: list[str] = []
        last: tuple[int | None, int | None] = (None, None)
        for s in block.sentences:
            if s.op in {Op.INSERT, Op.DELETE}:
                yield EditedSpan(s.old_text, s.new_text, "text", index, standing=False)
            elif s.old_text != s.new_text:
                if olds and s.old != last[0] and s.new != last[1]:
                    yield EditedSpan(" ".join(olds), " ".join(news), "text", index, standing=True)
                    olds, news = [], []
                olds += [s.old_text] if not olds or s.old != last[0] else []
                news += [s.new_text] if not news or s.new != last[1] else []
                last = (s.old, s.new)
        if olds:
            yield EditedSpan(" ".join(olds), " ".join(news), "text", index, standing=True)


def span_facts(span: EditedSpan, lang: str) -> list[Fact]:
    """Return the facts that differ between the two sides of a span, each with its phrases."""
    # The number of a list item is not a fact. The old side is read with corrected spelling, so that a corrected word is
    # not a new fact.
    old, new = without_marker(span.old), without_marker(span.new)
    respelled = _Respelled(old, new, lang)
    found = _differences((respelled.text, new), lang, standing=span.standing)
    finder = PhraseFinder(old, new, lang)
    phrases: list[_Phrase] = []
    for each in found:
        words = each.old and respelled.in_original(each.old), each.new
        before, after = finder.widened(each.kind, *words)
        if each.role == "marks" and after and not before:
            before = finder.in_place_of(1, after)
        elif each.role == "marks" and before and not after:
            after = finder.in_place_of(0, before)
        _add(_Phrase(each.kind, each.role, words, before, after), phrases, (old, new))
    facts = {
        (kind, role, _text(old, words[0]), _text(new, words[1])): (_text(old, before), _text(new, after))
        for kind, role, words, before, after in reversed(phrases)
    }
    shown = dict.fromkeys(
        (kind, role, *(phrase if phrase[0] != phrase[1] else words))
        for (kind, role, *words), phrase in reversed(facts.items())
    )
    return [
        Fact(kind, before, after, role, span.where, span.block, span.standing)
        for kind, role, before, after in shown
        if before != after
    ]


def _text(side: str, span: Span | None) -> str:
    text = side[slice(*span)].strip() if span else ""
    return text if text.count("(") == text.count(")") else text.strip("() ")


def _add(phrase: _Phrase, phrases: list[_Phrase], sides: tuple[str, str]) -> None:
    """Add a phrase; join it to another of its kind that it touches on both sides: "ne va", "pas augmenter"."""
    for k, other in enumerate(phrases):
        if (other.kind, other.role) == (phrase.kind, phrase.role) and phrase.kind in _TONE:
            old, new = _joined(other.old, phrase.old, sides[0]), _joined(other.new, phrase.new, sides[1])
            if old and new:
                phrases[k] = other._replace(old=old, new=new)
                return
    phrases.append(phrase)


def _joined(one: Span | None, other: Span | None, text: str) -> Span | None:
    """Return two phrases as one if they touch or overlap, else None."""
    if not one or not other:
        return None
    first, second = sorted((one, other))
    return (first[0], max(first[1], second[1])) if not text[first[1] : second[0]].strip() else None


def _differences(sides: tuple[str, str], lang: str, *, standing: bool) -> list[_Difference]:
    """Return the facts that differ, by kind and then in order."""
    before: _Sides = {kind: [] for kind in FactKind}
    after: _Sides = {kind: [] for kind in FactKind}
    for mentioned, side in zip((before, after), sides, strict=True):
        for mention in mentions(side, lang):
            mentioned[mention.kind].append(mention)
    names = [
        _Difference(FactKind.PLACE if is_place else FactKind.NAME, _span(old), _span(new))
        for old, new, is_place in changed_names(before[FactKind.NAME], after[FactKind.NAME], sides, lang)
    ]
    quotes, sources = _speech(before, after, names, sides)
    found: list[_Difference] = []
    words = [frozenset(_WORD.findall(lowered(side))) for side in sides]
    # Words such as "several" and "many" are compared as a set whose words exclude each other.
    before[FactKind.NUMBER] = [
        m for m in before[FactKind.NUMBER] if not is_amount_for(m.key, words[1] - words[0], lang)
    ]
    after[FactKind.NUMBER] = [m for m in after[FactKind.NUMBER] if not is_amount_for(m.key, words[0] - words[1], lang)]
    for kind in (FactKind.NUMBER, FactKind.DATE):
        olds, news = differing(before[kind], after[kind], sides)
        pairs = paired(kind, olds, news, sides, lang)
        found += [_Difference(pair.kind, _span(pair.old), _span(pair.new), pair.role) for pair in pairs]
    found += names + quotes
    # A sentence that was added or removed as a whole neither gained nor lost a hedge; but a removed denial is a fact.
    for kind in _TONE if standing else _TONE[1:] if sides[0] else ():
        olds, news = differing(before[kind], after[kind], sides)
        if standing and kind is FactKind.NEGATION:
            # Both sides may deny the same in other words: "without resources", "lacks resources".
            n = min(len(olds), len(news))
            olds, news = olds[n:], news[n:]
        if standing and (olds or news):
            # A hedge that came or went with its statement makes nothing more or less certain.
            here, there = (_Content(side, lang) for side in sides)
            olds, news = [m for m in olds if here.is_kept(m, there)], [m for m in news if there.is_kept(m, here)]
        pairs = paired(kind, olds, news, sides, lang)
        found += [_Difference(kind, _span(pair.old), _span(pair.new), pair.role) for pair in pairs]
    found += sources
    return [*found, *_states(sides, found, lang)] if standing else found


def _span(words: Mention | Name | None) -> Span | None:
    return (words.start, words.start + len(words.text)) if words else None


def _speech(
    before: _Sides, after: _Sides, names: Sequence[_Difference], sides: tuple[str, str]
) -> tuple[list[_Difference], list[_Difference]]:
    """Compare quotations and attributions; return the quotations that differ, and the attributions that differ.

    Each edit gives one fact. Hedges and negations within a quotation that was added or removed are taken out of
    `before` and `after`, because they came or went with it.
    """
    olds, news = before[FactKind.QUOTE], after[FactKind.QUOTE]
    pairs = quotations_changed(olds, news, sides)
    sources = before[FactKind.SOURCE], after[FactKind.SOURCE]
    quotes = [
        _Difference(
            FactKind.QUOTE,
            a and with_speaker(a, sources[0], sides[0]),
            b and with_speaker(b, sources[1], sides[1]),
            how,
        )
        for a, b, how in pairs
    ]
    removed = [a for a, _, how in pairs if a and how == "removed"]
    added = [b for _, b, how in pairs if b and how == "added"]
    for kind in _TONE:
        before[kind], after[kind] = outside(before[kind], removed), outside(after[kind], added)
    changed = attribution_changed(*sources, sides)
    if changed is None:
        return quotes, []
    old, new, how = changed
    kept = {m.key for m in olds} & {m.key for m in news}
    # An attribution that came or went with its quotation says nothing about the rest of the sentence, and "he added"
    # says nothing new about a quotation.
    is_named = any(m.key for found in sources for m in found)
    words = [frozenset(words_of(lowered(side))) for side in sides]
    only_grew_or_shrank = words[0] <= words[1] or words[1] <= words[0]
    is_of_quotation = (removed or added) and only_grew_or_shrank
    if how == "attribution" and (is_of_quotation or (not is_named and (kept or removed or added))):
        return quotes, []
    if how == "speaker" and old and new and kept:
        said = (
            next((span for q in found if q.key in kept and (span := with_speaker(q, [source], side)) != _span(q)), None)
            for found, source, side in ((olds, old, sides[0]), (news, new, sides[1]))
        )
        was, now = (span or _span(source) for span, source in zip(said, (old, new), strict=True))
        return [*quotes, _Difference(FactKind.QUOTE, was, now, "attribution")], []
    source = _Difference(FactKind.SOURCE, _span(old), _span(new), how)
    # A named speaker is compared as a name.
    if how == "speaker" and any(_overlap(source.old, name.old) and _overlap(source.new, name.new) for name in names):
        return quotes, []
    return quotes, [source]


def _overlap(one: Span | None, other: Span | None) -> bool:
    return bool(one and other and one[0] < other[1] and other[0] < one[1])


class _Content:
    """The content words and numbers of a text, without its hedges and negations."""

    def __init__(self, text: str, lang: str) -> None:
        self._low = lowered(text)
        self._small = lexicon.SMALL[lang]
        self.words = frozenset(self._content(self._low))
        found = mentions(text, lang)
        self.numbers = {m.start: m for m in found if m.kind is FactKind.NUMBER}
        self.is_reported = any(m.kind is FactKind.SOURCE for m in found)

    def _content(self, low: str) -> list[str]:
        return [word for word in _WORD.findall(low) if word not in self._small]

    def is_kept(self, mention: Mention, other: _Content) -> bool:
        """Return whether the words that a hedge or negation of this text refers to are in the other text."""
        start, end = mention.start, mention.start + len(mention.text)
        # The number right after a hedge, perhaps with the sign of a currency between them.
        number = next((self.numbers[at] for at in range(end, end + 3) if at in self.numbers), None)
        if number:
            # "Over ten years" may mean more than ten years, or during ten years.
            is_during = number.measure == "duration" and mention.text.lower() == "over"
            stated = {(each.value, each.unit) for each in other.numbers.values()}
            return not is_during and (number.value, number.unit) in stated
        # "She said he could go", "he can go"
        if mention.text.lower() == "could" and "can" in other.words and self.is_reported:
            return False
        left = self._low[max(0, start - MAX_SENTENCE_CHARACTERS) : start]
        right = self._low[end : end + MAX_SENTENCE_CHARACTERS] if mention.text != "?" else ""
        before, after = self._content(_SENTENCE_END.split(left)[-1]), self._content(_SENTENCE_END.split(right)[0])
        kept = [word in other.words for word in (*before, *after)]
        reach = 1 if mention.kind is FactKind.NEGATION else MAX_HEDGED_WORDS
        is_near_kept = any(kept[max(0, len(before) - 1) : len(before) + reach])
        if mention.text == "?":
            return is_near_kept
        # A hedge makes its whole sentence less certain; a negation denies the words next to it.
        is_same = len(self.words & other.words) >= MIN_KEPT * len(self.words | other.words)
        if mention.kind is FactKind.NEGATION:
            return is_near_kept and is_same
        return (is_near_kept or is_same) and any(kept)


def _states(sides: tuple[str, str], found: Sequence[_Difference], lang: str) -> list[_Difference]:
    """Return the words that were replaced by their opposite, or by another word of a set that excludes them."""
    low = lowered(sides[0]), lowered(sides[1])
    before, after = (dict.fromkeys(_LETTERS.findall(side)) for side in low)
    removed, added = [word for word in before if word not in after], [word for word in after if word not in before]
    if len(removed) + len(added) > MAX_CHANGED_WORDS:
        return []
    pairs = [] if any(each.kind is FactKind.NEGATION for each in found) else opposites(removed, added, lang)
    states = [(pair, "opposite") for pair in pairs] + exclude_each_other(removed, added, lang)
    differences: list[_Difference] = []
    for words, role in states:
        whole = [re.search(rf"(?<!\w){re.escape(word)}(?!\w)", side) for word, side in zip(words, low, strict=True)]
        starts = [m.start() if m else side.find(word) for m, word, side in zip(whole, words, low, strict=True)]
        old, new = ((start, start + len(word)) for start, word in zip(starts, words, strict=True))
        # "Unsafe" is a negation of "safe"; "closed" is no negation of "opened".
        if negates(*words, lang):
            differences.append(_Difference(FactKind.NEGATION, old, new))
        elif not any(_overlap(old, each.old) or _overlap(new, each.new) for each in (*found, *differences)):
            differences.append(_Difference(FactKind.STATE, old, new, role))
    return differences


class _Respelled:
    """The old side with the spelling and spacing of the new one, so that "definately" is the hedge "definitely"."""

    def __init__(self, old: str, new: str, lang: str) -> None:
        self.text = old
        self._respelt: list[tuple[Span, Span]] = []
        """Where each respelt piece is in `text`, and where it was in the old side."""
        if not old or not new or old == new:
            return
        here, there = (list(_UNSPACED.finditer(side)) for side in (old, new))
        words, others = ([word[0] for word in side] for side in (here, there))
        edits = word_edits(words, others, with_case=True) or []
        for edit in edits[:MAX_MISSPELT_EDITS]:
            is_short = 0 < len(edit.old) <= MAX_MISSPELT_WORDS and 0 < len(edit.new) <= MAX_MISSPELT_WORDS
            if is_short and _are_same_words(edit, words, lang):
                start, end = here[edit.old_start].start(), here[edit.old_start + len(edit.old) - 1].end()
                first, last = there[edit.new_start].start(), there[edit.new_start + len(edit.new) - 1].end()
                at = start + len(self.text) - len(old)
                self.text = self.text[:at] + new[first:last] + old[end:]
                self._respelt.append(((at, at + last - first), (start, end)))

    def in_original(self, span: Span) -> Span:
        """Return where some words of `text` are in the old side; of a respelt piece, all of it."""
        start, end = span
        moved = [0, 0]
        for (first, last), original in self._respelt:
            if first <= start < last or first < end <= last:
                start, end = min(start, first), max(end, last)
            for k, at in enumerate((start, end)):
                if at >= last or (k == 1 and at > first):
                    moved[k] = original[1] - last
        return start + moved[0], end + moved[1]


def _are_same_words(edit: WordEdit, words: Sequence[str], lang: str) -> bool:
    """Return whether the words of an edit are the same, misspelt, joined or separated: "A7", "A 7"."""
    if len(edit.old) != len(edit.new):
        return "".join(edit.old).lower() == "".join(edit.new).lower()
    before = ["", *words][edit.old_start : edit.old_start + len(edit.old)]
    for first, a, b in zip(before, edit.old, edit.new, strict=True):
        x, y = a.strip(_MARKS), b.strip(_MARKS)
        # Italian typists write "puo'" for "può".
        marked = a[:-1] if a.endswith("'") and not b.endswith("'") and differ_in_accents(a[:-1], b) else a
        # With the same marks around them, the words differ in spelling or accents alone.
        if not ("" != x != y != "") or marked.replace(x, "") != b.replace(y, ""):
            return False
        if not differ_in_accents(x, y) and word_relation(x, y, lang) not in {WordRelation.SAME, WordRelation.SLIP}:
            return False
        # One letter makes another person: "Mario", "Marco".
        if (is_given_name(x) or is_surname(first.strip(_MARKS), x, lang)) and not same_surname(x, y):
            return False
    return True


# Endings of adjectives: the prefix "in-" negates those and no other words (inside, income).
_ADJECTIVE: Final = (
    r"\w{2,}(?:able|ible|able[ns]|ible[ns]|ável|ível|bile|bili|ables|ibles|ent|ente|enti|ant|ante|al|ale|ally|el|elle"
    r"|ed|ly|ate|ective|ctive|ive|ivo|iva|if|ous|ect|ecto|ecta|etto|etta|exact|exacto|acto|aire)"
)
_Opposed = tuple[frozenset[str], frozenset[str]]


def _sides(lang: str, key: str) -> tuple[_Opposed, ...]:
    """Read the pairs of a list: "raise hike / cut lower"."""
    pairs = (pair.split(" / ") for pair in lexicon.entries(lang, "opposites", key))
    return tuple((frozenset(one.split()), frozenset(other.split())) for one, other in pairs)


_OPPOSITES: Final = PerLanguage(
    lambda lang: frozenset(
        (word, other)
        for pair in _sides(lang, "words")
        for words, others in (pair, pair[::-1])
        for word in words
        for other in others
    )
)
_QUALITIES: Final = PerLanguage(lambda lang: _sides(lang, "qualities"))
_PREFIXES: Final = PerLanguage(lambda lang: lexicon.entries(lang, "opposites", "prefixes"))
_NEGATED: Final = PerLanguage(
    lambda lang: re.compile(lexicon.text(lang, "opposites", "negated").replace("{adjective}", _ADJECTIVE))
)
_EXCLUSIVE: Final = PerLanguage(
    lambda lang: {key: lexicon.groups(lang, "exclusive", key) for key in lexicon.keys(lang, "exclusive")}
)


def opposites(removed: Iterable[str], added: Iterable[str], lang: str) -> list[tuple[str, str]]:
    """Return the removed words that were replaced by their opposite, each with its opposite.

    `removed` and `added` are the words in lower case that only the old and only the new side has.
    """
    pairs = _OPPOSITES[lang]
    left = list(added)
    found: list[tuple[str, str]] = []
    for word in removed:
        for other in left:
            is_opposite = (word, other) in pairs or negates(word, other, lang)
            if not is_opposite and lang != "en":  # English has all forms in its list
                forms = product({word, lemma(word, lang)}, {other, lemma(other, lang)})
                is_opposite = not pairs.isdisjoint(forms)
            if is_opposite:
                left.remove(other)
                found.append((word, other))
                break
    return found


def negates(word: str, other: str, lang: str) -> bool:
    """Return whether one of two words is the other with a negating prefix: "unsafe", "safe"."""
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return (
        longer.endswith(shorter)
        and longer.removesuffix(shorter) in _PREFIXES[lang]
        and _NEGATED[lang].fullmatch(longer) is not None
    )


def is_amount_for(amount: str, words: AbstractSet[str], lang: str) -> bool:
    """Return whether `amount` is a loose amount ("several") and one is among `words`, too ("many"); in lower case."""
    known = _EXCLUSIVE[lang]["quantities"]
    return amount in known and not known.keys().isdisjoint(words)


def exclude_each_other(removed: Sequence[str], added: Sequence[str], lang: str) -> list[tuple[tuple[str, str], str]]:
    """Return the removed words that were replaced by another word of a set whose words exclude each other.

    Each comes with its replacement and the name of the set. The arguments are those of `opposites`.
    """
    found: dict[tuple[str, str], str] = {}
    for name, known in _EXCLUSIVE[lang].items():
        gone, came = ([word for word in words if word in known] for words in (removed, added))
        if {known[word] for word in gone}.isdisjoint(known[word] for word in came):
            found |= dict.fromkeys(zip(gone, came, strict=False), name)
    for pair in _QUALITIES[lang]:
        for one, other in (pair, pair[::-1]):
            gone, came = (
                [word for word in words if word in side or lemma(word, lang) in side]
                for words, side in ((removed, one), (added, other))
            )
            found |= dict.fromkeys(zip(gone, came, strict=False), "opposite")
    # English writes peoples with a capital, so they are compared as names.
    if lang != "en":
        gone, came = ([word for word in words if people(word, lang)] for words in (removed, added))
        if {people(word, lang) for word in gone}.isdisjoint(people(word, lang) for word in came):
            found |= dict.fromkeys(zip(gone, came, strict=False), "people")
    return list(found.items())
