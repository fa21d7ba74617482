"""`writethru diff` and `picture`: what changed between two versions of an article, or between two files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import click

from tracker import compare, extract
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.handins import get_handin
from tracker.archive.state import get_read_mark, hash_reader, save_read_mark
from tracker.archive.verdicts import verdicts_by_version
from tracker.archive.versions import get_version
from tracker.cli.exit_codes import CHANGES, OK
from tracker.errors import ArchiveError, NotKnown, UsageError
from tracker.exchange.files import replacing
from tracker.model.article import Article, Block, BlockKind
from tracker.model.change import BlockChange, Change, Fact, Hunk, Verdict
from tracker.model.version import Version
from tracker.render import html, plain
from tracker.render.pictures.change_picture import HEIGHT, WIDTH, change_png, change_svg, picture_of
from tracker.render.rows import DiffOptions, paragraph_name
from tracker.render.text import one_line, safe
from tracker.render.times import interval, moment
from tracker.service.shown_versions import change_between, shown_since, without_boilerplate
from tracker.views.change import ChangeView, FactsView, verdict_line
from tracker.views.version import handed_in

from .. import options
from ..app import App, verb
from ..output import Output
from ..versions import HANDIN, Numbers, not_deleted, split
from .note import who

_EPILOG = (
    "RANGE is A..B, or one version to compare with the one before it. Versions are v3, first, last, -1 (the newest), "
    "@2h (the version of two hours ago) or an ISO time. `ID A B` means the same as `ID A..B`. Without RANGE, "
    "the newest change is shown. A page that was handed in is h1: 2..h1, h1..h2, or h1 against the newest version. "
    "--since-read takes no RANGE and marks the newest version as read by you, the system user; no other command does."
)
# The width of both columns together on a pipe.
_PIPE_COLUMNS = 80
FACT_HEAD: Final = ("", "FACT", "WHERE", "BEFORE", "NOW")
_FIELDS: Final = {"title": "headline"}


@verb(epilog=_EPILOG)
@click.argument("target", metavar="ID|OLD")
@click.argument("others", metavar="[RANGE|NEW]", nargs=-1)
@options.form("--inline", "Show both sides in one text (default).", default="inline")
@options.form("--side-by-side", "Show two columns.")
@options.form("--word --words", "Show only the edits, with a few words around each.")
@options.form("--headline", "Show only headline, dek and byline.")
@options.form("--stat", "Show how much changed in each paragraph.")
@options.form("--facts", "Show the facts that changed, old and new.")
@options.form("--patch", "Write a unified diff that patch can apply.")
@options.form("--html", "Write a complete HTML page.")
@click.option("--changes-only", is_flag=True, help="Leave out unchanged paragraphs, except the --context.")
@options.number("--context", "Keep this many unchanged paragraphs around each change.", 0, 1)
@click.option("--width", metavar="COLUMNS", type=click.IntRange(20, 1000), help="Wrap at this many columns.")
@click.option("--since-read", is_flag=True, help="Show what changed since the version that you last read this way.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 if something changed.")
def diff(
    app: App, *, target: str, others: tuple[str, ...], form: str, changes_only: bool, context: int, width: int | None,
    since_read: bool, exit_code: bool,
) -> int:  # fmt: skip
    """Show what changed between two versions (diff ID [RANGE]) or two files (diff OLD NEW: saved pages or texts)."""
    if len(others) > 2:
        raise UsageError("too many versions", resource=" ".join(others), hint="give one range: ID A..B")
    # Users of git write `diff ID A B`.
    other = "..".join(others) or None
    files = other is not None and (target == "-" or Path(target).exists()) and (other == "-" or Path(other).exists())
    mark = None
    if since_read:
        if other or split(target)[1]:
            raise UsageError("--since-read takes no versions", resource=other or target, hint="give the article alone")
        shown, mark = of_unread(app, target)
    elif files:
        before, after = sides(target, other or "")
        articles = before.article, after.article
        shown = Sides(before.text, after.text, compared(before, after), (target, other or ""), articles)
    else:
        given = [name for name in (target, other) if name is not None and "://" not in name]
        found = [name for name in given if Path(name).exists()]
        # Next to a file, a name that is neither a file nor a range must be a missing file, even without a suffix.
        beside = any(Path(name).suffix for name in found)
        missing = [name for name in given if name not in found and (beside or Path(name).suffix) and ".." not in name]
        if missing and len(found) + len(missing) == 2:
            hint = "give two files, or an article and a range"
            raise UsageError("there is no such file", resource=missing[0], hint=hint)
        shown = of_versions(app, target, other or "")
    # With nothing to compare, only JSON has an answer: a comparison without changes.
    if not since_read or app.settings.json or shown.names[0] != shown.names[1]:
        _show(app.out, shown, form, changes_only=changes_only, context=context, width=width)
    if since_read and shown.pair:
        _mark_read(app, shown.pair[1], mark)
    return CHANGES if exit_code and not shown.change.is_empty else OK


def of_versions(app: App, target: str, text: str) -> Sides:
    """Compare two versions of an article. The change between consecutive versions is read from the archive."""
    ident, spec = split(target)
    if spec and text:
        raise UsageError("the version is given twice", resource=f"{target} {text}", hint="give one range: ID A..B")
    with app.archive() as archive:
        known = get_article(archive, ident)
        ends = (text or spec).partition("..")[::2]
        if any(map(HANDIN.fullmatch, ends)):
            return _with_handin(archive, known.id, ends, Numbers(archive, known, app.now))
        first, second = Numbers(archive, known, app.now).pair(text or spec)
        if first == second == 1 and ".." not in (text or spec):
            raise NotKnown(
                "v1 is the first version, so there is nothing before it to compare it with",
                resource=known.url,
                hint=f"to read it: writethru show {known.id[:8]}@v1",
            )
        if first > second:
            # Read backwards, an outlet would seem to have taken back its own text.
            why = "the range must name the older version first"
            raise UsageError(why, resource=text or spec, hint=f"write v{second}..v{first}")
        old, new = without_boilerplate(
            archive, (not_deleted(get_version(archive, known.id, number)) for number in (first, second))
        )
        change = change_between(archive, old, new)
        is_step = second == first + 1
        verdicts = verdicts_by_version(archive, known.id).get((known.id, second), []) if is_step else []
    return Sides(
        plain.article(old.content),
        plain.article(new.content),
        change,
        (f"{known.id[:8]}@v{first}", f"{known.id[:8]}@v{second}"),
        (old.content, new.content),
        interval(new.previous_seen if is_step and new.change else old.seen, new.seen),
        (old, new),
        verdicts=verdicts,
    )


def _with_handin(archive: Archive, ident: str, ends: Sequence[str], numbers: Numbers) -> Sides:
    """Compare two pages of which one or both were handed in; h1 alone is compared with the newest version."""
    sides, names, notes = [], [], []
    for spec in ends:
        if handed := HANDIN.fullmatch(spec):
            kept, _ = get_handin(archive, ident, int(handed[1]))
            notes.append(f"{spec} was {handed_in(kept)}")
        number = 0 if handed else numbers.one(spec)
        names.append(kept.name if handed else f"{ident[:8]}@v{number}")
        sides.append(not_deleted(kept.page if handed else get_version(archive, ident, number), names[-1]))
    old, new = (each.content for each in without_boilerplate(archive, sides))
    texts = (plain.article(old), plain.article(new))
    return Sides(*texts, compare(old, new), (names[0], names[1]), (old, new), "; ".join(dict.fromkeys(notes)))


def of_unread(app: App, target: str) -> tuple[Sides, tuple[int, datetime] | None]:
    """Compare the version of an article that the user last read with its newest one; the second value is their mark.

    The newest version is compared with itself if nothing is new, or if there is no mark yet.
    """
    with app.archive() as archive:
        known = get_article(archive, target)
        newest = Numbers(archive, known, app.now).one("last")
        mark = get_read_mark(archive, hash_reader(who()), known.id)
        shown = shown_since(archive, known.id, mark[0] if mark else newest, newest)
    if mark and len(shown) == 1 and shown[0] > mark[0]:
        why = f"all versions before v{shown[0]} were taken down, so there is nothing to compare it with"
        raise NotKnown(why, resource=known.url, hint=f"to read it: writethru show {known.id[:8]}@v{shown[0]}")
    shown = shown or [newest]  # taken down as well: comparing it raises the error that says why
    if mark:
        text = f"{'Since' if shown[-1] > mark[0] else 'Nothing new since'} you read v{mark[0]} on {moment(mark[1])} UTC"
        is_whole = shown[0] == mark[0] and shown[-1] == newest
        app.out.note(text if is_whole else f"{text}; some versions were taken down from the archive")
    return of_versions(app, known.id, f"v{shown[0]}..v{shown[-1]}"), mark


def _mark_read(app: App, version: Version, mark: tuple[int, datetime] | None) -> None:
    """Mark a version as read by the user, unless a later one is; an archive that cannot be written is no error."""
    if mark and version.n <= mark[0]:
        return
    try:
        with app.archive(readonly=False) as archive:
            save_read_mark(archive, hash_reader(who()), version.article, version.n, app.now)
    except ArchiveError as error:
        app.out.note(f"v{version.n} could not be marked as read: {error}")
        return
    if not mark:
        app.out.note(f"v{version.n} is marked as read. From now on, --since-read shows what changed after it.")


@dataclass(frozen=True)
class Sides:
    """Both sides as text, the change between them, and their names, such as "1a2b3c4d@v1" or a file name.

    `when` says when the change happened, `pair` has the versions compared; for files they are empty and None.
    """

    old: str
    new: str
    change: Change
    names: tuple[str, str]
    articles: tuple[Article, Article]
    when: str = ""
    pair: tuple[Version, Version] | None = None
    verdicts: Sequence[Verdict] = ()

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts that differ."""
        # Imported here because it loads rapidfuzz, which a stored change does not need.
        from tracker.classify.change_context import changed_facts

        return changed_facts(*self.articles, self.change)


