"""A page saved in somebody's own browser: stored as handed in by NAME, shown so everywhere, and no version."""

import json
import os
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.archive_samples import URL, article_id
from tests.command_line import objects
from tracker.archive.articles import get_article
from tracker.archive.opening import open_archive
from tracker.cli.exit_codes import USAGE

ID = article_id(URL)
TEXT = "The river rose over nine streets of the old town on Monday, and the bridge was closed, officials said."
PAGE = f"""<!doctype html><html lang="en"><head><title>River floods nine streets</title>
<link rel="canonical" href="{URL}"><meta content="https://www.herald.example/news/flood?x=1" property="og:url">
<script>alert(1)</script></head><body><article><h1>River floods nine streets</h1>{f"<p>{TEXT}</p>" * 4}</article></body>
</html>"""
DEEP = "".join(f"Content-Type: multipart/related; boundary=b{n}\n\n--b{n}\n" for n in range(3000)).encode()


@pytest.fixture
def page() -> Path:
    """Return a saved page in the folder."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    return Path("page.html")


def fetched(run: Any) -> list[Any]:
    """Return all that depends on what was fetched: versions, figures, and the article with its times."""
    with open_archive("sqlite:///writethru.db") as store:
        tracked = get_article(store, ID)
    shown = [
        run(*words.split(), "--json").stdout for words in (f"log {ID}", "log", "stats source Herald", "stats outlets")
    ]
    return [tracked, *shown]


def test_a_page_that_was_handed_in_is_named_so_and_nothing_fetched_changes(kept, page: Path) -> None:
    before = fetched(kept)
    told = kept("handin", "page.html", "--url", URL, "--by", "Ada  Lark", "--at", "2026-11-25T09:00")
    by = "handed in by Ada Lark on"
    assert by in told.stdout
    assert "saved 2026-11-25 09:00 UTC by their account" in told.stdout
    kept("handin", "page.html", "--url", f"{URL}?utm_source=x", "--by", "Ben")
    assert fetched(kept) == before
    lines = kept("log", ID).stdout.splitlines()
    assert [line.startswith(f"{ID[:8]}@h") for line in lines] == [True, True, False, False, False]
    assert by in lines[0]
    assert "Not fetched, but handed in by Ada Lark: 1 page." in kept("verify").stderr
    (report,) = objects(kept("verify", "--json"))
    assert (report["ok"], report["handed_in_by"]) == (True, {"Ada Lark": 1, "Ben": 1})
    shown = kept("show", f"{ID}@h1").stdout
    assert by in shown
    assert TEXT in shown
    assert kept("show", ID, "h1", "--raw").stdout_bytes == page.read_bytes()
    (value,) = objects(kept("show", ID, "h1", "--json"))
    assert (value["handin"], value["handed_in_by"], value["saved"]) == ("h1", "Ada Lark", "2026-11-25T09:00:00Z")
    compared = kept("diff", ID, "2..h1").stdout
    assert f"{ID[:8]}@v2 → {ID[:8]}@h1" in compared
    assert by in compared
    assert f"{ID[:8]}@h1 → {ID[:8]}@v3" in kept("diff", f"{ID}@h1").stdout
    assert "a page that was handed in cannot be drawn" in kept("picture", ID, "2..h1", code=USAGE).stderr
    assert "no page h3 was handed in" in kept("show", f"{ID}@h3", code=USAGE).stderr


def test_exports_and_copies_say_who_handed_it_in(kept, page: Path) -> None:
    kept("handin", "page.html", "--url", URL, "--by", "Ada Lark")
    line = json.loads(kept("export", "--format", "jsonl").stdout.splitlines()[-1])
    assert (line["type"], line["handed_in_by"], line["content"]["title"]) == (
        "handin",
        "Ada Lark",
        "River floods nine streets",
    )
    kept("export", "--format", "warc", "-o", "all.warc")
    records = Path("all.warc").read_bytes().split(b"WARC/1.1\r\n")
    (stored,) = [each for each in records if page.read_bytes() in each]
    assert b"WARC-Type: resource" in stored
    assert b"WARC-Target-URI: urn:handed-in:" in stored
    assert any(b"description: handed in by Ada Lark" in each for each in records)
    kept("export", "--format", "site", "-o", "site")
    assert "handed in by Ada Lark" in Path(f"site/articles/{ID}.html").read_text(encoding="utf-8")
    kept("export", "--format", "jsonl", "-o", "all.jsonl", "--with-captures")
    kept("--db", "sqlite:///other.db", "db", "upgrade")
    kept("--db", "sqlite:///other.db", "import", "all.jsonl")
    kept("backup", "copy.db")
    kept("db", "move", "moved.db")
    for name in ("copy.db", "moved.db"):
        assert "handed in by Ada Lark" in kept("--db", f"sqlite:///{name}", "log", ID).stdout
        assert kept("--db", f"sqlite:///{name}", "verify").exit_code == 0
    kept("prune", "--older-than", "0s", "--keep", "0")
    assert kept("show", ID, "h1", "--raw").stdout_bytes == page.read_bytes()


def test_a_takedown_deletes_text_and_file_and_keeps_the_hashes(kept, page: Path) -> None:
    for name in ("Ada", "Ben"):
        kept("handin", "page.html", "--url", URL, "--by", name)
    kept("takedown", f"{ID}@h1", "--reason", "court order")
    assert "deleted: court order" in kept("log", ID).stdout
    assert "court order" in kept("show", f"{ID}@h1", "--raw", code=1).stderr
    assert TEXT in kept("show", f"{ID}@h2").stdout
    kept("takedown", ID, "--reason", "all of it")
    assert "all of it" in kept("show", f"{ID}@h2", code=1).stderr
    assert TEXT.encode() not in Path("writethru.db").read_bytes()
    assert kept("verify").exit_code == 0


@pytest.mark.parametrize(
    ("body", "options", "why"),
    [
        (PAGE.encode(), ["--at", "2999-01-01"], "in the future"),
        (PAGE.encode(), ["--at", "1989-12-31T23:59"], "before 1990"),
        (PAGE.encode(), ["--url", "https://evil.example/flood"], "it is from herald.example, not from evil.example"),
        (PAGE.encode(), ["--url", "http://192.168.0.7/a"], "a private address"),
        (PAGE.encode(), ["--url", "http://intranet/a"], "a name inside a network"),
        (PAGE.encode(), ["--by", " "], "give the name"),
        (b"MZ\x90\0" + PAGE.encode(), [], "not a web page; it may be a program"),
        (b"\x7fELF" + PAGE.encode(), [], "not a web page; it may be a program"),
        (b"\0\1\2" + PAGE.encode(), [], "not a web page"),
        (b"plain words", [], "not a web page"),
        (
            DEEP,
            [],
            "nested too deeply",
        ),
        (b"PK\x03\x04 and no more", [], "WACZ package is damaged"),
        (b"<html><title>Sign in</title><p>Please sign in.</html>", [], "no article text was found"),
        (b"<html>" + b"x" * 49_999_994, [], "50,000,000 bytes; the limit is 20,000,000"),
    ],
)
def test_what_cannot_be_handed_in_gets_a_clear_answer(
    kept, monkeypatch, body: bytes, options: list[str], why: str
) -> None:
    monkeypatch.delenv("WRITETHRU_ALLOW_PRIVATE")
    Path("page.html").write_bytes(body)
    told = kept("handin", "page.html", "--url", URL, "--by", "Ada", *options, code=USAGE).stderr
    assert why in told
    assert "hint: " in told
    assert "handed in" not in kept("log", ID).stdout


def mhtml(address: str) -> bytes:
    message = EmailMessage()
    message["Snapshot-Content-Location"] = address
    message.set_content(PAGE, subtype="html", cte="quoted-printable")
    message.add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<x>")
    return message.as_bytes()


def test_mhtml_singlefile_and_wacz_are_read(kept, page: Path) -> None:
    Path("page.mhtml").write_bytes(mhtml(URL))
    top = f"<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: {URL} \n saved date: Tue Dec 01 2026 -->"
    Path("single.html").write_text(PAGE.replace('<!doctype html><html lang="en">', top), encoding="utf-8")
    kept("export", "--format", "wacz", "-o", "page.wacz")
    for name in ("page.mhtml", "single.html"):
        assert TEXT in kept("show", f"{ID}@{handed_in(kept, name)}").stdout
    wacz = handed_in(kept, "page.wacz")
    assert kept("show", f"{ID}@{wacz}", "--raw").stdout_bytes == Path("page.wacz").read_bytes()
    Path("page.mhtml").write_bytes(mhtml("https://evil.example/"))
    Path("single.html").write_bytes(
        Path("single.html").read_bytes().replace(b"herald.example/news", b"evil.example", 1)
    )
    for name in ("page.mhtml", "single.html"):
        assert "it is from evil.example" in kept("handin", name, "--url", URL, "--by", "Ada", code=USAGE).stderr
    elsewhere = kept("handin", "page.wacz", "--url", "https://evil.example/", "--by", "Ada", code=USAGE).stderr
    assert f"no page with this address\nhint: it has {URL}" in elsewhere


def test_a_package_with_a_page_larger_than_pages_may_be_is_refused(kept) -> None:
    page = PAGE + f"<!--{os.urandom(2000).hex() * 25}-->"
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
    head = f"WARC-Type: response\r\nWARC-Date: 2026-12-01T00:00:00Z\r\nWARC-Target-URI: {URL}\r\n"
    with zipfile.ZipFile("page.wacz", "w", zipfile.ZIP_DEFLATED) as package:
        record = f"WARC/1.1\r\n{head}Content-Length: {len(http)}\r\n\r\n{http}\r\n\r\n"
        package.writestr("archive/data.warc", record)
    Path("writethru.toml").write_text("[fetch]\nmax_body_bytes = 50000\n", encoding="utf-8")
    assert Path("page.wacz").stat().st_size < 50_000
    told = kept("handin", "page.wacz", "--url", URL, "--by", "Ada", code=USAGE).stderr
    assert f"the page in the package has {len(page):,} bytes; the limit is 50,000" in told


def handed_in(run: Any, name: str) -> str:
    """Hand in a file and return its name among pages handed in."""
    (value,) = objects(run("handin", name, "--url", URL, "--by", "Ada", "--json"))
    return str(value["handin"])


def test_an_article_that_is_not_watched_is_added_to_the_configuration(desk, page: Path) -> None:
    (value,) = objects(desk("handin", "page.html", "--url", URL, "--by", "Ada", "--json"))
    assert value["article"] == ID
    assert f'urls = ["{URL}"]' in Path("writethru.toml").read_text(encoding="utf-8")
    with open_archive("sqlite:///writethru.db") as store:
        tracked = get_article(store, ID)
    assert (tracked.versions, tracked.checks, tracked.next_check_at is not None) == (0, 0, True)
