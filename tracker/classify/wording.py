"""Return whether an edit that the model takes for wording may be mere wording, by what was edited."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Postfix

from . import function_words, lexicon
from .agents import passive_agent_on_one_side
from .exclusive_words import are_one_quality, is_attempt, limits
from .grave_words import is_grave
from .lemmas import is_word
from .mentions import lowered
from .senses import Likeness, is_adjective
from .substance import ATTRIBUTING, WordJudgement
from .word_edits import words_of
from .word_order import WordOrder

if TYPE_CHECKING:
    from .facts import Stretch

MIN_EXCHANGED_SHARE: Final = 0.6
"""Where words took the place of others and a smaller share stayed, they are most of what the sentence says."""
MAX_CAUSE_WORDS: Final = 4
"""Words after "because of" that name the cause, with the article."""
MIN_NOUN_LETTERS: Final = 5
"""Letters of the noun at the end of two compounds, at least."""
_INDEFINITE: Final = lexicon.words_by_language(
    "a an§ein eine einen einem einer eines§un une§un una§un uno una§um uma§een"
)
# The noun after a preposition of place, with or without an article: "at a school".
_AT: Final = {
    lang: re.compile(rf"(?<!\w)(?:{prepositions})\s(?:(?:{articles})\s)?([^\W\d_]+)")
    for (lang, prepositions), articles in zip(
        lexicon.by_language(
            "at|in|near|outside|inside|into|onto|behind|beside§bei|beim|in|im|nahe|vor|neben|hinter|unweit"
            "§dans|devant|derrière|chez|près|près de§en|cerca de|frente a|junto a|detrás de|delante de"
            "§in|nel|nell[ao]|vicino a|davanti a|dietro|presso"
            "§em|n[ao]s?|perto de|em frente a|diante de|atrás de§bij|in|nabij|naast|achter"
        ).items(),
        (
            "the|an?",
            r"(?:ein|d)e[rmns]?|das|die",
            r"une?|l[ae]s?|du|des|d'une?",
            "una?|el|l[ao]s?",
            "un[ao]?|il|l[aoe]|i|gli",
            "uma?|[oa]s?",
            "een|het|de",
        ),
        strict=True,
    )
}
_PARTICIPLE: Final = re.compile(r"\w+(?:ed|en|n|ée?s?|[ai]d[oa]s?|[aiu]t[oaie])|(?:\w{0,4}ge|be|ver|ont)\w+(?:en|t|d)")


def may_be_wording(judgement: WordJudgement, stretch: Stretch, lang: str, likeness: Likeness) -> bool:
    """Return whether an edit may be mere wording by what was edited: no name, order, deed or state is another one.

    Args:
        judgement: what its words say.
        stretch: the text on both sides.
        lang: one of `lexicon.LANGUAGES`.
        likeness: how alike the words are that were exchanged: "in jail", "in prison".
    """
    if judgement.named or judgement.clause or judgement.order is not WordOrder.KEPT:
        return False
    words = (judgement.removed, judgement.added)
    if _is_another_office(stretch, judgement, lang) or limits(*words, lang):
        return False
    if is_attempt(*words, lang) and not gives_no_comment(stretch, lang):
        return False
    if judgement.one_sided and passive_agent_on_one_side(lowered(stretch.old), lowered(stretch.new), *words, lang):
        return False
    if judgement.one_sided and _describes(judgement, stretch, lang):
        return False
    if "expected" in judgement.removed + judgement.added:
        return False  # "lower than expected", "lower"
    return not all(words) or not _says_another(judgement, stretch, lang, likeness)


def _describes(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether all that came or went are adjectives that do more than emphasise: "female", "urban"."""
    words = frozenset(judgement.removed + judgement.added)
    if not words.isdisjoint(function_words.EMPHASIS[lang]) or not all(is_adjective(word, lang) for word in words):
        return False
    # In capitals, it is a label: "CORRECTED".
    return words.issubset(word.lower() for word in words_of(f"{stretch.old} {stretch.new}") if not word.isupper())


def _says_another(judgement: WordJudgement, stretch: Stretch, lang: str, likeness: Likeness) -> bool:
    """Return whether words that took the place of others name another subject, deed, state, cause, place or kind."""
    sides = (stretch.old, judgement.removed), (stretch.new, judgement.added)
    bare = [_begins_bare(*side, lang) for side in sides]
    if (lang == "de" and all(bare)) or (bare[0] != bare[1] and _begins_with_article(*sides[bare[0]], lang)):
        return True  # "Scholz traf Macron", "Merz traf Macron"; "Die Firma schließt", "Siemens schließt"
    if _is_unlike(judgement, stretch, lang, likeness):
        return True
    is_same = likeness is Likeness.SAME
    if (judgement.kept < MIN_EXCHANGED_SHARE and not is_same) or _is_beside_grave(judgement, stretch, lang):
        return True
    if _is_another_cause(judgement, stretch, lang):
        return True
    if len(judgement.removed) != 1 or len(judgement.added) != 1:
        return False
    if is_same:
        return False
    is_other = _is_deed_for_word(judgement, lang) or _is_another_state(judgement, stretch, lang)
    return is_other or _is_another_place(judgement, stretch, lang) or _is_another_kind(judgement, stretch, lang)


def _is_unlike(judgement: WordJudgement, stretch: Stretch, lang: str, likeness: Likeness) -> bool:
    """Return whether the words that were exchanged have no sense in common, or may have none.

    Such words are mostly a dek's new angle on the same, but as often another claim in a text or headline, and in the
    languages whose words have no senses here.
    """
    is_one_word = len(judgement.removed) == len(judgement.added) == 1
    if lang != "en":
        return is_one_word and likeness is Likeness.UNKNOWN
    return stretch.where != "dek" and likeness is Likeness.UNLIKE