@dataclass(frozen=True)
class Side:
    """One file of a diff. `tail` is the line ends after the last paragraph of a plain text."""

    article: Article
    text: str
    tail: str = ""


def sides(old: str, new: str) -> tuple[Side, Side]:
    """Read both sides of a diff: pages are extracted, plain texts are split at blank lines.

    If neither text has a blank line, as in agency copy with one paragraph per line, both are split at line ends.
    """
    bodies = ((old, options.load(old)), (new, options.load(new)))
    texts = []
    for name, body in bodies:
        # A saved page may begin with a byte order mark, blank lines or a comment of the browser that saved it.
        start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        begins = start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<!--")) or b"<html" in start
        is_html = begins or name.lower().endswith(options.HTML_ENDINGS)
        texts.append(None if is_html else body.decode("utf-8-sig", "replace"))
    # Both are split alike, or an unchanged paragraph could not be found on the other side.
    spaced = any(_line_end(text) * 2 in text.strip("\r\n") for text in texts if text is not None)
    found = []
    for (_, body), text in zip(bodies, texts, strict=True):
        if text is None:
            page = extract(body)
            found.append(Side(page, plain.article(page)))
            continue
        core = text.rstrip("\r\n")
        parts = core.split(_line_end(text) * (1 + spaced)) if text else []
        content = Article(blocks=tuple(Block(BlockKind.PARAGRAPH, part) for part in parts))
        found.append(Side(content, text, text[len(core) :]))
    return found[0], found[1]


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def compared(old: Side, new: Side) -> Change:
    r"""Return what changed from one file to the other.

    Joining the hunks of a plain text with the separator it was split at gives the file back exactly: the tails are not
    compared as text, and are added to the last paragraph as hunks of their own.
    """
    change = compare(old.article, new.article)
    last_old, last_new = len(old.article.editorial) - 1, len(new.article.editorial) - 1
    blocks = []
    for block in change.blocks:
        before, after = old.tail * (block.old == last_old), new.tail * (block.new == last_new)
        tails: tuple[Hunk, ...] = (("=", before),) if before == after else (("-", before), ("+", after))
        blocks.append(replace(block, hunks=(*block.hunks, *(tail for tail in tails if tail[1]))))
    return replace(change, blocks=tuple(blocks))


