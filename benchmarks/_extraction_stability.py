"""The mutation suite: what is taken for a change and is none, and which edits are not seen."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import _extraction_adapters as adapters
from _extraction_edits import Edit, edits
from _extraction_noise_cases import noise
from _extraction_score import authors, lines, normal
from _extraction_template import template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _extraction_template import Template

NOISE = ("marked", "unmarked", "paragraph", "technical")
BODY = ("words", "paragraphs", "notes", "correction in a div", "blocks")


class Suite:
    """Counts the cases of one extractor: *cases* and *failures* by group, ``false`` and ``missed`` in front."""

    def __init__(self, extractor: adapters.Extractor) -> None:
        self.pages = 0
        self.cases: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self._extractor = extractor
        self._known: dict[str, dict[str, Any]] = {}

    def page(self, page: Template) -> None:
        """Read every pair of one page."""
        self.pages += 1
        self._known.clear()
        for group, name, one, other in noise(page):
            old, new = self._read(one, page), self._read(other, page)
            self._count(f"false {group}", lines(old.get("body") or "") != lines(new.get("body") or ""), name, page)
            if group != "opaque":
                head = any(old.get(key) != new.get(key) for key in ("title", "authors", "date"))
                self._count("false metadata", head, name, page)
        for edit in edits(page):
            old, new = self._read(edit.old, page), self._read(edit.new, page)
            if edit.field == "body" or edit.field in old:
                self._edit(edit, old, new, page)

    def figures(self) -> dict[str, float]:
        """Return the shares, by group and together."""
        out: dict[str, float] = {"pages": self.pages}
        out["false"] = self._share([f"false {group}" for group in NOISE])
        out |= {key: self._share([key]) for key in sorted(self.cases) if key.startswith("false ")}
        out["missed body"] = self._share([f"missed {group}" for group in BODY])
        out |= {key: self._share([key]) for key in sorted(self.cases) if key.startswith("missed ")}
        out["collateral"] = self._share(["collateral"])
        return out

    def _share(self, keys: list[str]) -> float:
        cases = sum(self.cases[key] for key in keys)
        return round(sum(self.failures[key] for key in keys) / cases, 4) if cases else 0.0

    def _edit(self, edit: Edit, old: dict[str, Any], new: dict[str, Any], page: Template) -> None:
        key = f"missed {edit.group}"
        if edit.field == "title":
            said = normal(str(new.get("title") or "")).casefold()
            same = normal(str(old.get("title") or "")).casefold() == said
            self._count(key, same or normal(edit.appears).casefold() not in said, edit.name, page)
        elif edit.field == "authors":
            self._count(key, not authors(edit.appears) <= authors(new.get("authors")), edit.name, page)
        else:
            before, after = lines(old.get("body") or ""), lines(new.get("body") or "")
            seen = _seen(edit, " ".join(before), " ".join(after))
            self._count(key, not seen, edit.name, page)
            if seen:
                one, two = Counter(before), Counter(after)
                more = (one - two).total() > edit.removed or (two - one).total() > edit.added
                self._count("collateral", more, edit.name, page)

    def _read(self, html: str, page: Template) -> dict[str, Any]:
        known = self._known.get(html)
        if known is None:
            known, _ = adapters.attempt(self._extractor, html, page.url, True)
            self._known[html] = known
        return known

    def _count(self, key: str, failed: bool, name: str, page: Template) -> None:  # noqa: FBT001 - a verdict
        self.cases[key] += 1
        if failed:
            self.failures[key] += 1
            self.examples.setdefault(f"{key}: {name}", page.id)


def _seen(edit: Edit, before: str, after: str) -> bool:
    appears, vanishes = normal(edit.appears), normal(edit.vanishes)
    if before == after or (appears and appears not in after):
        return False
    return not vanishes or (vanishes in before and vanishes not in after)


def run(folder: Path, extractors: dict[str, adapters.Extractor], most: dict[str, int]) -> dict[str, Suite]:
    """Read the pages of *folder* that can be templates, every extractor its *most* first ones."""
    suites = {name: Suite(extractor) for name, extractor in extractors.items()}
    for page in _templates(folder, max(most.values(), default=0)):
        for name, suite in suites.items():
            if suite.pages < most[name]:
                suite.page(page)
    return suites


def _templates(folder: Path, most: int) -> Iterator[Template]:
    rows = sorted(adapters.rows(folder), key=lambda row: hashlib.sha1(row["id"].encode()).digest())
    found = 0
    for row in rows:
        if found >= most:
            return
        page = template(row, adapters.page(folder, row["id"]))
        if page is not None:
            found += 1
            yield page
