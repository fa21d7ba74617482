"""Fit the weights of tracker/classify/claim_model.py to labelled edits, and print how well they do on edits left out.

The data are edits of one sentence or field each, with the substance that people gave them (`edits.jsonl` and
`labels.jsonl`: id, where, lang, old, new; id, substance). Only edits are used that the words alone do not settle. The
table shows ten-fold cross-validation, five times over: each edit is judged by a model that has not seen it. The last
lines are the weights to copy into the module. scikit-learn is needed here alone.

    uv run --with scikit-learn benchmarks/claim_model.py --data FOLDER
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tracker.classify.claim_model import features
from tracker.classify.facts import Stretch, stretch_facts
from tracker.classify.names import NameInventory
from tracker.classify.substance import judge_words
from tracker.model.article import Article
from tracker.model.substance import Substance

REGULARISATION = 0.3


def rows(folder: Path) -> list[tuple[dict[str, float], bool]]:
    """Return the features of each edit that the words do not settle, and whether people called it a claim."""
    edits, labels = (
        {row["id"]: row for row in map(json.loads, (folder / f"{name}.jsonl").open(encoding="utf-8"))}
        for name in ("edits", "labels")
    )
    found = []
    inventory = NameInventory(Article(), Article())
    for key, edit in edits.items():
        if labels[key]["substance"] == "unclear":
            continue
        lang = edit.get("lang", "en")[:2]
        judgement = judge_words(edit["old"], edit["new"], lang)
        stretch = Stretch(edit["old"], edit["new"], "text", 0, standing=True)
        kinds = {fact.kind for fact in stretch_facts(stretch, lang, inventory)}
        if judgement.substance is Substance.CLAIM:
            of_field = edit["where"] != "body"
            found.append((features(judgement, kinds, is_field=of_field), labels[key]["substance"] == "claim"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    found = rows(parser.parse_args().data)
    names = list(found[0][0])
    values = np.array([[row[name] for name in names] for row, _ in found])
    claims = np.array([claim for _, claim in found])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION))
    folds = [StratifiedKFold(10, shuffle=True, random_state=seed) for seed in range(5)]
    probable = np.mean(
        [cross_val_predict(model, values, claims, cv=fold, method="predict_proba")[:, 1] for fold in folds], axis=0
    )
    auc = round(float(roc_auc_score(claims, probable)), 3)
    print(f"{len(claims)} edits, {claims.sum()} of them claims; area under the curve {auc}")
    print("from   claims found   others taken for claims")
    for least in (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9):
        called = probable >= least
        right, wrong = int((called & claims).sum()), int((called & ~claims).sum())
        print(f"{least:4}   {right:4} of {claims.sum()}    {wrong:4} of {(~claims).sum()}")
    model.fit(values, claims)
    scale, fit = model[0], model[1]
    weights = fit.coef_[0] / scale.scale_
    print(f"BIAS: Final = {fit.intercept_[0] - float((weights * scale.mean_).sum()):.3f}")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.3f},')
    print(json.dumps({"benchmark": "claim_model", "edits": len(claims), "auc": auc}))


if __name__ == "__main__":
    main()
