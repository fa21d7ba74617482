"""Scores of extraction, defined as the public benchmarks define them.

body: shingles of four words, precision and recall averaged over pages, F1 of the two averages; exact: the same words;
paragraphs: multiset F1 of whole lines; snippets: F1 over strings that must and must not be in the text; title: the same
text; authors: the same set; day and minute of publication.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from typing import Any

_WORD = re.compile(r"\w+")
_SIZE = 4
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\xa0": " "}
    | {"\u200b": None, "\xad": None, "…": "..."}
)
_BY = re.compile(r"^(?:by|von|par|por|di)\s+", re.IGNORECASE)


class Tally:
    """Collects the pages of one extractor on one set."""

    def __init__(self) -> None:
        self.values: dict[str, list[float]] = {}
        self.found = self.missed = self.wrong = self.errors = 0
        self.seconds: list[float] = []

    def spend(self, seconds: float, error: str) -> None:
        self.seconds.append(seconds)
        self.errors += bool(error)

    def merge(self, other: Tally) -> None:
        """Add the pages of *other*."""
        for metric, values in other.values.items():
            self.values.setdefault(metric, []).extend(values)
        self.found += other.found
        self.missed += other.missed
        self.wrong += other.wrong
        self.errors += other.errors
        self.seconds += other.seconds

    def add(self, truth: dict[str, Any], got: dict[str, Any]) -> None:
        body = got.get("body") or ""
        if truth.get("body") is not None:
            self._body(truth["body"], body)
        if truth.get("paragraphs"):
            want, have = Counter(filter(None, map(normal, truth["paragraphs"]))), Counter(lines(body))
            self._note("paragraph F1", 2 * (want & have).total() / ((want + have).total() or 1))
        if truth.get("with") or truth.get("without"):
            text = normal(body)
            present = [normal(part) in text for part in truth.get("with") or []]
            self.found += sum(present)
            self.missed += len(present) - sum(present)
            self.wrong += sum(normal(part) in text for part in truth.get("without") or [])
        if truth.get("title"):
            self._note("title", normal(truth["title"]) == normal(str(got.get("title") or "")))
        if truth.get("authors"):
            self._note("authors", authors(truth["authors"]) == authors(got.get("authors")))
        if truth.get("date"):
            self._date(truth["date"], got.get("date"))

    def figures(self) -> dict[str, float]:
        out: dict[str, float] = {}
        if "recall" in self.values:
            precision, recall = fmean(self.values.get("precision") or [0.0]), fmean(self.values["recall"])
            out["F1"] = 2 * precision * recall / ((precision + recall) or 1)
            out |= {"precision": precision, "recall": recall}
        out |= {key: fmean(value) for key, value in self.values.items() if key not in {"precision", "recall"}}
        if self.found + self.missed:
            out["snippet F1"] = 2 * self.found / (2 * self.found + self.wrong + self.missed)
        spent = sorted(self.seconds)
        out |= {"pages": len(spent), "ms": 1e3 * fmean(spent), "worst ms": 1e3 * spent[-1], "errors": self.errors}
        return {key: round(value, 4) for key, value in out.items()}

    def _note(self, metric: str, value: float) -> None:
        self.values.setdefault(metric, []).append(float(value))

    def _body(self, truth: str, got: str) -> None:
        want, have = shingles(truth), shingles(got)
        hit = (want & have).total()
        if have:
            self._note("precision", hit / have.total())
        if want:
            self._note("recall", hit / want.total())
        self._note("exact", _WORD.findall(truth) == _WORD.findall(got))

    def _date(self, truth: Any, got: Any) -> None:
        want, have = instant(truth), instant(got)
        if want is None:
            return
        self._note("day", have is not None and bool(days(want) & days(have)))
        close = False
        if have is not None and len(str(got)) > len("2024-05-03"):
            one = want if want.tzinfo else want.replace(tzinfo=have.tzinfo)
            other = have if have.tzinfo else have.replace(tzinfo=want.tzinfo)
            close = abs(one - other) < timedelta(minutes=1)
        self._note("minute", close)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[n : n + _SIZE]) for n in range(max(1, len(words) - _SIZE + 1)))


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", html.unescape(text or "").translate(_QUOTES)).split())


def lines(text: str) -> list[str]:
    return [line for raw in text.split("\n") if (line := normal(raw))]


def authors(value: Any) -> set[str]:
    if not value:
        return set()
    if isinstance(value, list | tuple | set):
        return {name for item in value for name in authors(item)}
    return {_BY.sub("", normal(str(value))).casefold().strip(" .,;|")}


def instant(value: Any) -> datetime | None:
    while isinstance(value, list | tuple):
        value = value[0] if value else None
    text = re.sub(r"(\.\d{6})\d+", r"\1", str(value or "").strip().replace("Z", "+00:00"))
    for attempt in (text, text[:19], text[:10]):
        try:
            return datetime.fromisoformat(attempt)
        except ValueError:
            continue
    return None


def days(value: datetime) -> set[date]:
    return {value.date()} | ({value.astimezone(UTC).date()} if value.tzinfo else set())
