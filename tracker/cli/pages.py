"""Files given on the command line: saved pages, plain texts and standard input."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tracker import compare, extract
from tracker.errors import PageError, UsageError
from tracker.model.article import Article, Block, BlockKind
from tracker.model.change import Change, Hunk
from tracker.render.plain import article
from tracker.sources.body_format import gunzip

MAX_FILE_BYTES = 50_000_000
_HTML_ENDINGS = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz", ".xhtml.gz")


def load(name: str) -> bytes:
    """Return the bytes of a file, or of standard input for "-", with gzip decompressed.

    Raises UsageError if the file cannot be read, PageError if it is too large, also unpacked, or not valid gzip.
    """
    if name == "-":
        body = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                body = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise UsageError(f"the file cannot be read: {error.strerror}", resource=name) from None
    if len(body) > MAX_FILE_BYTES:
        raise PageError(f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB", resource=name)
    try:
        return gunzip(body)
    except PageError as error:  # its hint is about sitemaps
        raise PageError(error.message, resource=name) from None


def refuse_missing_file(name: str) -> None:
    """Raise UsageError if `name`, which is not a file, looks like one and not like an address."""
    ending = name.casefold().endswith((*_HTML_ENDINGS, ".opml", ".xml", ".txt"))
    if name.startswith((".", "/", "~")) or (ending and "/" not in name):
        raise UsageError("there is no such file", resource=name, hint="an address starts with https://")


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
    bodies = ((old, load(old)), (new, load(new)))
    texts = []
    for name, body in bodies:
        # A saved page may begin with a byte order mark, blank lines or a comment of the browser that saved it.
        start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        begins = start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<!--")) or b"<html" in start
        is_html = begins or name.lower().endswith(_HTML_ENDINGS)
        texts.append(None if is_html else body.decode("utf-8-sig", "replace"))
    # Both are split alike, or an unchanged paragraph could not be found on the other side.
    spaced = any(_line_end(text) * 2 in text.strip("\r\n") for text in texts if text is not None)
    found = []
    for (_, body), text in zip(bodies, texts, strict=True):
        if text is None:
            page = extract(body)
            found.append(Side(page, article(page)))
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
