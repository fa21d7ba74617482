"""Decide whether a text is a notice, of which kind, and whether that is sure.

A text that begins with a set phrase of `data/patterns.toml` is a notice. Of any other text, a logistic model weighs the
meanings that its words have in `data/vocabulary.txt`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from tracker.model.article import NoticeKind

from .features import Measured
from .first_look import begins_with_label, may_be_notice
from .openings import is_only_label
from .vocabulary import any_of, meanings

MAX_NOTICE_CHARACTERS: Final = 1_500
"""A longer paragraph is news, whatever words it has."""
MAX_WHOLE_CHARACTERS: Final = 500
"""A longer paragraph is a notice only if one of its sentences is."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
MAX_APOLOGY_CHARACTERS: Final = 90
"""A longer text that apologises tells of somebody else's apology."""
# What the clause after "contrary to" has if it is about the text at hand: "contrary to what we wrote".
_OF_THIS_TEXT: Final = frozenset({"this", "TEXT", "US", "published", "wrote", "at first", "earlier", "by mistake"})
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_BY_LABEL: Final = {"correction": NoticeKind.CORRECTION, "clarification": NoticeKind.CLARIFICATION}
"""The kinds of notices that their label decides; the model decides the others."""
_SURE: Final = 0.9
"""From this probability on, a text is a notice."""
_SURE_IF_SET_APART: Final = 0.75
"""From this probability on, a text that is italic, small, boxed or otherwise set apart is one."""
_SURE_IF_LABELLED: Final = 0.5
"""From this probability on, a text that begins as only notices do is one."""
_UNSURE: Final = 0.28
"""From this probability on, a text may be one."""


class Recognised(NamedTuple):
    """What a text was taken for.

    Attributes:
        kind: which notice it is, if it is one.
        is_sure: whether it is a notice. One that is not sure stays in the news text; if it is new, nobody can say that
            the outlet said nothing.
    """

    kind: NoticeKind
    is_sure: bool


def recognise(text: str, *, at_edge: bool = False, set_apart: bool = False) -> Recognised | None:
    """Return what notice a line, sentence or paragraph is, or may be; None if it is news.

    Args:
        text: on one line.
        at_edge: it is the first or the last paragraph of the article.
        set_apart: it is italic, small, boxed or otherwise set apart from the paragraphs around it.

    The decision is a logistic model over the features of `features.py`; `benchmarks/notices_training.md` says how its
    weights were fitted.
    """
    if not 3 < len(text) <= MAX_NOTICE_CHARACTERS:
        return None
    if not (may_be_notice(text) or begins_with_label(text)):
        return None
    return _recognised(text, at_edge=at_edge, set_apart=set_apart)


# Most sentences are seen again in the next version.
@lru_cache(maxsize=4096)
def _recognised(text: str, *, at_edge: bool, set_apart: bool) -> Recognised | None:
    if is_only_label(text):
        return None
    measured = Measured(text, at_edge=at_edge, set_apart=set_apart)
    features = measured.features()
    model = _model()
    opening = measured.opening
    probability = 1.0 if opening.is_certain else 1 / (1 + math.exp(-score(features, model.notice)))
    if probability < _UNSURE:
        # A short paragraph that regrets an error may be the outlet's own.
        is_apology = at_edge and len(text) <= MAX_APOLOGY_CHARACTERS and _phrases("apologies", "words").search(text)
        return Recognised(NoticeKind.CORRECTION, is_sure=False) if is_apology else None
    # About terms or a policy, or about what may be changed some day.
    is_of_terms = any(_phrases("exclusions", key).search(text) for key in ("terms", "may_change"))
    if _phrases("exclusions", "readers_right").search(text) or (is_of_terms and not opening.is_decisive):
        return None
    at_least = _SURE_IF_LABELLED if opening.is_decisive else _SURE_IF_SET_APART if set_apart else _SURE
    is_sure = probability >= at_least and (opening.is_decisive or opening.is_certain or not _is_of_others(text))
    if is_sure and len(text) > MAX_WHOLE_CHARACTERS:
        # Words of many sentences together may look like a notice: one sentence must be one on its own.
        parts = (Measured(part, at_edge=True, set_apart=set_apart) for part in _SENTENCE_END.split(text))
        is_sure = any(1 / (1 + math.exp(-score(part.features(), model.notice))) >= _SURE for part in parts)
    labelled = opening.wire or _BY_LABEL.get(opening.label)
    kind = labelled or NoticeKind(max(model.kinds, key=lambda kind: score(features, model.kinds[kind])))
    return Recognised(kind, is_sure)


def score(features: Collection[str], weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of `features` and of the intercept."""
    return weights["intercept"] + sum(weights.get(name, 0.0) for name in features)


@cache
def _phrases(table: str, key: str) -> re.Pattern[str]:
    """Return the expression of the set phrases of a key of PATTERNS."""
    return re.compile(any_of(table, key), re.IGNORECASE)


@cache
def _contrary() -> re.Pattern[str]:
    return re.compile(rf"\W*{any_of('exclusions', 'contrary')}(?P<clause>[^,.;:]+)[,.;:]", re.IGNORECASE)


def _is_of_others(text: str) -> bool:
    """Return whether `text` is furniture of a site, or about what others than the outlet wrote or changed.

    "Contrary to what the leaflet said" contradicts somebody else; "contrary to what we wrote" does not.
    """
    if any(_phrases("exclusions", key).search(text) for key in ("furniture", "of_a_talk_page")):
        return True
    contrary = _contrary().match(text)
    if contrary is None:
        return False
    found = {name for word in _LETTERS.findall(contrary["clause"].lower()) for name in meanings(word)}
    return _OF_THIS_TEXT.isdisjoint(found)


class _Model(NamedTuple):
    """Weights by the names of features: for being a notice at all, and for each kind of notice."""

    notice: Mapping[str, float]
    kinds: Mapping[str, Mapping[str, float]]


@cache
def _model() -> _Model:
    return _Model(**json.loads((files("tracker.notices") / "data" / "weights.json").read_text(encoding="utf-8")))
