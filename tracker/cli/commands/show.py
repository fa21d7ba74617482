"""`writethru show`: show one version, its metadata or its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from tracker.archive.addresses import list_addresses
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture, get_head
from tracker.archive.handins import get_handin
from tracker.archive.quarantine import get_quarantined
from tracker.archive.recaptures import capture_at, list_outside_captures, list_recaptures
from tracker.archive.verdicts import verdicts_by_version
from tracker.archive.versions import get_version, import_time
from tracker.errors import NotKnown, UsageError
from tracker.model.capture import Capture
from tracker.model.version import Version
from tracker.model.watch import WatchedArticle
from tracker.render import html, plain
from tracker.render.text import counted, facts, one_line, wrap
from tracker.render.times import interval, iso, outlet_time
from tracker.views.change import verdict_line
from tracker.views.version import HandinView, StoredAgain, VersionView, handed_in

from .. import options
from ..app import App, verb
from ..versions import HANDIN, Numbers, not_deleted, split


@verb()
@click.argument("ident", metavar="ID[@V]")
@click.argument("named", metavar="[V]", default="")
@options.form("--text", "Show headline, byline, text and notices (default).", default="text")
@options.form("--meta", "Show where and when it was seen, its hashes and its labels.")
@options.form("--html", "Write the version as a plain HTML page.")
@options.form("--raw", "Write the page as the server sent it, decompressed.")
@options.form("--screenshot", "Write the picture of the page, a JPEG file, if there is one.")
@options.form("--headers", "Show the status and headers of the response.")
@options.form("--quarantined", "Write the last page that could not be read, as received.")
def show(app: App, *, ident: str, named: str, form: str) -> None:
    """Show the newest version of an article, or version V: v3, first, last, -1, @2h or an ISO time.

    h1 is the first page that was handed in. ID is an article ID, the beginning of one, or the address. `show ID v2`
    means `show ID@v2`. If a source stores all pages (raw = "all"), --raw and --headers with a time show the last page
    stored by then.
    """
    name, spec = split(ident)
    if spec and named:
        raise UsageError("the version is given twice", resource=f"{ident} {named}", hint="give it once: ID@V")
    spec = spec or named
    with app.archive() as archive:
        handed = HANDIN.fullmatch(spec)
        if form == "quarantined" or handed:
            _handed_in(app, archive, name, int(handed[1]), form) if handed else _quarantined(app, archive, name)
            return
        known = get_article(archive, name)
        numbers = Numbers(archive, known, app.now)
        version = get_version(archive, known.id, numbers.one(spec))
        capture = _capture(archive, version, form, numbers.instant(spec))
        again = list_recaptures(archive, known.id, version.n)
        verdicts = verdicts_by_version(archive, known.id).get((known.id, version.n), [])
        imported = import_time(archive, known.id, version.n)
        outside = [each for each in list_outside_captures(archive, known.id) if each.n == version.n]
        addresses, events = list_addresses(archive, known.id) if form == "meta" else ([], [])
    if capture is not None and form == "raw":
        app.out.raw(capture.body)
    elif capture is not None and form == "screenshot":
        if not capture.screenshot:
            hint = "a source with render = true and screenshots = true stores one with each version from then on"
            raise NotKnown("this version has no screenshot", resource=f"{known.id[:8]}@v{version.n}", hint=hint)
        app.out.raw(capture.picture)
    elif app.settings.json:
        answers = [
            {"service": each.service, "at": iso(each.at), "address": each.address, "answer": each.answer}
            for each in outside
        ]
        seen = {"status": capture.status, "headers": [list(pair) for pair in capture.headers]} if capture else {}
        app.out.data(
            VersionView.of(version, verdicts, with_content=True).as_json()
            | seen
            | {"imported": imported, "stored_again": list(map(StoredAgain.of, again))}
            | ({"outside_captures": answers} if outside else {})
            | ({"addresses": addresses, "address_events": events} if addresses else {})
        )
    elif capture is not None:
        headers = (one_line(f"{name}: {value}") for name, value in capture.headers)
        shown = (f"{capture.status} {one_line(capture.final_url)}", *headers)
        app.out.page(part for line in shown for part in wrap(line, app.out.columns, rest="  "))
    elif form == "meta":
        pairs = list(_meta(known, version))
        if again:
            newest = f"{known.id[:8]}@{iso(again[-1].fetched_at)}"
            pairs.append(("stored again", f"{counted(len(again), 'time')}, last: writethru show {newest} --raw"))
        pairs += [(each.service, each.address or "no capture") for each in outside]
        pairs += [("verdict", verdict_line(each)) for each in verdicts]
        if imported is not None:
            pairs.append(("imported", f"{iso(imported)}; the archive did not fetch it from the outlet"))
        pairs += [("also at", url) for url in addresses if url != known.url]
        pairs += [("address event", f"{each['at']} {each['url']}: {each['event']}") for each in events]
        app.out.page(facts(((name, value) for name, value in pairs if value), app.out.columns, 15))
    elif form == "html":
        content = not_deleted(version).content
        app.out.page([html.page(content.title, html.article(content))])
    else:
        app.out.page(plain.article(not_deleted(version).content, width=app.out.columns).splitlines())


def _capture(archive: Archive, version: Version, form: str, at: datetime | None) -> Capture | None:
    """Return the page that --raw, --headers or --screenshot show.

    It is the newest that was stored of the version by `at`, if given; its screenshot is always that of the version.
    """
    if form not in {"raw", "headers", "screenshot"}:
        return None
    if at is not None and form != "screenshot":
        return capture_at(archive, version.article, version.n, at)
    # The headers may be stored even if the page is not.
    return (get_capture if form == "raw" else get_head)(archive, version.article, version.n)


def _handed_in(app: App, archive: Archive, name: str, n: int, form: str) -> None:
    """Show the text of a page that was handed in, and who did; or the file."""
    kept, file = get_handin(archive, get_article(archive, name).id, n)
    content = not_deleted(kept.page, kept.name).content
    if form == "raw":
        app.out.raw(file)
    elif form not in {"text", "meta"}:
        raise UsageError(f"a page that was handed in has no --{form}", resource=kept.name, hint="use --raw or --meta")
    elif app.settings.json:
        app.out.data(HandinView.of(kept))
    else:
        hashes = f"address {kept.page.url}\nsha256 {kept.page.capture_sha256}\nextractor {kept.page.extractor}"
        body = hashes if form == "meta" else "\n" + plain.article(content, width=app.out.columns)
        app.out.page([*wrap(one_line(f"{kept.name} was {handed_in(kept)}"), app.out.columns), *body.splitlines()])


def _quarantined(app: App, archive: Archive, name: str) -> None:
    """Write the page that hung or crashed the extractor; `name` is a list's address, or an article's ID or address."""
    found = get_quarantined(archive, name) or get_quarantined(archive, get_article(archive, name).id)
    if found is None:
        raise NotKnown("it has no quarantined page", resource=name)
    page, reason = found
    if app.settings.json:
        seen = {"url": page.url, "status": page.status, "fetched": page.fetched_at.isoformat(), "sha256": page.sha256}
        app.out.data({**seen, "reason": reason, "headers": [list(pair) for pair in page.headers]})
    else:
        app.out.raw(page.body)


def _meta(known: WatchedArticle, version: Version) -> Iterator[tuple[str, str]]:
    """Yield the names and values of `show --meta`; an empty value is not shown."""
    content = version.content
    yield "article", known.id
    yield "version", f"{version.n} of {known.versions}"
    yield "address", version.url
    yield "source", version.source
    yield "stories", ", ".join(version.stories)
    yield "deleted", version.removed
    yield "edited", interval(version.previous_seen, version.seen)
    yield "first seen", iso(version.seen) or ""
    yield f"v{version.n - 1} last seen", iso(version.previous_seen) or ""
    yield "status", str(version.status)
    yield "published", outlet_time(content.published)
    yield "modified", outlet_time(content.modified)
    yield "words", str(content.words)
    if version.change is not None:
        yield "change", plain.summary(version.change)
        yield "significance", version.change.significance.value
        yield "judged", plain.judged_by(version.change)
        for label in version.change.labels:
            yield f"  {label.kind.value}", label.evidence
    yield "sha256", content.sha256
    yield "capture", version.capture_sha256
    text = version.extractor
    if version.first_extractor:
        text += f" (re-extracted; the log covers the text that extractor {version.first_extractor} read)"
    if version.no_edit:
        text += f"; same text as v{version.n - 1}, so the outlet edited nothing"
    yield "extractor", text
