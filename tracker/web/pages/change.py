"""The page that compares two versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from tracker.archive.summaries import list_summaries
from tracker.archive.verdicts import verdicts_by_version
from tracker.classify.change_context import changed_facts
from tracker.errors import UsageError
from tracker.model.change import Change, Fact, Label, LabelKind, Op, Verdict
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import WatchedArticle
from tracker.render import html
from tracker.render.pictures.change_picture import ChangePicture, picture_of
from tracker.render.raster import can_draw, missing_script
from tracker.render.rows import paragraph_name
from tracker.render.times import interval, moment
from tracker.service.shown_versions import change_between
from tracker.views.change import ChangeView
from tracker.views.json import Part
from tracker.web.page_request import PageRequest, View

from .. import links

FORMS: Final = ("inline", "side", "changes")
_FACTS: Final = frozenset({"number", "date", "name", "quote", "hedge", "claim", "not-noted"})
"""Labels whose evidence are facts."""
_EXPLAINED: Final = _FACTS | {"cosmetic", "flap", "restored", "unpublished"}
"""Labels that need their evidence; that of the others is text that the page shows as changed."""
MAX_CHOICES: Final = 500
"""Versions that the form for comparing offers."""
MIN_SKIPPED_PARAGRAPHS: Final = 4
"""Unchanged paragraphs before the first edit that fill a screen."""


class Cite(Part, frozen=True):
    """How to cite a change: its permanent address, when it happened, and a sentence that says both."""

    address: str
    earliest: datetime | None
    latest: datetime
    old_sha256: str
    new_sha256: str
    old_capture_sha256: str
    new_capture_sha256: str
    sentence: str


class CitedChange(ChangeView, frozen=True, kw_only=True):
    """A change, as `diff --json` writes it, and how to cite it."""

    article: str
    url: str
    old_version: int
    new_version: int
    cite: Cite


@dataclass(frozen=True)
class ChangePage(View):
    """A change between two versions of an article; `before` and `after` are the addresses of its neighbours, or ""."""

    template: ClassVar[str] = "change.html"
    title: str
    before: str
    after: str
    tracked: WatchedArticle
    old: Version
    new: Version
    change: Change
    facts: tuple[Fact, ...]
    form: str
    pieces: tuple[html.Piece, ...]
    cite: Cite
    choices: tuple[tuple[int, str], ...]
    verdicts: tuple[Verdict, ...]

    @property
    def picture(self) -> ChangePicture:
        """Return the content of a picture of the change."""
        return picture_of(self.tracked.source, self.old, self.new, self.change)

    @property
    def unsaid(self) -> tuple[list[LabelKind], list[Label]]:
        """Return the labels that no fact covers: the kinds whose edits the text shows, and those that need evidence."""
        said = {fact.block for fact in self.facts}
        # A label of the headline has no block, as its facts have none.
        left = [
            each for each in self.change.labels if not (each.kind in _FACTS and said.issuperset(each.blocks or [None]))
        ]
        kinds = dict.fromkeys(each.kind for each in left if each.kind not in _EXPLAINED)
        return list(kinds), [each for each in left if each.kind in _EXPLAINED]

    @property
    def first_edit(self) -> int | None:
        """Return the first block that was edited, to link to it; None if it is near the top of the page."""
        blocks = [each for each in self.pieces if each.part in {"block", "gap"}]
        at = next((at for at, each in enumerate(blocks) if each.op is not Op.SAME), 0)
        return blocks[at].block if at >= MIN_SKIPPED_PARAGRAPHS else None

    @property
    def can_draw(self) -> bool:
        """Return whether the picture can be drawn here."""
        return can_draw() and not self.missing_script

    @property
    def missing_script(self) -> str:
        """Return a script of which no font here has the letters, so that the picture cannot be drawn; or ""."""
        return missing_script(self.picture.words) if can_draw() else ""

    def where(self, index: int | None) -> str:
        """Return the name of a block, ¶3."""
        return paragraph_name(self.change.blocks[index]) if index is not None else ""

    def answer(self) -> CitedChange:
        """Return the JSON object of the page."""
        return CitedChange.of(self.change, self.facts, (self.old, self.new), self.verdicts, cite=self.cite)


def change(request: PageRequest) -> ChangePage:
    """Return the page that compares two versions. Raises NotKnown or UsageError."""
    first, second = request.number("old"), request.number("new")
    if first == second:
        raise UsageError("these are the same version", resource=f"{first}..{second}")
    form = request.one_of("view", FORMS)
    tracked, archive = request.article(), request.archive
    hint = f"for other versions see {links.article(tracked.id)}"
    old, new = (request.version(tracked, n, hint) for n in (first, second))
    following = new.n == old.n + 1
    made = request.cache.shown(change_between(archive, old, new), tracked.id, new.n if following else 0)
    facts = changed_facts(old.content, new.content, made)
    shown = facts if request.cache.verdicts is None else [each for each in facts if each.kind.value in made.kinds]
    listed = list_summaries(archive, VersionQuery(article=tracked.id, limit=MAX_CHOICES, reverse=True))
    # A verdict is on the change that led to a version, not on the difference between any two.
    said = verdicts_by_version(archive, tracked.id).get((tracked.id, new.n), []) if following else []
    earlier, later = sorted((old, new), key=lambda each: each.n)
    earliest = later.previous_seen if later.n == earlier.n + 1 else earlier.seen
    address = request.base + links.diff(tracked.id, old.n, new.n)
    name = re.sub(r"\s+", " ", new.content.title) or tracked.url
    sentence = f"“{name}”, {tracked.source}, versions {old.n} and {new.n}, changed {interval(earliest, later.seen)}."
    return ChangePage(
        title=f"{new.content.title or tracked.url} · v{old.n} → v{new.n}",
        before=links.diff(tracked.id, new.n - 2, new.n - 1) if new.n > 2 else "",
        after=links.diff(tracked.id, new.n, new.n + 1) if new.n < tracked.versions else "",
        tracked=tracked,
        old=old,
        new=new,
        change=made,
        facts=tuple(shown),
        form=form,
        pieces=tuple(html.pieces(made, changes_only=form == "changes")),
        cite=Cite(
            address=address,
            earliest=earliest,
            latest=later.seen,
            old_sha256=old.content.sha256,
            new_sha256=new.content.sha256,
            old_capture_sha256=old.capture_sha256,
            new_capture_sha256=new.capture_sha256,
            sentence=f"{sentence} {address if request.base else tracked.url}",
        ),
        choices=tuple((each.n, moment(each.seen, request.now)) for each in listed),
        verdicts=tuple(said),
    )
