"""Fit the weights by which notices are told from news. Needs scikit-learn, which the package itself does not.

    uv run --with scikit-learn benchmarks/notices_training.py [--pages FOLDER] [--earlier FILE] [--check] [--write]

The weights in the package were written by

    git show 06b8f15f:tracker/notices/weights.json > /tmp/w.json
    uv run --with scikit-learn benchmarks/notices_training.py --pages ../shared/data/pages --earlier /tmp/w.json --write

See notices_training.md for the data and for how well the weights do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import sys
import zlib
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from _notices_pages import PARAGRAPHS
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from tracker import extract
from tracker.model.article import BlockKind
from tracker.notices.first_look import begins_with_label, may_be_notice
from tracker.notices.recogniser import MAX_NOTICE_CHARACTERS, Measured, score

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "tracker" / "notices" / "data" / "weights.json"
NEWS = "decoy"
REAL = "real"
PLACES = {(True, False): (1.0, 0.7), (False, False): (1.5, 0.3), (True, True): (0.25, 1.0)}
"""At the edge of the text or inside, set apart or not: how often news and notices are placed so, roughly."""
REAL_WEIGHT = 0.2
FRAMED_WEIGHT = 0.4
FRAME_USES = 5
MAX_REAL_PARAGRAPHS = 70_000
MAX_PAGES_A_FOLDER = 120
DOUBTFUL = 0.97
"""A paragraph of a real page that the earlier fit takes for a notice this surely may be one, and is left out."""
SPARED = 4.0
EARLIER_SHARE = 0.3
MIN_SAMPLES = {False: 8, True: 12}
"""A feature is kept if so many samples have it; a word or two words as they are written, if more do."""
MIN_WEIGHT = 0.05
MIN_MEAN_WEIGHT = 0.06
FURNITURE = {BlockKind.BOILERPLATE, BlockKind.PROMO, BlockKind.CAPTION, BlockKind.CREDIT}


class Sample(NamedTuple):
    """A text in one place, and how much it counts."""

    text: str
    kind: str
    at_edge: bool
    set_apart: bool
    weight: float


def rows(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def texts() -> dict[str, str]:
    """Return kinds by texts: part a of notices.jsonl, odd decoys, the older families and notices_training.jsonl."""
    found = {row["text"]: row["kind"] for row in rows("notices_training.jsonl")}
    for row in rows("notices.jsonl"):
        is_odd = int(re.sub(r"\D", "", row["id"])) % 2 == 1
        if row.get("half") == "a" or (row["kind"] == NEWS and "half" not in row and is_odd):
            found[row["text"]] = row["kind"]
    for line in (HERE / "classify_notices.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, text = line.split("\t")
            found[text] = kind
    return found | {text: NEWS for paragraphs in PARAGRAPHS.values() for text in paragraphs if text}


def framed() -> dict[str, str]:
    """Return kinds by texts made from notices_frames.json: each frame with a few clauses of news in it."""
    made: dict[str, str] = {}
    for frames in json.loads((HERE / "notices_frames.json").read_text(encoding="utf-8")).values():
        filled = {name: frames.pop(name) for name in ("clause", "text", "who", "thing")}
        for kind, sentences in frames.items():
            for sentence, n in product(sentences, range(FRAME_USES)):
                draw = random.Random(f"{sentence}{n}")
                words = {name: draw.choice(choice) for name, choice in filled.items()}
                clause = draw.choice(filled["clause"])
                text = sentence.format(**words, clause2=clause[0].upper() + clause[1:])
                made[text[0].upper() + text[1:]] = kind
    return made


def is_measured(text: str) -> bool:
    """Say whether the program asks the model about *text* at all: of news, only such texts are worth learning."""
    return may_be_notice(text) or begins_with_label(text)


def samples() -> list[Sample]:
    written, made = texts(), framed()
    return [
        Sample(text, kind, at_edge, set_apart, weights[kind != NEWS] * (1.0 if text in written else FRAMED_WEIGHT))
        for text, kind in (made | written).items()
        if kind != NEWS or is_measured(text)
        for (at_edge, set_apart), weights in PLACES.items()
    ]


def real_paragraphs(folder: Path) -> list[Sample]:
    """Return paragraphs of saved pages, one place each: text inside or at an edge, furniture at an edge and apart."""
    found: dict[str, Sample] = {}
    for pages in sorted({path.parent for path in folder.rglob("*.html.gz")}):
        for path in sorted(pages.glob("*.html.gz"))[:MAX_PAGES_A_FOLDER]:
            blocks = extract(gzip.decompress(path.read_bytes())).blocks
            for n, block in enumerate(blocks):
                is_apart = block.kind in FURNITURE
                is_edge = is_apart or n in {0, len(blocks) - 1}
                is_asked = 3 < len(block.text) <= MAX_NOTICE_CHARACTERS and is_measured(block.text)
                if block.kind is not BlockKind.NOTICE and is_asked:
                    found[block.text] = Sample(block.text, REAL, is_edge, is_apart, REAL_WEIGHT)
    kept = list(found.values())
    random.Random(15).shuffle(kept)
    return kept[:MAX_REAL_PARAGRAPHS]


def is_doubtful(sample: Sample, earlier: dict[str, float]) -> bool:
    features = Measured(sample.text, at_edge=sample.at_edge, set_apart=sample.set_apart).features()
    return score(features, earlier) >= math.log(DOUBTFUL / (1 - DOUBTFUL))


def scale(name: str) -> float:
    """Return by how much the weight of a feature is spared: a label or a set phrase decides alone, a word does not."""
    return SPARED if name.startswith(("label", "wire", "formula")) else 1.0


class Fit:
    """Matrix of samples and features, and models of it."""

    def __init__(self, all_samples: list[Sample], strength: float) -> None:
        self.samples = all_samples
        self._strength = strength
        self._names = DictVectorizer()
        self.measured = [Measured(s.text, at_edge=s.at_edge, set_apart=s.set_apart) for s in all_samples]
        x = self._names.fit_transform([{name: scale(name) for name in m.features()} for m in self.measured])
        needed = np.array([MIN_SAMPLES[name.startswith("=")] for name in self._names.get_feature_names_out()])
        self._kept = np.asarray((x > 0).sum(axis=0)).ravel() >= needed
        self.x = x[:, self._kept]
        self.y = np.array([s.kind not in {NEWS, REAL} for s in all_samples])
        self.weight = np.array([s.weight for s in all_samples])
        self.groups = np.array([zlib.crc32(s.text.encode()) % 997 for s in all_samples])

    def model(self, rows: np.ndarray, y: np.ndarray) -> LogisticRegression:
        model = LogisticRegression(C=self._strength, max_iter=3000, solver="liblinear")
        return model.fit(self.x[rows], y[rows], sample_weight=self.weight[rows])

    def crossed(self, y: np.ndarray, among: np.ndarray) -> np.ndarray:
        """Return the probability of each sample by a model that has not seen its text."""
        found = np.zeros(len(y))
        indexes = np.flatnonzero(among)
        for train, test in GroupKFold(5).split(indexes, groups=self.groups[indexes]):
            found[indexes[test]] = self.model(indexes[train], y).predict_proba(self.x[indexes[test]])[:, 1]
        return found

    def named(self, model: LogisticRegression, least: float = MIN_WEIGHT) -> dict[str, float]:
        """Return the weights of a model by the names of features, without those next to nothing."""
        names = np.array(self._names.get_feature_names_out())[self._kept]
        weights = zip(names, model.coef_[0], strict=True)
        return {"intercept": round(float(model.intercept_[0]), 3)} | {
            str(name): round(float(weight) * scale(str(name)), 2) for name, weight in weights if abs(weight) >= least
        }

    def of_kind(self, y: np.ndarray) -> dict[str, float]:
        """Return the weights that tell one kind from the others, fitted to the notices alone."""
        return self.named(self.model(np.flatnonzero(self.y), y), least=2 * MIN_WEIGHT)


def mean(new: dict[str, float], old: dict[str, float]) -> dict[str, float]:
    """Return the weights whose score lies between those of two fits, with EARLIER_SHARE of the earlier one."""
    names = sorted(new.keys() | old.keys())
    both = {n: round((1 - EARLIER_SHARE) * new.get(n, 0.0) + EARLIER_SHARE * old.get(n, 0.0), 2) for n in names}
    return {name: weight for name, weight in both.items() if abs(weight) >= MIN_MEAN_WEIGHT}


def report(fit: Fit, seen: np.ndarray, kinds: dict[str, np.ndarray]) -> None:
    """Print what models that had not seen a text make of it."""
    wanted = np.array([s.kind for s in fit.samples])
    for name, at_edge, set_apart in (("edge", True, False), ("inside", False, False), ("apart", True, True)):
        here = np.array([(s.at_edge, s.set_apart) == (at_edge, set_apart) for s in fit.samples])
        for at_least in (0.2, 0.5, 0.65, 0.75):
            hit = seen >= at_least
            counts = [
                f"{hit[here & (wanted == kind)].sum()} of {(here & (wanted == kind)).sum()}" for kind in (NEWS, REAL)
            ]
            print(f"{name} {at_least}: {hit[here & fit.y].mean():.4f} of notices, news {counts[0]}, real {counts[1]}")
    best = np.array([max(kinds, key=lambda kind: kinds[kind][n]) for n in range(len(wanted))])
    print(f"kind without labels: {(best == wanted)[fit.y].mean():.4f}")
    for n, sample in enumerate(fit.samples):
        if sample.kind == REAL or (sample.at_edge and not sample.set_apart):
            is_off = fit.y[n] != (seen[n] >= 0.6)
            if is_off or (fit.y[n] and best[n] != sample.kind):
                print(f"  {seen[n]:.2f} {sample.kind} {'' if is_off else '→ ' + best[n]} {sample.text[:140]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, help="a folder of saved pages (*.html.gz), for paragraphs of real news")
    parser.add_argument("--earlier", type=Path, help="weights of an earlier fit, to take the mean of both")
    parser.add_argument("--check", action="store_true", help="print cross-validated figures")
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    parser.add_argument(
        "--strength", type=float, default=1.0, help="the inverse of how strongly weights are held small"
    )
    args = parser.parse_args()
    made = samples()
    earlier = json.loads(args.earlier.read_text(encoding="utf-8"))["notice"] if args.earlier else {}
    real = real_paragraphs(args.pages) if args.pages else []
    if real and earlier:
        kept = [s for s in real if not is_doubtful(s, earlier)]
        print(f"{len(kept)} paragraphs of real pages, {len(real) - len(kept)} left out as doubtful")
        real = kept
    fit = Fit(made + real, args.strength)
    everything = np.ones(len(fit.y), dtype=bool)
    wanted = np.array([s.kind for s in fit.samples])
    kinds = sorted(set(wanted[fit.y]))
    if args.check:
        report(fit, fit.crossed(fit.y, everything), {kind: fit.crossed(wanted == kind, fit.y) for kind in kinds})
    if args.write:
        notice = fit.named(fit.model(np.flatnonzero(everything), fit.y))
        if earlier:
            notice = mean(notice, earlier)
        data = {
            "notice": notice,
            "kinds": {kind: fit.of_kind(wanted == kind) for kind in kinds},
        }
        # A line for each set of weights: there are thousands of them, and nobody reads one.
        lines = json.dumps(data, ensure_ascii=False).replace("}, ", "},\n").replace(": {", ":\n{")
        WEIGHTS.write_text(lines + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
