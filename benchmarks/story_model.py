"""Fit the weights of tracker/stories/features.py to real news on known events, and print them.

.venv/bin/python benchmarks/story_model.py --data ../shared/data

Logistic regression on pairs of articles: all pairs of one topic, which has two look-alike events, and a tenth of the
others. The threshold is the one that groups all articles best. `benchmarks/stories.py` prints how well weights and
threshold do on topics they were not tuned to.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from _stories_real import best_join, cosines, fit, grouped, judged, read

JOINS = tuple(n / 10 for n in range(-26, 0, 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds stories/dev.jsonl")
    articles = read(parser.parse_args().data / "stories" / "dev.jsonl")
    model = fit(cosines(articles))
    print(model)
    for join in JOINS:
        precision, recall, f1 = judged(articles, grouped(articles, replace(model, join=join)))
        print(f"join {join:5.2f}   precision {precision:.3f}   recall {recall:.3f}   F1 {f1:.3f}")
    print(f"best join: {best_join(articles, model, JOINS)}")


if __name__ == "__main__":
    main()
