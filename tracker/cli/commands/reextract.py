"""`writethru reextract`: re-extract stored pages with the current extractor, and report the differences."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

import click

from tracker.archive.articles import get_article
from tracker.archive.opening import open_archive
from tracker.archive.readings import list_outdated
from tracker.archive.sources import stored_source
from tracker.archive.thread import ArchiveThread
from tracker.config.file import rule_folders
from tracker.extraction import EXTRACTOR
from tracker.extraction.pool import ExtractPool
from tracker.model.version import Rereading
from tracker.pipeline.reread import Reviewed, read_again
from tracker.render.text import counted

from .. import options
from ..app import App, verb
from ..output import Tell
from .db import locked_archive

MAX_WORKERS = 2
# The counts, as the JSON summary names them.
COUNTS = (
    "articles", "versions", "same", "by_code", "unreadable", "kept", "edits_stand", "no_edits", "edits_found",
    "labels_changed",
)  # fmt: skip
_TEXTS = {None: "kept", Rereading.SAME: "same", Rereading.CODE: "by_code", Rereading.UNREADABLE: "unreadable"}
_EDITS = {"stands": "edits_stand", "gone": "no_edits", "found": "edits_found"}


@verb()
@options.source("Re-extract only this source.")
@click.option("--article", metavar="ID", help="Re-extract only this article.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Include pages the current extractor has read, for instance after site rules changed.",
)
@options.dry_run("Show what would change without storing anything.")
def reextract(app: App, *, source: str, article: str | None, everything: bool, dry_run: bool) -> None:
    """Re-extract stored pages with the current extractor, and rebuild texts, diffs, labels and search from them.

    Only pages last read by an earlier extractor are read. Changes judged by the rules of an earlier release are judged
    again, if the texts on both sides are still there. The original text and its log entry are kept; the new text is
    stored beside it, and shown. Differences caused by the extractor are reported as such, never as edits: a version
    that turns out to equal the one before is kept and marked. You can interrupt this and run it again. Stop the
    service before running it.
    """
    # The lock alone is kept for the whole run; the thread below opens the archive for itself.
    with locked_archive(app) as archive:
        stored_source(archive, source)
        ident = get_article(archive, article).id if article else ""
        idents = list_outdated(archive, EXTRACTOR, source=source, article=ident, everything=everything)
        if not idents:
            _summary(app, Counter(), dry_run=dry_run)
            return
        # Children, as in the service: a page that hung the extractor of its time may hang this one.
        pool = ExtractPool(MAX_WORKERS, sites=rule_folders(app.config_path))
        try:
            with app.out.progress("articles") as tell:
                counts = asyncio.run(_all(app, pool, idents, tell, everything=everything, dry_run=dry_run))
        finally:
            pool.close()
    _summary(app, counts, dry_run=dry_run)


async def _all(
    app: App, pool: ExtractPool, idents: Sequence[str], tell: Tell, *, everything: bool, dry_run: bool
) -> Counter[str]:
    """Extract the pages of all articles again, report each difference, and return the counts of COUNTS."""
    counts: Counter[str] = Counter()
    async with ArchiveThread(lambda: open_archive(app.database)) as archive:
        for place, ident in enumerate(idents, 1):
            made = await read_again(archive, pool, ident, EXTRACTOR, app.now, everything=everything, dry_run=dry_run)
            counts["articles"] += 1
            for each in made.versions:
                counts["versions"] += 1
                counts[_TEXTS[each.outcome]] += 1
                if each.edit in _EDITS:
                    counts[_EDITS[each.edit]] += 1
                counts["labels_changed"] += each.before != each.after and each.edit == "stands"
            if not app.settings.json:
                for each in made.versions:
                    for line in _differences(each):
                        app.out.wrapped(f"{ident[:8]} v{each.n}  {line}", rest="    ")
            elif shown := [_as_json(each) for each in made.versions if each.by_code or each.detail]:
                app.out.data({"article": ident, "dry_run": dry_run, "versions": shown})
            tell(place, len(idents))
    return counts


def _as_json(each: Reviewed) -> dict[str, object]:
    return {
        "version": each.n,
        "text": each.outcome.value if each.outcome else "kept",
        "detail": each.detail,
        "edit": each.edit.value,
        "words_added_by_code": each.words[0],
        "words_removed_by_code": each.words[1],
        "labels_before": [kind.value for kind in each.before],
        "labels_after": [kind.value for kind in each.after],
    }


def _differences(each: Reviewed) -> Iterator[str]:
    """Yield a line for each thing that re-extracting a version changes."""
    if each.outcome is Rereading.CODE:
        added, removed = each.words
        size = f"+{added} −{removed} words" if added or removed else "the words are the same"
        yield f"the current extractor reads it differently: {size}"
    elif each.detail:
        yield f"text kept: {each.detail}"
    if each.edit == "gone":
        yield f"not an edit: same text as v{each.n - 1}; the difference came from the earlier extractor"
    elif each.edit == "found":
        yield f"an edit after all: its text differs from v{each.n - 1}"
    elif each.label_changes:
        yield f"still an edit, with changed labels: {each.label_changes}"


def _summary(app: App, counts: Counter[str], *, dry_run: bool) -> None:
    if app.settings.json:
        made = {"summary": True, "dry_run": dry_run, "extractor": EXTRACTOR}
        app.out.data(made | {name: counts[name] for name in COUNTS})
        return
    if not counts["articles"]:
        app.out.note("Nothing to do: the current extractor and rules have read every page and judged every change.")
        return
    would = "would be " if dry_run else ""
    app.out.wrapped(
        f"{counted(counts['articles'], 'article')}, {counted(counts['versions'], 'version')} {would}re-extracted:"
        f" {counts['same']:,} unchanged, {counts['by_code']:,} read differently,"
        f" {counts['unreadable']:,} no longer readable, {counts['kept']:,} skipped"
    )
    app.out.wrapped(
        f"edits: {counts['edits_stand']:,} confirmed, {counts['labels_changed']:,} of them with other labels;"
        f" {counts['no_edits']:,} were not edits"
    )
