"""Pages to keep: real ones with seeded edits where there is data, else made-up ones of the same shape."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from typing import TYPE_CHECKING

from tracker import extract
from tracker.model.article import Article, Block, BlockKind
from tracker.model.capture import Capture
from tracker.model.change import BlockChange, Change, Field, Label, LabelKind, Op, Significance
from tracker.model.version import NewVersion
from tracker.model.watch import Check, CheckOutcome, Intent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from tracker.model.watch import WatchedArticle

WORDS = (
    "river mayor street flood council budget police night house school train market storm bridge harbour court vote "
    "minister report people city week plan water road crisis fire rescue rain border price worker union strike bank"
).split()


def sentence(dice: random.Random) -> str:
    words = [
        dice.choice(WORDS) if dice.random() < 0.8 else f"{dice.choice(WORDS)}{dice.randrange(400)}" for _ in range(14)
    ]
    return " ".join(words).capitalize() + "."


def paragraphs(dice: random.Random, count: int = 22) -> list[str]:
    return [" ".join(sentence(dice) for _ in range(3)) for _ in range(count)]


def furniture(source: int, size: int = 90_000) -> str:
    """Return markup that every page of a source repeats."""
    dice = random.Random(source)
    items: list[str] = []
    length = 0
    while length < size:
        item = f'<li class="m-{dice.randrange(10**6)}"><a href="/s/{dice.randrange(10**9)}">{sentence(dice)}</a></li>\n'
        items.append(item)
        length += len(item)
    return "".join(items)


def html(shell: str, texts: list[str], dice: random.Random) -> bytes:
    """Return a page: furniture with a nonce and a related link that change with each fetch, and the text."""
    half = len(shell) // 2
    related = f'<a href="/r/{dice.randrange(10**9)}">{sentence(dice)}</a>' if dice.random() < 0.5 else ""
    body = "".join(f"<p>{each}</p>\n" for each in texts)
    nonce = f"{dice.randrange(16**16):x}"
    page = f'<html nonce="{nonce}">{shell[:half]}<article>{body}</article>{related}{shell[half:]}</html>'
    return page.encode()


def edit(texts: list[str], dice: random.Random) -> list[str]:
    """Return the text with one to three sentences more."""
    edited = list(texts)
    for _ in range(dice.randint(1, 3)):
        edited[dice.randrange(len(edited))] = " ".join((edited[dice.randrange(len(edited))], sentence(dice)))
    return edited


def generated(count: int, versions: int, data: Path | None) -> Iterator[list[tuple[Article, bytes]]]:
    """Yield *versions* states of each of *count* pages: real first pages with seeded edits, or made-up ones."""
    real = real_pages(data, count) if data else []
    for place in range(count):
        dice = random.Random(place)
        texts = paragraphs(dice)
        shell = real[place] if place < len(real) else furniture(place % 15)
        states = []
        for n in range(versions):
            texts = edit(texts, dice) if n else texts
            states.append((article(texts, n), html(shell, texts, dice)))
        yield states


def real_pages(data: Path, count: int) -> list[str]:
    files = sorted((data / "pages" / "fundus" / "dev" / "pages").glob("*.html.gz"))[:count]
    return [gzip.decompress(each.read_bytes()).decode("utf-8", "replace") for each in files]


def recaptures(data: Path) -> Iterator[list[tuple[Article, bytes]]]:
    """Yield the captures of each address that was really captured more than once, with the articles read from them."""
    folder = data / "pages" / "recaptures" / "dev"
    with gzip.open(folder / "captures.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            files = [folder / "pages" / f"{row['id']}.{n}.html.gz" for n in range(len(row["captures"]))]
            pages = [gzip.decompress(each.read_bytes()) for each in files if each.exists()]
            yield [(extract(page, row["url"]), page) for page in pages]


def article(texts: list[str], n: int) -> Article:
    return Article(
        title=f"{texts[0][:60]} {n}", byline=("Ada Lark",), blocks=tuple(Block(BlockKind.PARAGRAPH, t) for t in texts)
    )


def change(old: Article, new: Article) -> Change:
    """Return a change of the usual size: all blocks, some edited."""
    pairs = zip(old.editorial, new.editorial, strict=True)
    blocks = tuple(
        BlockChange(Op.SAME, at, at, (("=", a.text),))
        if a.text == b.text
        else BlockChange(Op.EDIT, at, at, (("-", a.text), ("+", b.text)))
        for at, (a, b) in enumerate(pairs)
    )
    field = Field(old.title, new.title, (("-", old.title), ("+", new.title)))
    return Change(
        title=field,
        blocks=blocks,
        labels=(Label(LabelKind.NUMBER, "14 → 15"),),
        significance=Significance.MEDIUM,
        announced=False,
    )


def intent(
    tracked: WatchedArticle,
    n: int,
    state: tuple[Article, bytes],
    before: Article | None,
    at: datetime,
    between: Callable[[Article, Article], Change] = change,
) -> Intent:
    """Return the decision to keep one state; *between* says what changed. Real texts need `compare` for it."""
    new, body = state
    new.sha256  # noqa: B018 - known before anything is kept: by it the crawler tells a change from none
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Date", at.isoformat()),
        ("ETag", f'"{n}"'),
        ("Server", "nginx"),
    )
    captured = Capture(tracked.url, tracked.url, 200, headers, body, at, hashlib.sha256(body).hexdigest(), 0.25)
    led = between(before, new) if before is not None else None
    return Intent(
        article=tracked.id,
        check=Check(tracked.id, at, CheckOutcome.CHANGED if led else CheckOutcome.NEW, status=200),
        expected_versions=n - 1,
        next_check_at=at,
        version=NewVersion(new, captured, "bench", "article", led),
    )