def _show(out: Output, shown: Sides, form: str, *, changes_only: bool, context: int, width: int | None) -> None:
    """Write the change as JSON if --json was given, else in `form`. `width` is in columns."""
    if out.settings.json:
        whole = ChangeView.of(shown.change, shown.facts, shown.pair, shown.verdicts)
        facts = FactsView(whole.facts, whole.article, whole.url, whole.old_version, whole.new_version)
        out.data(facts if form == "facts" else whole)
    elif form == "facts":
        found, blocks = shown.facts, shown.change.blocks
        if not (out.columns or width):
            out.table(FACT_HEAD, [fact_row(each, blocks) for each in found])
            return
        # Both sides share the last column, which is wrapped where it is too long; the others are cut.
        rows = [(*each[:3], " → ".join(each[3:])) for each in (FACT_HEAD, *(fact_row(fact, blocks) for fact in found))]
        table = out.style.table(rows[0], rows[1:], width=width or out.width)
        out.page([*_heading(out, shown, width), "", *(table if found else ["No facts changed."])])
    elif form == "patch":
        # One line of context is the default for people; patch and git expect three.
        patch = plain.patch(shown.old, shown.new, names=shown.names, context=context if context > 1 else 3)
        out.page(patch.splitlines())
    elif form == "html":
        view = DiffOptions(changes_only=changes_only, context=context)
        out.line(html.page(f"{shown.names[0]} … {shown.names[1]}", html.diff(shown.change, view)))
    elif form == "stat":
        out.page(plain.stat(shown.change, width=width or out.width).splitlines())
    else:
        view = DiffOptions(changes_only, context, fields_only=form == "headline", words=form == "word")
        columns = width or out.columns
        if form == "side-by-side":
            body = plain.side_by_side(shown.change, view, width=columns or _PIPE_COLUMNS, style=out.style)
        else:
            body = plain.diff(shown.change, view, width=columns, style=out.style)
        out.page([*_heading(out, shown, width), "", *body.splitlines()])


