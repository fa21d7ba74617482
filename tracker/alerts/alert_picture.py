"""The picture of a change in a mail, made from the payload of its alert. Pure."""

from __future__ import annotations

import json
from typing import Any

from ..model.article import Article
from ..model.labels import LabelKind
from ..model.substance import Noted
from ..render import one_line
from ..render.direction import direction
from ..render.pictures.change_picture import ChangePicture, labels_in_words
from ..render.plain import noted_in_words
from ..render.rows import tidy
from . import payload_text


def picture_in(payload: str) -> ChangePicture | None:
    """Return the picture of the change that an alert is about; None where its message shows no edit of an article."""
    body: dict[str, Any] = json.loads(payload)
    if body["type"] != "article.changed" or body.get("said") or not payload_text.edits(body):
        return None
    kinds = frozenset(LabelKind(label["kind"]) for label in body["labels"])
    top = body["top_hunk"]
    return ChangePicture(
        outlet=one_line(body["source"]),
        headline=payload_text.headline(body),
        when=payload_text.when(body),
        labels=labels_in_words(kinds),
        noted="unclear whether noted"
        if body["noted"] == Noted.UNCLEAR
        else noted_in_words(kinds, announced=body["announced"]),
        where=_where(top),
        edit=tidy((op, text) for op, text in top["hunks"]),
        foot=f"{body['article']}, versions {body['previous_version']} and {body['version']} · {one_line(body['url'])}",
        rtl=direction(Article(title=body["headline"])) == "rtl",
    )


def _where(edit: dict[str, Any]) -> str:
    """Return the place of an edit: a field, or a paragraph of the new text, else of the old one."""
    if edit["new"] is not None:
        return f"¶{edit['new'] + 1}"
    return str(edit["where"]) if edit["old"] is None else f"old ¶{edit['old'] + 1}"
