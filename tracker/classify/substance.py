"""Judge what an edited sentence or field does to what a reader believes: form, wording, claim, or unclear.

The order of proof is the reverse of a spell checker's. A content word that changes in a standing sentence alters the
claim, unless it is shown to be form (another spelling of the same words, grammar, order) or wording (another form of
the same words). Two real words that a slip may have exchanged ("public", "pubic") are unclear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from ..model.change import FactKind, Substance
from . import function_words, lexicon
from .dates import may_be_same_day
from .lemmas import is_word
from .lexicon import LANGUAGES
from .mentions import Mention, mentions
from .name_forms import are_pet_forms
from .names import is_surname
from .places import is_surely_place
from .proper_nouns import leads_with_place, names_in_part, proper_nouns
from .said_again import is_abbreviation, is_doubled, is_spelt_out
from .separable_verbs import with_joined_verbs
from .spelling import (
    WordRelation,
    differ_in_accents,
    differ_in_agreement,
    is_abbreviated,
    same_case,
    same_surname,
    word_relation,
)
from .verb_tense import in_another_tense, infinitives_lost, is_now_done, is_to_come, time_to_come
from .word_edits import (
    WordEdit,
    is_cut_short,
    same_label,
    same_letters,
    without_marker,
    word_edits,
    words_of,
)
from .word_order import WordOrder, is_list, listed_difference, turned_round, word_order

MAX_GRAMMAR_EDITS: Final = 3
"""Up to this many edits of grammar alone are form; with more of them the sentence is worded otherwise."""
MAX_LIST_GRAMMAR_EDITS: Final = 2
"""Where words are in another order, up to this many such edits are those of a list: "a, b and c", "c, a and b"."""
_CONTENT_MARKS: Final = frozenset("?%$€£¥₹+=<>")
MIN_CLAUSE_WORDS: Final = 3
"""Words of the shortest relative clause."""
# What says nothing about the matter: a tag, how an address begins, and where else to read: "(see ‘Safety’ page)".
_ASIDE: Final = re.compile(
    r"\bhttps?://(?:www\.)?|</?[a-zA-Z][^<>]{0,80}>"
    r"|\s?\((?:see )?(?:the )?[‘'“\"][^()‘’“”\"]{2,60}[’'”\"] (?:page|section|chapter)s?\)"
)
# A German noun alone in marks: nobody is sure that it is one, or it is a title. Behind another noun, it is its name.
_DOUBTED_NOUN: Final = re.compile(r"(?:(?<!\w)[^\WA-ZÄÖÜ]\w* |^(?:D(?:er|ie|as) )?)[„»“\"](\w+)[“«”\"]")
MAX_ITEM_WORDS: Final = 5
"""Words, with the comma or conjunction, of the longest item of a list."""
_UNCERTAIN: Final = {lang: frozenset(words.split("|")) for lang, words in lexicon.HEDGES.items()}
_CONCEDING: Final = frozenset(
    "admits|admitted|acknowledged|räumte ein|räumt ein|reconnaît|a reconnu|admet|a admis|admite|admitió|reconoce"
    "|reconoció|ammette|ha ammesso|riconosce|ha riconosciuto|admitiu|reconhece|reconheceu|geeft toe|gaf toe|erkent"
    "|erkende".split("|")
)
# "Said" and "warned" say the same of who says it; "claimed", "denied" and "admitted" do not.
_SAYING: Final = {
    lang: frozenset(words.split("|")) - _UNCERTAIN[lang] - frozenset(lexicon.NEGATIONS[lang].split("|")) - _CONCEDING
    for lang, words in lexicon.SAYING.items()
}
ATTRIBUTING: Final = {
    lang: frozenset(words_of(" ".join(phrases))) - function_words.SMALL[lang] for lang, phrases in _SAYING.items()
}
"""The words of phrases that attribute: "according to", "nach Angaben"."""
_SPELT: Final = frozenset({WordRelation.SAME, WordRelation.SLIP})
_RELATED: Final = _SPELT | {WordRelation.INFLECTED, WordRelation.SAME_STEM}


@dataclass(frozen=True, slots=True)
class WordJudgement:
    """What the words of an edit say on their own.

    Attributes:
        removed, added: the content words that one side alone has, in lower case.
        kept: the share of content words that are on both sides, 0 to 1.
        grammar: how many words of grammar alone were exchanged, added or dropped.
        turns_future: the sentence refers to what is to come on one side alone.
        is_now_done: what begins or goes on on one side is done on the other.
        at_start: the first word is another one.
        one_sided: words only came, or went; none took the place of others.
        renamed: a proper noun took the place of another one.
        named: a proper noun is among the words that one side alone has.
        listed: an item of a list came or went, and nothing else.
        clause: a relative clause or a phrase came or went, or is another one: ", who had been drinking,", "in March".
        order: what became of the order of the words that both sides have.
    """

    substance: Substance
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    kept: float = 1.0
    grammar: int = 0
    turns_future: bool = False
    is_now_done: bool = False
    at_start: bool = False
    one_sided: bool = False
    renamed: bool = False
    named: bool = False
    listed: bool = False
    clause: bool = False
    order: WordOrder = WordOrder.KEPT


@dataclass(slots=True)
class _Tally:
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    grammar: int = 0
    wording: int = 0
    unclear: int = 0
    future: int = 0
    gender: int = 0


def judge_words(old: str, new: str, lang: str) -> WordJudgement:
    """Judge an edit by its words alone, without the figures, names and quotations that `changed_facts` compares.

    Args:
        old: the sentence or field as it was.
        new: as it is.
        lang: the two letters of the language; an unknown one is read as English.
    """
    lang = lang if lang in LANGUAGES else "en"
    old, new = same_label(without_marker(_ASIDE.sub(" ", old)), without_marker(_ASIDE.sub(" ", new)))
    before, after = _words_with_values(old, new, lang)
    before, after = with_joined_verbs(before, after, lang), with_joined_verbs(after, before, lang)
    if is_cut_short(old, new):
        return WordJudgement(Substance.FORM)
    low = [w.lower() for w in before], [w.lower() for w in after]
    if low[0] == low[1]:
        return WordJudgement(_judge_same_words(before, after, (old, new), lang))
    if same_letters(old, new) and _CONTENT_MARKS.intersection(old) == _CONTENT_MARKS.intersection(new):
        return WordJudgement(Substance.FORM)
    edits = word_edits(before, after)
    if edits is None:
        return WordJudgement(Substance.CLAIM, tuple(before), tuple(after), 0.0)
    # Where a headline capitalises most words, a capital says nothing.
    titled = lang != "de" and any(2 * sum(w[0].isupper() for w in side) > len(side) for side in (before, after))
    tally = _Tally()
    for edit in edits:
        if not (is_doubled(edit, before, after) or is_spelt_out(edit, before, after, lang)):
            _count(edit, tally, lang)
            tally.unclear += not titled and _is_another_surname(edit, before, lang)
    future = function_words.FUTURE[lang]
    removed, added, moved = _left(tally, lang)
    is_to = [is_to_come(side) for side in low]
    if tally.future or is_to[0] != is_to[1]:
        times = (["future" if w in future else time_to_come(w, lang) for w in side] for side in low)
        to_come = [Counter(time for time in (*side, "future" * is_to[k]) if time) for k, side in enumerate(times)]
        # The same number of words for the future may be in other places: "is to meet", "will meet".
        same_time = to_come[0] == to_come[1]
        tally.future = 0 if same_time else max(tally.future, 1)
        if same_time:
            tally.wording += is_to[0] != is_to[1]
            removed, added = [w for w in removed if w not in future], [w for w in added if w not in future]
    lost, surely_lost = infinitives_lost(edits if lang == "en" else (), (before, after))
    tally.unclear += lost
    tally.future += surely_lost
    removed, added = _without_same(removed, added, (old, new), lang, tally)
    # What is said twice may be said once; in a list that is form.
    repeated = len(removed) + len(added)
    removed, added = [w for w in removed if w not in low[1]], [w for w in added if w not in low[0]]
    said_twice = repeated - len(removed) - len(added)
    tally.wording += said_twice if said_twice and not is_list(old, new, lang) else 0
    in_part = {w for edit in edits for w in names_in_part(edit, (before, after), lang)}
    tally.wording += bool(in_part)
    removed, added = [w for w in removed if w not in in_part], [w for w in added if w not in in_part]
    proper = [proper_nouns(edit, (removed, added), (before, after), lang) for edit in edits]
    leads = any(leads_with_place(side, (*removed, *added)) for side in (before, after))
    gone, came = {w.lower() for edit in edits for w in edit.old}, {w.lower() for edit in edits for w in edit.new}
    now_done = is_now_done(low, (gone - came, came - gone), lang)
    tenses, doubtful = in_another_tense(edits, low[0], lang)
    tally.wording += tenses
    tally.unclear += doubtful
    substance = _substance(tally, changed=bool(removed or added) or now_done, moved=moved)
    order = word_order(old, new, low, lang)
    order = turned_round(edits, after, lang) if order is WordOrder.KEPT else order
    if order is not WordOrder.KEPT and substance is not Substance.CLAIM:
        substance = Substance.CLAIM if order is WordOrder.EXCHANGED else Substance.UNCLEAR
    return WordJudgement(
        substance,
        tuple(removed),
        tuple(added),
        function_words.share_kept(*low, lang),
        tally.grammar,
        tally.future > 0,
        now_done,
        at_start=any(edit.old_start == edit.new_start == 0 for edit in edits),
        one_sided=all(not edit.old or not edit.new for edit in edits),
        renamed=not titled and any(all(each) for each in proper),
        named=not titled and (leads or any(any(each) for each in proper)),
        listed=not function_words.EMPHASIS[lang].issuperset((*removed, *added)) and _is_list_item(old, new, lang),
        clause=any(_is_clause(edit, {*removed, *added}, lang) for edit in edits),
        order=order,
    )


def _judge_same_words(before: Sequence[str], after: Sequence[str], sides: tuple[str, str], lang: str) -> Substance:
    """Judge an edit that keeps all words, but perhaps neither their case nor their marks."""
    if not all(same_case(a, b) for a, b in zip(before, after, strict=True)):
        return Substance.CLAIM
    doubted = [set(_DOUBTED_NOUN.findall(side)) for side in sides] if lang == "de" else [set(), set()]
    nouns = doubted[0] ^ doubted[1]
    return (
        Substance.UNCLEAR
        if any(is_word(noun, lang) and not is_surely_place(noun) for noun in nouns)
        else Substance.FORM
    )


def _words_with_values(old: str, new: str, lang: str) -> tuple[list[str], list[str]]:
    """Return the words of both texts, with one word in place of each number or date that both of them state."""
    values = [
        {_stated(m) for m in mentions(text, lang) if m.kind in {FactKind.NUMBER, FactKind.DATE}} for text in (old, new)
    ]
    shared = values[0] & values[1]
    sides = []
    for text in (old, new):
        words: list[str] = []
        at = 0
        for m in sorted(mentions(text, lang), key=lambda m: m.start):
            # Numbers within dates are part of the date.
            if m.kind in {FactKind.NUMBER, FactKind.DATE} and _stated(m) in shared and m.start >= at:
                words += [*words_of(text[at : m.start]), f"⟨{_stated(m)}⟩"]
                at = m.start + len(m.whole)
        sides.append(words + words_of(text[at:]))
    return sides[0], sides[1]


def _stated(mention: Mention) -> str:
    """Return the value of a number or date, with its unit unless the value is in one of its own."""
    return mention.value if mention.value != mention.key else mention.key + mention.unit


def _substance(tally: _Tally, *, changed: bool, moved: bool) -> Substance:
    if changed or tally.future:
        return Substance.CLAIM
    # "Le maire est élu", "la maire est élue": the article alone may only mend a slip.
    if tally.unclear or (tally.gender and tally.wording):
        return Substance.UNCLEAR
    if tally.wording or tally.grammar > MAX_GRAMMAR_EDITS or (moved and tally.grammar > MAX_LIST_GRAMMAR_EDITS):
        return Substance.WORDING
    return Substance.FORM


def _is_list_item(old: str, new: str, lang: str) -> bool:
    """Return whether all that differs is an item of a list, with the comma or conjunction before or after it."""
    sides = listed_difference(old, new)
    item, joints = max(sides, key=len), function_words.LIST_JOINTS[lang]
    return (
        1 < len(item) <= MAX_ITEM_WORDS
        and min(map(len, sides)) == 0
        and not joints.isdisjoint((item[0], item[-1]))
        and not joints.issuperset(item)
    )


def _count(edit: WordEdit, tally: _Tally, lang: str) -> None:
    if "".join(edit.old).lower() == "".join(edit.new).lower() or is_abbreviation(edit, lang):
        return
    small, prepositions = function_words.SMALL[lang], function_words.PREPOSITIONS[lang]
    future = function_words.FUTURE[lang]
    if len(edit.old) == len(edit.new):
        pairs = [(a, b, word_relation(a, b, lang)) for a, b in zip(edit.old, edit.new, strict=True)]
    else:
        pairs = [(a, "", WordRelation.OTHER) for a in edit.old] + [("", b, WordRelation.OTHER) for b in edit.new]
    for a, b, relation in pairs:
        x, y = (word if word in lexicon.ACRONYMS else word.lower() for word in (a, b))
        if relation in {WordRelation.SAME, WordRelation.SLIP}:
            continue
        if (x in future and y in future) or (x in _SAYING[lang] and y in _SAYING[lang]):
            tally.wording += 1  # "would" after "said" is "will" after "warns"
        elif (not x or x in small) and (not y or y in small) and not differ_in_accents(x, y):
            tally.grammar += 1
            tally.unclear += _is_another_person(x, y, lang)
            tally.gender += frozenset((x, y)) in function_words.GENDERS[lang]
            tally.wording += bool(x in prepositions and y in prepositions)
        elif relation is WordRelation.LOOKALIKE or (len(pairs) == 1 and _are_two_words(a, b, relation, lang)):
            tally.unclear += 1
        elif relation is WordRelation.INFLECTED and differ_in_agreement(x, y, lang):
            tally.grammar += 1
        elif relation is WordRelation.INFLECTED:
            tally.wording += 1
            tally.future += time_to_come(x, lang) != time_to_come(y, lang)
        else:
            tally.removed += [a] if x and x not in small else []
            tally.added += [b] if y and y not in small else []
            tally.future += bool((x in future) != (y in future))


def _are_two_words(a: str, b: str, relation: WordRelation, lang: str) -> bool:
    """Return whether two words of one stem say two things in one place: "employer", "employee"; not "Kenya(n)"."""
    same_time = time_to_come(a.lower(), lang) == time_to_come(b.lower(), lang)
    return relation is WordRelation.SAME_STEM and same_time and not (is_surely_place(a) or is_surely_place(b))


def _is_another_surname(edit: WordEdit, before: Sequence[str], lang: str) -> bool:
    """Return whether another surname follows a given name or a title: "Mr Woods", "Mr Wood"."""
    return len(edit.old) == len(edit.new) and any(
        is_surname(before[edit.old_start + k - 1], a, lang) and b[0].isupper() and not same_surname(a, b)
        for k, (a, b) in enumerate(zip(edit.old, edit.new, strict=True))
        if edit.old_start + k
    )


def _is_another_person(x: str, y: str, lang: str) -> bool:
    """Return whether one pronoun took the place of another that stands for somebody else: "he", "she"."""
    known = function_words.PRONOUNS[lang]
    return x in known and y in known and known[x] != known[y]


def _without_same(
    removed: list[str], added: list[str], sides: tuple[str, str], lang: str, tally: _Tally
) -> tuple[list[str], list[str]]:
    """Leave out what both sides say in other words: "nach Angaben"; "about 40", "around 40"; "today", "Monday"."""
    found = [[m for m in mentions(text, lang) if m.kind in {FactKind.HEDGE, FactKind.DATE}] for text in sides]
    pairs = [(a, b) for a in found[0] for b in found[1] if a.kind is b.kind]
    hedges = [(a, b) for a, b in pairs if a.kind is FactKind.HEDGE and a.key == b.key]
    days = [(a, b) for a, b in pairs if a.kind is FactKind.DATE and may_be_same_day(a.text, b.text)]
    said = [{word for pair in same for m in pair for word in words_of(m.text.lower())} for same in (hedges, days)]
    for words in (ATTRIBUTING[lang], *said):
        if not (words.isdisjoint(removed) or words.isdisjoint(added)):
            tally.wording += 1
            removed, added = [w for w in removed if w not in words], [w for w in added if w not in words]
    return removed, added


def _is_clause(edit: WordEdit, alone: AbstractSet[str], lang: str) -> bool:
    """Return whether words came, went or were exchanged that are a relative clause, or a phrase with its preposition.

    `alone` has the content words, in lower case, that one side alone has. A preposition may be part of a name ("da
    Silva").
    """
    sides = [side for side in (edit.old, edit.new) if side]
    if len(sides) == 1 and len(sides[0]) >= MIN_CLAUSE_WORDS and sides[0][0].lower() in function_words.RELATIVES[lang]:
        return True
    return all(
        side[0].lower() in function_words.PREPOSITIONS[lang]
        and side[-1].lower() in alone
        and (lang == "de" or side[-1].islower())
        for side in sides
    )


def _left(tally: _Tally, lang: str) -> tuple[list[str], list[str], bool]:
    """Return the words that one side alone has, and whether others are only in another place or another form."""
    fewer, more = Counter(w.lower() for w in tally.removed), Counter(w.lower() for w in tally.added)
    moved = bool(fewer & more)
    left, came = list((fewer - more).elements()), list((more - fewer).elements())
    names = {w.lower() for w in (*tally.removed, *tally.added) if w[0].isupper()}
    for word in tuple(left):
        relative = next((w for w in came if word_relation(word, w, lang) in _RELATED), None)
        # "Man City", "Manchester City"
        relative = relative or next((w for w in came if {word, w} <= names and is_abbreviated(word, w)), None)
        # "Bob", "Robert": it may be somebody else.
        pet_form = None if relative else next((w for w in came if {word, w} <= names and are_pet_forms(word, w)), None)
        tally.unclear += pet_form is not None
        relative = relative or pet_form
        if relative:
            left.remove(word)
            came.remove(relative)
            tally.wording += word_relation(word, relative, lang) not in _SPELT
            tally.future += time_to_come(word, lang) != time_to_come(relative, lang)
            moved = True
    return left, came, moved
