"""What each rule of the reader is worth: the sets read without it, one rule after the other.

A rule is switched off by replacing a function with one that answers "no", or a limit with one that is never reached.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import _extraction_adapters as adapters
from _extraction_score import Tally

if TYPE_CHECKING:
    from pathlib import Path

MEASURES = ("F1", "paragraph F1", "snippet F1", "title", "authors", "day")
MIN_DIFFERENCE = 0.0004
PROCESSES = 2
NEVER = 1e9
NO_MATCH = re.compile(r"(?!)")


def _no(*_: Any, **__: Any) -> bool:
    return False


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _none_found(*_: Any, **__: Any) -> list[Any]:
    return []


# Rule → where it is in tracker.extraction, and what switches it off.
RULES: dict[str, tuple[str, Any]] = {
    "prose in asides and footers": ("scoring._MIN_SET_APART_FACTOR", NEVER),
    "short lines weigh less": ("scoring._LABEL_FACTOR", 1.0),
    "a line weighs 400 at most": ("scoring._MAX_LINE_MASS", 4_000),
    "junk by names": ("scoring._junk_reason", lambda *_: ""),
    "named bodies are no junk": ("scoring._holds_body", _no),
    "cards of teasers": ("scoring._mark_cards", _nothing),
    "container by name": ("body._MIN_NAMED_CONTAINER_SHARE", NEVER),
    "container near the headline": ("body._MIN_MASS_NEAR_HEADLINE", NEVER),
    "sections of one name": ("body._MIN_SIBLINGS_SHARE", NEVER),
    "lists of links": ("body._MAX_LIST_LINK_SHARE", NEVER),
    "pull quotes": ("body._MIN_PULL_QUOTE_CHARS", NEVER),
    "text in noscript": ("extractor._MIN_NOSCRIPT_CHARS", NEVER),
    "text in scripts": ("extractor.find_script_text", _nothing),
    "text in JSON-LD": ("extractor._MIN_JSON_LD_TEXT_CHARS", NEVER),
    "next to the text": ("text_paths.TextPaths._is_beside_text", _no),
    "nested in the text": ("text_paths.TextPaths._is_nested_in_text", _no),
    "insets": ("text_paths.TextPaths._find_insets", lambda *_: frozenset()),
    "scattered text": ("text_paths._MAX_ELSEWHERE_SHARE", NEVER),
    "tables of data": ("text_paths.TextPaths._find_tabular", lambda *_: frozenset()),
    "lines beside pictures": ("text_paths.TextPaths._find_beside_pictures", lambda *_: frozenset()),
    "paragraphs of the container": ("text_paths._OWN_PARAGRAPH", ("nothing",)),
    "promos": ("block_classifier._promo", _nothing),
    "wording of furniture": ("block_classifier._furniture_wording", _nothing),
    "bylines within the text": ("block_classifier.BlockClassifier._byline_or_date", _nothing),
    "fact boxes": ("block_classifier.BlockClassifier._is_in_fact_box", _no),
    "standfirst": ("standfirst.find", _nothing),
    "standfirst by description": ("standfirst._MIN_DESCRIPTION_OVERLAP", NEVER),
    "standfirst by name": ("standfirst._is_named", _no),
    "standfirst in points": ("standfirst._is_point", _no),
    "credits of pictures": ("standfirst._PICTURE_CREDIT", NO_MATCH),
    "an h1 alone on the page": ("headline._SURE_H1_SCORE", 0.0),
    "headings other than h1": ("headline._HEADING_WEIGHT", 0.0),
    "headings that lead home": ("headline._links_home", _no),
    "headings below a breadcrumb": ("headline._heading_below", _nothing),
    "kickers": ("headline._without_kicker", lambda found, _: found.text),
    "spelling of the titles": ("headline._spelling", lambda title, _: title),
    "names of outlets in titles": ("headline.strip_site", lambda title, _: title),
    "byline below the headline": ("byline._marked_below", lambda *_: {}),
    "links to authors": ("byline._authors_linked_in", _none_found),
    "names alone in a line": ("byline._alone_below", _none_found),
    "signatures": ("byline._signature", _none_found),
    "names of the outlet": ("byline._MIN_OUTLET_OVERLAP", NEVER),
    "day in the address": ("metadata.day_in_address", _nothing),
    "labelled dates": ("metadata.is_date_label", _no),
}


def _switch_off(where: str, replacement: Any) -> None:
    module, *names = where.split(".")
    owner: Any = importlib.import_module(f"tracker.extraction.{module}")
    for name in names[:-1]:
        owner = getattr(owner, name)
    if not hasattr(owner, names[-1]):
        raise SystemExit(f"benchmarks: {where} is not in tracker.extraction; RULES must follow the code")
    setattr(owner, names[-1], replacement)


def _score(job: tuple[Path, dict[str, Any], bool]) -> Tally:
    folder, row, with_dek = job
    tally = Tally()
    got, error = adapters.attempt(
        adapters.MAKERS["writethru"](), adapters.page(folder, row["id"]), row.get("url"), with_dek
    )
    tally.spend(0.0, error)
    tally.add(row, got)
    return tally


def _figures(jobs: dict[str, list[Any]], rule: str | None) -> dict[str, dict[str, float]]:
    """Return the figures of each set without *rule*; the processes that read the pages are forked after it is off."""
    if rule is not None:
        _switch_off(*RULES[rule])
    found = {}
    with get_context("fork").Pool(PROCESSES) as pool:
        for name, each in jobs.items():
            whole = Tally()
            for tally in pool.imap_unordered(_score, each, chunksize=8):
                whole.merge(tally)
            found[name] = whole.figures()
    return found


def _isolated(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call *function* in a process of its own, which a rule that is switched off does not outlive."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(function(*arguments)))
    process.start()
    found = receiver.recv()
    process.join()
    return found


def run(
    sets: list[tuple[str, Path]], with_dek: frozenset[str], limit: int | None
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each rule with what the sets lose without it: "fundus F1" → points of a hundred, negative if it helps."""
    jobs = {
        name: [(folder, row, name in with_dek) for row in list(adapters.rows(folder))[:limit]] for name, folder in sets
    }
    whole = _isolated(_figures, jobs, None)
    for rule in RULES:
        print(f"without {rule}", file=sys.stderr)
        without = _isolated(_figures, jobs, rule)
        yield (
            rule,
            {
                f"{name} {measure}": round(without[name][measure] - figures[measure], 4)
                for name, figures in whole.items()
                for measure in MEASURES
                if measure in figures and abs(without[name][measure] - figures[measure]) >= MIN_DIFFERENCE
            },
        )
