"""The weights by which texts are judged to be about one event; `benchmarks/story_model.py` fits and prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StoryModel:
    """How likely two texts are about one event, as logarithmic odds: `intercept` plus weighted cosines.

    Attributes:
        intercept: the odds of two texts that share nothing.
        words: the weight of the cosine of their words.
        names: the same for names.
        dates: the same for the dates that the texts mention.
        join: texts and groups join if the mean odds between them, less what size and time count, are higher.
        size: what the logarithm of the size of the smaller group counts against joining. One text may be unlike its
            story; two stories of many texts each that are hardly alike are two stories.
        time: what the logarithm of one plus the days between two groups counts against it.
    """

    intercept: float
    words: float
    names: float
    dates: float
    join: float
    size: float = 0.9
    time: float = 0.3


MODEL: Final = StoryModel(intercept=-5.6, words=8.89, names=7.75, dates=7.59, join=-1.5)