def _heading(out: Output, shown: Sides, width: int | None) -> list[str]:
    title = f"{shown.names[0]} → {shown.names[1]}" + (f"  {shown.when}" if shown.when else "")
    verdicts = [one_line(f"verdict: {verdict_line(each)}") for each in shown.verdicts]
    spans = [(safe(title), "bold"), (plain.summary(shown.change), "magenta")]
    judged = plain.judged_by(shown.change)
    spans += [*([(judged, "dim")] if judged else []), *((text, "") for text in verdicts)]
    return [line for span in spans for line in out.style.paragraph(span, width or out.columns)]


def fact_row(fact: Fact, blocks: Sequence[BlockChange]) -> tuple[str, str, str, str, str]:
    """Return the sign, kind and place of a fact, and both of its sides; a side that does not state it is a dash."""
    where = _FIELDS.get(fact.where, fact.where) if fact.block is None else paragraph_name(blocks[fact.block])
    what = f"{fact.kind.value} ({fact.role})" if fact.role else fact.kind.value
    # + and - mark facts that were added or removed with their sentence.
    sign = "~" if fact.standing else "-" if fact.old else "+"
    return sign, what, where, one_line(fact.old) or "–", one_line(fact.new) or "–"


@verb()
@click.argument("target", metavar="ID")
@click.argument("span", metavar="[RANGE]", default="")
@click.option(
    "-o", "--output", "file", type=options.NEW_FILE,
    help="Write the picture to this file, which ends in .png or .svg. [default: ID-vA-vB.png]",
)  # fmt: skip
@options.force
def picture(app: App, *, target: str, span: str, file: Path | None, force: bool) -> None:
    """Draw one change as a picture of 1200 × 675 pixels, and print its alt text.

    It shows outlet, headline, time, labels and the most important edit: removed words are struck through, added words
    underlined. RANGE is as in `writethru diff`; without it, the newest change is drawn. Needs writethru[picture].
    """
    shown = of_versions(app, target, span)
    if shown.pair is None:
        raise UsageError("a page that was handed in cannot be drawn", resource=span, hint="give two versions: ID A..B")
    old, new = shown.pair
    is_named = file is not None
    file = file or Path(f"{old.article[:8]}-v{old.n}-v{new.n}.png")
    kind = file.suffix.lower()
    if kind not in {".png", ".svg"}:
        raise UsageError("the name of the file must end in .png or .svg", resource=str(file))
    options.require_writable(file, force=force)
    with app.archive() as archive:
        outlet = get_article(archive, split(target)[0]).source
    drawn = picture_of(outlet, old, new, shown.change)
    made = change_png(drawn) if kind == ".png" else change_svg(drawn).encode()
    with replacing(file) as part:
        part.write_bytes(made)
    app.out.say({"file": str(file), "width": WIDTH, "height": HEIGHT, "alt": drawn.alt}, drawn.alt)
    if not is_named:
        app.out.note(f"wrote {file}")
