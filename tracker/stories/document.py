"""A story as JSON, schema 1: what `writethru story show --json` and `stories --json` print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.render.times import iso

if TYPE_CHECKING:
    from .propagation import Place, Propagation


def document(propagation: Propagation) -> dict[str, Any]:
    """Return the whole story: every article with its role, version, delay, missing notices and own edits."""
    return _head(propagation) | {"articles": [_place(place) for place in propagation.places]}


def summary(propagation: Propagation) -> dict[str, Any]:
    """Return the story without details: its articles with address and role."""
    articles = [{"article": place.article, "url": place.url, "role": place.role} for place in propagation.places]
    return _head(propagation) | {"articles": articles}


def _head(propagation: Propagation) -> dict[str, Any]:
    return {"schema": 1, "story": propagation.story, "title": propagation.title}


def _place(place: Place) -> dict[str, Any]:
    return {
        "article": place.article,
        "url": place.url,
        "source": place.source,
        "headline": place.headline,
        "role": place.role,
        "origin": place.origin,
        "runs": place.runs,
        "behind": place.behind,
        "behind_since": iso(place.behind_since),
        "missing_words": place.missing_words,
        "missing_notices": [
            {
                "kind": each.kind.value,
                "text": each.text,
                "version": each.version,
                "since": iso(each.since),
                "text_taken": each.text_taken,
            }
            for each in place.missing_notices
        ],
        "own_edits": len(place.own_edits),
        "own": [{"kind": each.kind, "wire": each.wire, "own": each.own} for each in place.own_edits],
        "cut": place.cut,
        "history": [{"version": run.version, "seen": iso(run.seen), "runs": run.runs} for run in place.history],
    }
