"""Export as a git repository with one commit a version, at the time it was seen, for `git log -p` and `git blame`.

The commits are written by `git fast-import`. An export into the repository of an earlier one with the same selection
adds the versions that it lacks after its last commit.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from tracker.errors import ArchiveError, UsageError
from tracker.model.capture import Capture
from tracker.model.version import Version
from tracker.render.text import one_line
from tracker.render.times import iso
from tracker.views.change import verdict_line

from .export import Job, in_time

_BRANCH: Final = "refs/heads/main"
_NOTES: Final = "refs/notes/verdicts"
_KEY: Final = "Writethru-Version"
# Names of outlets and addresses become paths: nothing in them may leave the folder or name a hidden file.
_UNSAFE: Final = re.compile(r"[^\w.-]+")
_NAME: Final = re.compile(r"[<>\x00-\x1f]+")
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~]|&(?=#?\w+;)|!(?=\[)")
_LINE_START: Final = re.compile(
    r"^(?P<before>[^\S\n]*(?:\d{1,9}(?=[.)]))?)(?P<mark>(?<!\d)[#+=-]|(?<=\d)[.)])(?=\s|[#=-])", re.MULTILINE
)
MAX_SLUG_CHARS: Final = 60


def write(job: Job) -> None:
    """Write the selected versions as commits to the repository at the job's path, which is created if needed.

    Raises UsageError if git is missing or the folder contains something else, ArchiveError if git fails.
    """
    folder = job.place
    last = _prepare(folder, job)
    # Not all that follow the last one: older versions may have been imported, or stored late, since the last export.
    newest: dict[str, int] = {}
    for article, _, n in (name.partition("@") for name in (_commits(folder) if last else ())):
        newest[article] = max(newest.get(article, 0), int(n))
    versions = (each for each in in_time(job.archive, job.selection) if each.n > newest.get(each.article, 0))
    command = ["git", "-C", str(folder), "fast-import", "--quiet", "--date-format=raw"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as importer:  # noqa: S603 - no shell
        assert importer.stdin is not None
        assert importer.stderr is not None
        try:
            for version in job.counted(versions):
                page = job.page_of(version).capture if job.with_captures else None
                onto = bool(last) and not job.tally.versions
                _commit(importer.stdin, version, page, onto=onto)
            importer.stdin.close()
        except BrokenPipeError:
            pass
        message = importer.stderr.read().decode("utf-8", "replace").strip()
    if importer.returncode:
        raise ArchiveError("git could not import the versions", resource=str(folder), hint=message[-300:])
    # fast-import writes objects and the branch alone; this fills the folder with the files.
    if job.tally.versions:
        _git(folder, "reset", "--quiet", "--hard", "main")
    _write_verdicts(job, folder)


def _write_verdicts(job: Job, folder: Path) -> None:
    """Write people's verdicts as git notes on the commits of their versions, in place of those of earlier exports.

    Notes can be added to commits that exist already. `git log` shows them, because the repository is set up so.
    """
    commits = _commits(folder) if job.verdicts else {}
    noted = {
        commits[name]: sorted(found, key=lambda each: (each.at, each.by))
        for (article, n), found in job.verdicts.items()
        if (name := f"{article}@{n}") in commits
    }
    if not noted:
        return
    newest = max(each.at for found in noted.values() for each in found)
    who = f"Writethru <verdicts@writethru.invalid> {int(newest.timestamp())} +0000"
    lines = [f"commit {_NOTES}\ncommitter {who}\ndata 8\nverdicts\n"]
    for commit, found in sorted(noted.items()):
        text = "".join(f"{iso(each.at)} {one_line(verdict_line(each))}\n" for each in found)
        data = text.encode("utf-8", "replace")
        lines.append(f"N inline {commit}\ndata {len(data)}\n{data.decode()}\n")
    # Their history would only tell when they were exported.
    _git(folder, "fast-import", "--quiet", "--force", "--date-format=raw", stdin="".join(lines).encode())
    _git(folder, "config", "notes.displayRef", _NOTES)


def text_of(version: Version) -> str:
    """Return a version as Markdown: headline, standfirst, byline, notices, then a paragraph a line."""
    content = version.content
    head = [f"# {_escaped(content.shown_title)}", _escaped(content.dek), _escaped(" · ".join(content.byline))]
    notices = [f"> {notice.kind.value}: {_escaped(notice.text)}" for notice in content.notices]
    if version.removed:
        head = [f"(deleted: {_escaped(version.removed)})"]
    parts = [part for part in (*head, *notices, *(_escaped(block.text) for block in content.editorial)) if part]
    return "\n\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    """Return text so that Markdown shows it as it is: no links, images, HTML, headings, lists or rules."""
    return _LINE_START.sub(r"\g<before>\\\g<mark>", _MARKUP.sub(r"\\\g<0>", text))


def path_of(version: Version) -> str:
    """Return the path of an article in the repository: its source, then the end of its URL and its id."""
    source = _UNSAFE.sub("-", version.source).strip("-.") or "source"
    tail = version.url.split("?")[0].rstrip("/").rpartition("/")[2]
    slug = _UNSAFE.sub("-", tail).strip("-.")[:MAX_SLUG_CHARS].rstrip("-.")
    return f"{source}/{slug}-{version.article}.md" if slug else f"{source}/{version.article}.md"


def message_of(version: Version) -> str:
    """Return the message of a commit: the headline, what changed, and trailers that name the version."""
    change = version.change
    lines = [one_line(version.content.shown_title) or version.url, ""]
    if change is not None:
        kinds = ", ".join(dict.fromkeys(label.kind.value for label in change.labels))
        lines += [f"+{change.words_added} -{change.words_removed} words" + (f": {kinds}" if kinds else ""), ""]
        lines += [f"{label.kind.value}: {one_line(label.evidence)}" for label in change.labels]
        lines += [""] if change.labels else []
    lines += [f"Url: {version.url}", f"Seen: {iso(version.seen)}"]
    if version.previous_seen is not None:
        lines.append(f"Previous-Seen: {iso(version.previous_seen)}")
    lines += [f"Sha256: {version.content.sha256}", f"Capture: {version.capture_sha256}"]
    lines.append(f"{_KEY}: {version.article}@{version.n}")
    return "\n".join(lines) + "\n"


def _prepare(folder: Path, job: Job) -> str:
    """Create the repository if needed; return the version (as in ``id@2``) of its last commit, or "".

    Raises UsageError if that version is not selected, or if the folder contains something else.
    """
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        _git(folder, "init", "--quiet", "--initial-branch=main")
        return ""
    if not (folder / ".git").is_dir():
        raise UsageError(
            "the folder is neither empty nor a repository", resource=str(folder), hint="choose a new folder"
        )
    if not _git(folder, "for-each-ref", _BRANCH):
        return ""
    last = _git(folder, "log", "-1", f"--format=%(trailers:key={_KEY},valueonly)", _BRANCH).strip()
    if not last:
        raise UsageError(
            "this repository was not made by writethru export", resource=str(folder), hint="choose a new folder"
        )
    article, _, n = last.partition("@")
    if not job.selection.articles or article in job.selection.articles:
        of_article = in_time(job.archive, replace(job.selection, articles=(article,)))
        if any(str(each.n) == n for each in of_article):
            return last
    raise UsageError(
        f"the last commit is of {last}, which is not among the selected versions",
        resource=str(folder),
        hint="use the same selection as the last time, or choose a new folder",
    )


def _commits(folder: Path) -> dict[str, str]:
    """Return the commit of each version in the repository."""
    log = _git(folder, "log", f"--format=%H %(trailers:key={_KEY},valueonly,separator=)", _BRANCH)
    found = (line.partition(" ") for line in log.splitlines())
    # A commit that somebody made by hand has no version.
    return {version: commit for commit, _, version in found if version}


def _commit(out: IO[bytes], version: Version, page: Capture | None, *, onto: bool) -> None:
    who = _NAME.sub(" ", version.source).strip() or "unknown"
    stamp = f"{who} <{version.article}@writethru.invalid> {int(version.seen.timestamp())} +0000"
    path = path_of(version).replace("\\", "\\\\").replace('"', '\\"')
    out.write(f"commit {_BRANCH}\nauthor {stamp}\ncommitter {stamp}\n".encode())
    _data(out, message_of(version).encode("utf-8", "replace"))
    if onto:
        out.write(f"from {_BRANCH}^0\n".encode())
    out.write(f'M 100644 inline "{path}"\n'.encode())
    _data(out, text_of(version).encode("utf-8", "replace"))
    if page is not None:
        files = {".html": page.body} | ({".jpg": page.picture} if page.screenshot else {})
        for ending, data in files.items():
            out.write(f'M 100644 inline "{path.removesuffix(".md")}{ending}"\n'.encode())
            _data(out, data)
    out.write(b"\n")


def _data(out: IO[bytes], data: bytes) -> None:
    out.write(f"data {len(data)}\n".encode() + data + b"\n")


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, check=True, capture_output=True, input=stdin)  # noqa: S603 - no shell
    except FileNotFoundError:
        raise UsageError("this format needs git", hint="install git") from None
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode("utf-8", "replace").strip()
        raise ArchiveError("git failed", resource=str(folder), hint=message[-300:]) from None
    return done.stdout.decode("utf-8", "replace")
