"""The templates that users write for subject and text: each name is replaced once, and no code is run. Pure.

Python's `string.Template` has no expressions, attributes or calls. Text from a page is put in as a value and not
expanded again, so a headline "$url" or "{{7*7}}" is kept as it is.
"""

from __future__ import annotations

from string import Template
from typing import Any

from ..model.labels import LabelKind
from ..render import one_line, plain, safe
from . import payload_text


def fill(template: str, body: dict[str, Any]) -> str:
    """Return `template` with its names replaced by values from the payload `body`."""
    return safe(Template(template).safe_substitute(_values(body)))


def subject(template: str, body: dict[str, Any]) -> str:
    """Return `template` filled in, on one line."""
    return one_line(fill(template, body))


def _values(body: dict[str, Any]) -> dict[str, str]:
    # A template says itself how much it shows.
    whole = body | {"format": "full"}
    edits = [f"{name}: {plain.hunks(hunks)}" for name, hunks in payload_text.edits(whole)]
    kinds = frozenset(LabelKind(label["kind"]) for label in body["labels"])
    return {
        "rule": one_line(body["rule"]),
        "headline": one_line(body["headline"]),
        "previous_headline": one_line(body["previous_headline"] or ""),
        "url": str(body["url"]),
        "link": str(body["link"]),
        "source": one_line(body["source"]),
        "story": ", ".join(one_line(story) for story in body["stories"]),
        "labels": payload_text.labels(body),
        "when": payload_text.when(body),
        "facts": " ".join(payload_text.facts(body)),
        "words_added": str(body["words_added"]),
        "words_removed": str(body["words_removed"]),
        "announced": plain.noted_in_words(kinds, announced=body["announced"]),
        "edit": edits[0] if edits else "",
        "edits": "\n\n".join(edits),
        "notices": "\n\n".join(payload_text.notices(whole)),
        "article": str(body["article"]),
        "version": str(body["version"]),
        "id": str(body["id"]),
    }
