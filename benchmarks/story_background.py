"""Write tracker/stories/background.txt: in which share of articles the common words of several languages stand.

wordfreq counts how often a word is used. A word of frequency f stands in an article of 300 words with the probability
1 - exp(-300 f). Words are cut to stems as tracker/stories/features.py does; of languages that share a stem the highest
share counts. English, German, French and Spanish have 5,000 stems each, the others 400: articles, prepositions and
auxiliary verbs, which must not pass for rare words.

python -m venv /tmp/fit && /tmp/fit/bin/pip install wordfreq
PYTHONPATH=. /tmp/fit/bin/python benchmarks/story_background.py > tracker/stories/background.txt
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from wordfreq import get_frequency_dict  # type: ignore[import-not-found]  # needed here alone

ARTICLE_WORDS = 300
STEM_LETTERS = 6
STEMS = dict.fromkeys(("en", "de", "fr", "es"), 5_000) | dict.fromkeys(
    "it pt nl sv da nb fi pl cs sk sl hu ro el ru uk bg tr id ca".split(), 400
)
STEP = 0.5
"""The negative logarithms of the shares are rounded to halves."""

HEADER = """\
# Shares of articles that common stems stand in: the negative natural logarithm, a tab, the stems. Words that are not
# listed are rarer. Made by benchmarks/story_background.py from wordfreq 3.1 (Robyn Speer, data CC BY-SA 4.0,
# https://github.com/rspeer/wordfreq); this file is under the same licence, CC BY-SA 4.0."""


def stems(language: str, most: int) -> dict[str, float]:
    """Return the most frequent stems of *language* with the share of articles they stand in."""
    counts: Counter[str] = Counter()
    for word, frequency in get_frequency_dict(language, wordlist="best").items():
        if word[0].isalpha():
            counts[word.casefold()[:STEM_LETTERS]] += frequency
    return {stem: 1 - math.exp(-ARTICLE_WORDS * frequency) for stem, frequency in counts.most_common(most)}


def main() -> None:
    shares: dict[str, float] = {}
    for language, most in STEMS.items():
        for stem, share in stems(language, most).items():
            shares[stem] = max(share, shares.get(stem, 0.0))
    levels: defaultdict[float, list[str]] = defaultdict(list)
    for stem, share in shares.items():
        levels[round(-math.log(share) / STEP) * STEP].append(stem)
    print(HEADER)
    for level, listed in sorted(levels.items()):
        print(f"{level}\t{' '.join(sorted(listed))}")


if __name__ == "__main__":
    main()
