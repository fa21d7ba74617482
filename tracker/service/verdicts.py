"""Make a person's verdict on a change, and count how often the program agrees with such verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Final

from tracker.addresses.urls import fetchable
from tracker.errors import UsageError
from tracker.model.change import Change, Label, LabelKind, Noted, Significance, Verdict, Weight
from tracker.model.version import Version

MAX_NOTE_CHARS: Final = 4000


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says about a change: how much it matters, labels that are wrong or missing, a note and a link.

    `labels_right` says that all labels not named as wrong or missing are right; naming one says so, too.
    """

    weight: Weight | None = None
    labels_right: bool = False
    wrong: tuple[LabelKind, ...] = ()
    missing: tuple[LabelKind, ...] = ()
    note: str = ""
    link: str = ""


def verdict_on(version: Version, opinion: Opinion, by: str, now: datetime) -> Verdict:
    """Return the verdict on the change that led to `version`.

    Raises UsageError for an opinion that says nothing or does not fit the change, and for a link that is not a web
    address.
    """
    name = f"{version.article}@v{version.n}"
    note, link = " ".join(opinion.note.split()), opinion.link.strip()
    if version.change is None:
        why = "this is the first version" if version.n == 1 else "the version before it was taken down"
        raise UsageError(f"{why}, so there is no change to judge", resource=name)
    judged = opinion.labels_right or bool(opinion.wrong or opinion.missing)
    if not (opinion.weight or judged or note or link):
        hint = "say if it is significant or routine, or write a note"
        raise UsageError("the verdict says nothing", resource=name, hint=hint)
    if len(note) > MAX_NOTE_CHARS:
        raise UsageError(f"the note has more than {MAX_NOTE_CHARS:,} characters", resource=name)
    shown = tuple(dict.fromkeys(label.kind for label in version.change.labels))
    for kind in opinion.wrong:
        if kind not in shown:
            has = f"it has {', '.join(shown)}" if shown else "it has none"
            raise UsageError(f"the change does not have the label {kind}", resource=name, hint=has)
    labels = tuple(kind for kind in (*shown, *opinion.missing) if kind not in opinion.wrong)
    return Verdict(
        article=version.article,
        version=version.n,
        at=now,
        by=by,
        weight=opinion.weight,
        shown=shown,
        labels=tuple(dict.fromkeys(labels)) if judged else None,
        note=note,
        link=fetchable(link) if link else "",
    )


def newest_on_labels(verdicts: Sequence[Verdict]) -> Verdict | None:
    """Return the newest of verdicts, which are oldest first, that refers to labels."""
    return next((each for each in reversed(verdicts) if each.labels is not None), None)


def as_judged(change: Change, verdicts: Sequence[Verdict]) -> Change:
    """Return a change with the labels that the newest verdict on them finds right, without the program's judgement."""
    newest = newest_on_labels(verdicts)
    right = (newest and newest.labels) or ()
    found = [label for label in change.labels if label.kind in right]
    found += [Label(kind, "confirmed by a person") for kind in right if kind not in change.kinds]
    not_noted = LabelKind.NOT_NOTED in right
    return replace(
        change,
        labels=tuple(found),
        # A person who confirms labels has seen which edits the notes explain.
        notices=change.notices if found else tuple(replace(each, explains=(), fields=()) for each in change.notices),
        significance=Significance.LOW,
        announced=False if not_noted else None,
        noted=Noted.NO if not_noted else None,
        noted_edits=None,
        units=(),
        substance=None,
    )


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How often one label is right: on changes where persons find it right, wrong, or missing."""

    kind: LabelKind
    right: int = 0
    wrong: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class VerdictScore:
    """How often the program is right by people’s verdicts.

    Attributes:
        judged: changes whose labels were judged.
        all_right: those of them whose labels are exactly the right ones.
        labels: by label, those with most verdicts first.
        significant: changes that persons find significant.
        routine: changes that persons find routine.
        ordered: pairs of a significant and a routine change of which the first has the higher significance; a pair of
            equals counts half.
    """

    judged: int = 0
    all_right: int = 0
    labels: tuple[LabelScore, ...] = ()
    significant: int = 0
    routine: int = 0
    ordered: float = 0.0


def score(changes: Iterable[tuple[Change, Sequence[Verdict]]]) -> VerdictScore:
    """Compare changes with the newest of their verdicts, oldest first, on labels, and with the newest on weight."""
    counts: Counter[tuple[LabelKind, str]] = Counter()
    judged = all_right = 0
    weights: dict[Weight, list[float]] = {weight: [] for weight in Weight}
    for change, verdicts in changes:
        weight = next((each.weight for each in reversed(verdicts) if each.weight is not None), None)
        by_label = newest_on_labels(verdicts)
        if weight is not None:
            weights[weight].append(change.significance.least_score)
        if by_label is not None:
            shown, right = {label.kind for label in change.labels}, set(by_label.labels or ())
            judged += 1
            all_right += shown == right
            counts.update((kind, "right" if kind in right else "wrong") for kind in shown)
            counts.update((kind, "missing") for kind in right - shown)
    significant, routine = weights[Weight.SIGNIFICANT], weights[Weight.ROUTINE]
    labels = [LabelScore(kind, *(counts[kind, how] for how in ("right", "wrong", "missing"))) for kind in LabelKind]
    named = [each for each in labels if each.right or each.wrong or each.missing]
    return VerdictScore(
        judged,
        all_right,
        tuple(sorted(named, key=lambda each: -(each.right + each.wrong + each.missing))),
        len(significant),
        len(routine),
        sum(1.0 if high > low else 0.5 if high == low else 0.0 for high, low in product(significant, routine)),
    )
