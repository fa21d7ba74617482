"""Fit the weights by which notices are told from news. Needs scikit-learn, which the package itself does not.

    uv run --with scikit-learn benchmarks/notices_training.py [--news FOLDER] [--write]

See notices_training.md for the data and for how well the weights do.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import zlib
from pathlib import Path

import numpy as np
from _diff_synthetic import sentences
from _notices_pages import PARAGRAPHS
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from tracker.notices.features import FEATURES, Measured
from tracker.notices.kinds import kind_of

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "tracker" / "notices" / "weights.json"
NAMES = [*FEATURES]
PLACES = {(True, False): (1.0, 0.7), (False, False): (1.5, 0.3), (True, True): (0.25, 1.0)}
"""At the edge of the text or inside, set apart or not: how often news and notices stand so, roughly."""
REAL_NEWS_WEIGHT = 0.05
MAX_NEWS_SENTENCES = 8_000


def rows(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def notices() -> list[tuple[str, str]]:
    """Return kinds and texts: half a of notices.jsonl, the older families, and notices_training.jsonl."""
    found = [(row["kind"], row["text"]) for row in rows("notices.jsonl") if row.get("half") == "a"]
    for line in (HERE / "classify_notices.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, text = line.split("\t")
            found.append((kind, text))
    found += [(row["kind"], row["text"]) for row in rows("notices_training.jsonl") if row["kind"] != "decoy"]
    return list(dict.fromkeys(found))


def news(folder: Path | None) -> list[str]:
    """Return decoys with odd numbers, those of notices_training.jsonl, plain news, and sentences of real pages."""
    found = [
        row["text"]
        for row in rows("notices.jsonl")
        if row["kind"] == "decoy" and "half" not in row and int(re.sub(r"\D", "", row["id"])) % 2
    ]
    found += [row["text"] for row in rows("notices_training.jsonl") if row["kind"] == "decoy"]
    found += [text for texts in PARAGRAPHS.values() for text in texts if text]
    if folder is not None:
        real: dict[str, None] = {}
        for path in sorted(folder.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").split("\n"):
                for part in ((json.loads(line)["new"] or "") if line else "").split("\n\n"):
                    real.update(dict.fromkeys(sentences(" ".join(part.split()))))
        kept = [text for text in real if len(text) > 30]
        random.Random(15).shuffle(kept)
        found += kept[:MAX_NEWS_SENTENCES]
    return list(dict.fromkeys(found))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--news", type=Path, help="a folder of revisions, for sentences of real news")
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    parser.add_argument(
        "--strength", type=float, default=3.0, help="the inverse of how strongly weights are held small"
    )
    args = parser.parse_args()
    place = {name: n for n, name in enumerate(NAMES)}
    told, wanted, weight, groups, features = [], [], [], [], []
    real = set(news(args.news)) - set(news(None))
    for text, is_notice in [*((t, 1) for _, t in notices()), *((t, 0) for t in news(args.news))]:
        for at_edge, set_apart in PLACES:
            row = np.zeros(len(NAMES), dtype=np.float32)
            row[[place[name] for name in Measured(text, at_edge=at_edge, set_apart=set_apart).features()]] = 1
            features.append(row)
            told.append(text)
            wanted.append(is_notice)
            groups.append(zlib.crc32(text.encode()) % 997)
            weight.append(PLACES[at_edge, set_apart][is_notice] * (REAL_NEWS_WEIGHT if text in real else 1.0))
    x, y, w = np.array(features), np.array(wanted), np.array(weight)
    model = LogisticRegression(C=args.strength, max_iter=4000)
    seen = cross_val_predict(
        model, x, y, groups=groups, cv=GroupKFold(5), params={"sample_weight": w}, method="predict_proba"
    )[:, 1]
    for at_least in (0.15, 0.3, 0.5, 0.7, 0.9):
        found = seen >= at_least
        print(f"at {at_least}: {found[y == 1].mean():.4f} of notices, {found[y == 0].sum()} of {(y == 0).sum()} news")
    wrong = {(told[n], int(y[n])): float(seen[n]) for n in range(len(y)) if n % 3 == 0 and (seen[n] >= 0.5) != y[n]}
    for (text, is_notice), probability in sorted(wrong.items(), key=lambda item: item[0][1]):
        print(f"  {'missed' if is_notice else 'false '} {probability:.2f} {text[:150]}")
    off = [
        (kind, kind_of(m).value, text)
        for kind, text in notices()
        if kind_of(m := Measured(text, at_edge=True, set_apart=False)).value != kind
    ]
    print(f"kind: {len(off)} of {len(notices())} wrong")
    for kind, got, text in off:
        print(f"  {kind} → {got}: {text[:150]}")
    if args.write:
        model.fit(x, y, sample_weight=w)
        weights = {"intercept": round(float(model.intercept_[0]), 3)}
        weights |= {
            name: round(float(value), 3) for name, value in zip(NAMES, model.coef_[0], strict=True) if abs(value) > 0.01
        }
        WEIGHTS.write_text(json.dumps({"weights": weights}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