def _is_another_office(stretch: Stretch, judgement: WordJudgement, lang: str) -> bool:
    """Return whether an office before a name came or went, or became another one: "Senator Ann Lee", "Mayor Ann Lee".

    "President Xi" may say no less than "Xi Jinping", and "Kanzler" is "Bundeskanzler".
    """
    sides = (stretch.old, judgement.removed), (stretch.new, judgement.added)
    gone, came = (_offices_before_names(text, alone, lang) for text, alone in sides)
    if gone and came:
        return not any(a.endswith(b) or b.endswith(a) for a in gone for b in came)
    longer, shorter = (lowered(text) for text in ((stretch.old, stretch.new) if gone else (stretch.new, stretch.old)))
    return bool(gone or came) and set(words_of(shorter)) <= set(words_of(longer))


def _offices_before_names(text: str, alone: Sequence[str], lang: str) -> list[str]:
    """Return the offices among the words that a text has `alone`, in lower case, that a name follows."""
    pairs = pairwise(words_of(text))
    return [w.lower() for w, name in pairs if w.lower() in alone and name[0].isupper() and lexicon.is_office(w, lang)]


def _begins_bare(text: str, alone: Sequence[str], lang: str) -> bool:
    """Return whether a text begins with a word that it `alone` has, without an article: it may be a name.

    In English and Dutch, a plural needs no article.
    """
    words = words_of(text)
    is_plural = (lang == "en" and words[0].endswith("s")) or (lang == "nl" and words[0].endswith(("s", "en")))
    may_be_name = words[0].lower() in alone and words[0].lower() not in lexicon.NO_NAMES and not is_plural
    return may_be_name and words[1:2] != [] and words[1].islower()


def _begins_with_article(text: str, alone: Sequence[str], lang: str) -> bool:
    """Return whether a text begins with an article and a noun that it `alone` has."""
    words = words_of(text.lower())
    small = function_words.GRAMMAR[lang]
    return words[0] in small and words[1:2] != [] and words[1] in alone


def _is_deed_for_word(judgement: WordJudgement, lang: str) -> bool:
    """Return whether a verb of saying and another word exchanged places: "announced a tax", "scrapped a tax"."""
    return (judgement.removed[0] in ATTRIBUTING[lang]) != (judgement.added[0] in ATTRIBUTING[lang])


def _is_another_cause(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether what comes right after "because of" was replaced."""
    causes = lexicon.CAUSES[lang]
    sides = ((stretch.old, judgement.removed), (stretch.new, judgement.added))
    behind = [(causes.split(text.lower(), maxsplit=1)[1:], words) for text, words in sides]
    return all(rest and not set(words_of(rest[0])[:MAX_CAUSE_WORDS]).isdisjoint(words) for rest, words in behind)


def _is_another_place(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether what something happened at was exchanged: "at a school", "at a church"."""
    at = _AT[lang]
    sides = ((stretch.old, judgement.removed[0]), (stretch.new, judgement.added[0]))
    return all(word in at.findall(lowered(text)) for text, word in sides)


def _is_another_state(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether what somebody or something is was exchanged: "was drunk", "was tired"."""
    follows = _stands_behind(judgement, stretch, function_words.COPULAS[lang].__contains__)
    # "Was held", "was staged": the passive of two verbs may say the same.
    return follows and not all(_PARTICIPLE.fullmatch(word) for word in judgement.removed + judgement.added)


def _is_another_kind(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether the word that took the place of another may say what kind of thing something is.

    It follows a figure or an indefinite article ("400 cars", "400 vans"; "a lorry", "a bus"), is all that differs
    in a headline, or ends in the same noun ("Mitarbeiter", "Leiharbeiter").
    """
    word, other = judgement.removed[0], judgement.added[0]
    if are_one_quality(word, other, lang):
        return False
    if stretch.where == "title" or _stands_behind(judgement, stretch, lambda w: w.isdigit() or w in _INDEFINITE[lang]):
        return True
    letters = Postfix.similarity(word, other)
    is_compound = lang in {"de", "nl"} and MIN_NOUN_LETTERS <= letters < min(len(word), len(other)) - 1
    return is_compound and is_word(word[-letters:], lang)


def _stands_behind(judgement: WordJudgement, stretch: Stretch, is_it: Callable[[str], bool]) -> bool:
    """Return whether the word that took the place of another comes right after a word of which `is_it` is true."""
    sides = ((stretch.old, judgement.removed[0]), (stretch.new, judgement.added[0]))
    pairs = [(pairwise(words_of(text.lower())), word) for text, word in sides]
    return all(any(is_it(before) and after == word for before, after in found) for found, word in pairs)


def _is_beside_grave(judgement: WordJudgement, stretch: Stretch, lang: str) -> bool:
    """Return whether a word replaces another next to one for what matters most, such as who was killed or charged."""
    small = function_words.SMALL[lang]
    words = [word for word in words_of(stretch.new.lower()) if word not in small]
    beside = {
        a if b in judgement.added else b for a, b in pairwise(words) if (a in judgement.added) != (b in judgement.added)
    }
    return is_grave(beside, lang)


def gives_no_comment(stretch: Stretch, lang: str) -> bool:
    """Return whether both sides say, in whatever words, that somebody was asked and said nothing."""
    said = lexicon.NO_COMMENT[lang]
    return all(said.search(lowered(side)) for side in (stretch.old, stretch.new))
