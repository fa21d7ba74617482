"""Decide whether a text is a notice, of which kind, and whether that is sure."""

from __future__ import annotations

import json
import math
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from .candidates import may_be_notice
from .features import Measured
from .kinds import kind_of
from .timestamps import is_only_a_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.model.article import NoticeKind

MAX_NOTICE_CHARACTERS: Final = 1_500
"""A longer paragraph is news, whatever words it has."""
MAX_WHOLE_CHARACTERS: Final = 500
"""A longer paragraph is a notice only if one of its sentences is."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
_SURE: Final = 0.75
"""From this probability on, a text is a notice."""
_UNSURE: Final = 0.2
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
    """Return what notice a line, sentence or paragraph is, or may be; None where it is news.

    Args:
        text: on one line.
        at_edge: it is the first or the last paragraph of the article.
        set_apart: it is italic, small, boxed or otherwise set apart from the paragraphs around it.

    The decision is a logistic model over the features of `features.py`; `benchmarks/notices_training.md` says how its
    weights were fitted.
    """
    if not 3 < len(text) <= MAX_NOTICE_CHARACTERS:
        return None
    if not (set_apart or may_be_notice(text)):
        return None
    return _recognised(text, at_edge=at_edge, set_apart=set_apart)


# Most sentences are seen again in the next version.
@lru_cache(maxsize=4096)
def _recognised(text: str, *, at_edge: bool, set_apart: bool) -> Recognised | None:
    if is_only_a_time(text):
        return None
    measured = Measured(text, at_edge=at_edge, set_apart=set_apart)
    probability = _probability(measured)
    if probability < _UNSURE:
        return None
    is_sure = probability >= _SURE and (len(text) <= MAX_WHOLE_CHARACTERS or _says_so(text, set_apart=set_apart))
    return Recognised(kind_of(measured), is_sure)


def _probability(measured: Measured) -> float:
    weights = _weights()
    score = weights["intercept"] + sum(weights.get(name, 0.0) for name in measured.features())
    return 1 / (1 + math.exp(-score))


def _says_so(text: str, *, set_apart: bool) -> bool:
    """Say whether a sentence is a notice by itself: words of many sentences together may look like one."""
    parts = _SENTENCE_END.split(text)
    return any(_probability(Measured(part, at_edge=True, set_apart=set_apart)) >= _SURE for part in parts)


@cache
def _weights() -> Mapping[str, float]:
    """Return the weights of the features, by name."""
    data = (files("tracker.notices") / "weights.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(data)["weights"]
    return weights
