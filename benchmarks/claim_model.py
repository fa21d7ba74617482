"""Fit the weights of tracker/classify/claim_model.py to labelled edits, and print how well they do on edits left out.

The data are edits of one sentence or field each, with the substance that people gave them (`edits.jsonl` and
`labels.jsonl`: id, key, where, lang, old, new; id, substance), and with --more those of claim_labels.tsv: further
edits of the revisions beside them, known by a digest of both texts, with the substance that we gave them. Only edits
are used that neither the words nor the facts settle. The table shows ten-fold cross-validation, six times over, where
all edits of an article are in one fold: each edit is judged by a model that has not seen its article. The last lines
are the weights to copy into the module. scikit-learn is needed here alone.

    uv run --with scikit-learn benchmarks/claim_model.py --data FOLDER --more FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tracker.classify.claim_model import features
from tracker.classify.edit_units import settles
from tracker.classify.facts import Stretch, stretch_facts, stretches
from tracker.classify.grave_words import is_grave
from tracker.classify.name_inventory import NameInventory
from tracker.classify.substance import judge_words
from tracker.diff.comparison import compare
from tracker.model.article import Article, Block, BlockKind
from tracker.model.change import Substance

REGULARISATION = 0.1
ROUNDS = 6
OWN = Path(__file__).with_name("claim_labels.tsv")


class Row(NamedTuple):
    """One edit: what the model sees of it, whether it is a claim, its article, and if people of the set labelled it."""

    values: dict[str, float]
    claim: bool
    article: str
    reference: bool


def labelled(folder: Path) -> Iterator[Row]:
    """Yield the edits of a folder that nothing but the model settles."""
    edits, labels = (
        {row["id"]: row for row in map(json.loads, (folder / f"{name}.jsonl").open(encoding="utf-8"))}
        for name in ("edits", "labels")
    )
    for key, edit in edits.items():
        substance = labels[key]["substance"]
        texts = (edit["old"], edit["new"])
        found = row(edit["where"], texts, edit["lang"], edit["key"], substance)
        if substance != "unclear" and found:
            yield found


def own(folder: Path) -> Iterator[Row]:
    """Yield the edits of the revisions in a folder that claim_labels.tsv has a substance for."""
    wanted = dict(line.split("\t") for line in OWN.read_text(encoding="utf-8").splitlines() if line[:1] != "#")
    for path in sorted(folder.glob("*.jsonl")):
        for revision in map(json.loads, path.open(encoding="utf-8")):
            lang = (revision.get("lang") or "en")[:2]
            for where, old, new in pairs(revision, lang):
                substance = wanted.pop(digest(old, new), None)
                found = row(where, (old, new), lang, revision["split_key"], substance) if substance else None
                if found:
                    yield found._replace(reference=False)
    if wanted:
        print(f"{len(wanted)} edits of claim_labels.tsv are not in {folder}", file=sys.stderr)


def pairs(revision: dict[str, Any], lang: str) -> Iterator[tuple[str, str, str]]:
    """Yield where an edit stands, and its text before and after: fields, or the sentences of a longer text."""
    if "\n" not in revision["old"]:
        yield "headline", revision["old"], revision["new"]
        yield "dek", revision.get("summary_old") or "", revision.get("summary_new") or ""
        return
    old, new = (
        Article(title="Report", lang=lang, blocks=tuple(Block(BlockKind.PARAGRAPH, part) for part in parts if part))
        for parts in (revision[side].split("\n\n") for side in ("old", "new"))
    )
    for stretch in stretches(compare(old, new)):
        yield "body", stretch.old, stretch.new


def digest(old: str, new: str) -> str:
    return hashlib.sha256(f"{old}\x00{new}".encode()).hexdigest()[:16]


def row(where: str, texts: tuple[str, str], lang: str, article: str, substance: str) -> Row | None:
    """Return what the model sees of an edit; None where the words or facts settle it."""
    lang = lang[:2]
    old, new = texts
    judgement = judge_words(old, new, lang)
    stretch = Stretch(old, new, "text", 0, standing=True)
    facts = stretch_facts(stretch, lang, NameInventory(Article(), Article()))
    if judgement.substance is not Substance.CLAIM or any(settles(fact) for fact in facts):
        return None
    grave = is_grave((*judgement.removed, *judgement.added), lang)
    kinds = {fact.kind for fact in facts}
    values = features(judgement, kinds, lang, is_field=where != "body", is_grave=grave)
    return Row(values, substance == "claim", article, reference=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with edits.jsonl and labels.jsonl")
    parser.add_argument("--more", type=Path, help="folder with the revisions that claim_labels.tsv is about")
    args = parser.parse_args()
    rows = [*labelled(args.data), *(own(args.more) if args.more else ())]
    names = list(rows[0].values)
    values = np.array([[row.values[name] for name in names] for row in rows])
    claims, given = (np.array([getattr(row, name) for row in rows]) for name in ("claim", "reference"))
    _, articles = np.unique([row.article for row in rows], return_inverse=True)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION))
    probable, areas = np.zeros(len(rows)), []
    for seed in range(ROUNDS):
        shuffled = np.random.default_rng(seed).permutation(articles.max() + 1)[articles]
        for learn, test in GroupKFold(10).split(values, claims, shuffled):
            said = model.fit(values[learn], claims[learn]).predict_proba(values[test])[:, 1]
            probable[test] += said / ROUNDS
            areas.append(float(roc_auc_score(claims[test], said)))
    figures = {"benchmark": "claim_model", "edits": len(rows), "claims": int(claims.sum())}
    figures |= {"auc": round(float(np.mean(areas)), 3), "worst_fold": round(min(areas), 3)}
    print(f"area under the curve {figures['auc']} in the mean of the folds, {figures['worst_fold']} in the worst")
    print("from   edits of the reference: right, claims missed, others called claims; the same of our own")
    for least in (0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
        called = probable >= least
        counts = [f"{least:4}  "]
        for part in (given, ~given):
            right, missed, false = called == claims, ~called & claims, called & ~claims
            counts.append("  ".join(f"{int((each & part).sum()):4}" for each in (right, missed, false)))
        print("   ".join(counts))
    model.fit(values, claims)
    scale, fit = model[0], model[1]
    weights = fit.coef_[0] / scale.scale_
    print(f"BIAS: Final = {fit.intercept_[0] - float((weights * scale.mean_).sum()):.3f}")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.3f},')
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
