"""The first day with Writethru, webchanges and changedetection.io: what a user types, clicks, edits and waits for.

    benchmarks/first_day.py [--quick] [--only NAME,…]

A small invented news site is watched on the page with its headlines or at its feed, where the program reads such, or
else at the addresses of its three articles. Then one article is corrected. Each program is installed already and is
driven as its own documentation says, from an empty folder to a diff on the screen and a mail about the correction:
Writethru and webchanges in a terminal, Writethru and changedetection.io in Chromium. Nothing that a program does by
itself later is waited for: the user asks for a check right after the correction.

commands: typed, without the installation; answers: to questions of a command; clicks and fields: in the browser;
files: edited by hand. Seconds are the program's alone, from the first command to the diff and to the mail; a user's
typing takes none. silent: how often nothing new was on the screen for 20 s, and the longest such time. --quick leaves
out the peers. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from _first_day_users import Reader, Tally, Terminal
from _processes import peer
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, sync_playwright

from tests.e2e.news_site import EDITED, NewsSite
from tests.e2e.web_browser import SWITCHES
from tests.integration.alerts.receivers import Mailbox
from tests.loopback import free_port
from tests.service import until
from tracker.fetch.browser import find_chromium

MAILBOX = "desk@ledger.example"
BEFORE, AFTER = "4.2", "2.4"
OURS = Path(sys.executable).parent
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("WRITETHRU_", "PYTHON"))}


@dataclass
class Day:
    """An empty folder, the news site, and a mail server that takes everything, for one user."""

    folder: Path
    site: NewsSite
    mail: Mailbox
    port: int
    page: Page | None

    def terminal(self, tally: Tally, programs: Path, **variables: str) -> Terminal:
        path = f"{programs}:{os.environ['PATH']}"
        return Terminal(tally, self.folder, {**_ENVIRONMENT, "PATH": path, "HOME": str(self.folder), **variables})

    def reader(self, tally: Tally) -> Reader:
        assert self.page is not None
        return Reader(tally, self.page)

    def is_mailed(self) -> bool:
        """Return whether a mail about the correction arrived."""
        return any(AFTER in _text(each.content or b"") for each in self.mail.taken)

    def until_mailed(self) -> None:
        until("a mail about the correction", self.is_mailed, 600)

    def until_all_fetched(self) -> None:
        until("a first fetch of every article", lambda: all(map(self.site.fetched, self.site.articles)), 600)


def _text(mail: bytes | str) -> str:
    """Return all texts of a mail, decoded."""
    raw = mail if isinstance(mail, bytes) else mail.encode()
    parts = message_from_bytes(raw, policy=default).walk()
    return "\n".join(part.get_content() for part in parts if part.get_content_maintype() == "text")


@contextmanager
def day(page: Page | None) -> Iterator[Day]:
    box = Mailbox()
    with tempfile.TemporaryDirectory(prefix="wt-day-") as folder, NewsSite() as site:
        mail = Controller(box, hostname="127.0.0.1", port=free_port())
        mail.start()
        try:
            yield Day(Path(folder), site, box, mail.port, page)
        finally:
            mail.stop()


def ours_in_a_terminal(day: Day) -> Tally:
    tally = Tally()
    with day.terminal(tally, OURS, WRITETHRU_ALLOW_PRIVATE="1") as terminal:
        answers = {"Write writethru.toml? [Y/n]": "", "(Enter skips)": MAILBOX, "watch it? [Y/n]": ""}
        terminal.type(f"writethru add {day.site.front_page}", answers)
        terminal.edit(
            day.folder / "writethru.toml",
            f"""
[[targets]]
name = "desk"
type = "email"
to = ["{MAILBOX}"]
sender = "writethru@ledger.example"
host = "127.0.0.1"
port = {day.port}
security = "none"

[[rules]]
name = "All edits"
to = ["desk"]
""",
        )
        terminal.type("writethru check")
        day.site.correct()
        told = terminal.type("writethru check --all")
        day.until_mailed()
        tally.first_alert = tally.elapsed
        changed = re.search(r"([0-9a-f]{8})\s+changed", told)
        assert changed is not None, told
        # It stands in a pager.
        terminal.type(f"writethru diff {changed[1]}", until=AFTER)
        tally.first_diff = tally.elapsed
    return tally


def webchanges(day: Day) -> Tally | None:
    """Edit the jobs, then the configuration, then run it twice: its documentation's quick start."""
    programs = peer("webchanges")
    if programs is None:
        return None
    jobs = "\n---\n".join(f"url: {url}\nfilters:\n  - html2text" for url in day.site.articles.values())
    config = {
        "report": {
            "email": {
                "enabled": True,
                "from": "webchanges@ledger.example",
                "to": MAILBOX,
                "smtp": {"host": "127.0.0.1", "port": day.port, "starttls": False, "auth": False},
            }
        }
    }
    tally = Tally()
    editor = day.folder / "editor"
    editor.write_text(f'#!/bin/sh\ncat {day.folder}/typed > "$1"\n')
    editor.chmod(0o755)
    with day.terminal(tally, programs, EDITOR=str(editor)) as terminal:
        for option, text in (("--edit-jobs", jobs), ("--edit-config", json.dumps(config))):
            (day.folder / "typed").write_text(text)
            terminal.type(f"webchanges {option}")
            tally.files += 1
        terminal.type("webchanges")
        day.mail.taken.clear()
        day.site.correct()
        shown = terminal.type("webchanges")
        tally.first_diff = tally.elapsed
        assert BEFORE in shown
        assert AFTER in shown
        day.until_mailed()
        tally.first_alert = tally.elapsed
    return tally


def changedetection(day: Day) -> Tally | None:
    """Start it, import the addresses, enter a notification, and recheck all, each on its pages."""
    programs = peer("changedetection.io")
    if programs is None:
        return None
    port, tally = free_port(), Tally()
    base = f"http://127.0.0.1:{port}"
    reader = day.reader(tally)
    page = reader.page
    with day.terminal(tally, programs, ALLOW_IANA_RESTRICTED_ADDRESSES="true") as terminal:
        terminal.type(f"changedetection.io -C -d watched -h 127.0.0.1 -p {port}", until="Running on")
        reader.open(base)
        reader.click(page.get_by_role("link", name="Settings").first)
        reader.click(page.get_by_role("link", name="Notifications").first)
        mail = f"mailto://127.0.0.1:{day.port}/?from=cd@ledger.example&to={MAILBOX}&mode=insecure"
        reader.fill(page.locator("textarea[name$=notification_urls]"), mail)
        reader.click(page.get_by_role("button", name="Save"))
        reader.click(page.get_by_role("link", name="Import").first)
        reader.fill(page.locator("textarea[name=urls]"), "\n".join(day.site.articles.values()))
        reader.click(page.get_by_role("button", name="Import"))
        previews = page.get_by_role("link", name="Preview")
        reader.wait(lambda: previews.count() == len(day.site.articles))
        day.site.correct()
        reader.click(page.get_by_role("button", name="Recheck all").first)
        reader.wait(page.get_by_role("link", name="History").first.is_visible)
        with page.context.expect_page() as opening:
            reader.click(page.get_by_role("link", name="History").first)
        opening.value.get_by_text(AFTER).first.wait_for(timeout=60_000)
        tally.first_diff = tally.elapsed
        day.until_mailed()
        tally.first_alert = tally.elapsed
    return tally


def ours_in_a_browser(day: Day) -> Tally:
    port, tally = free_port(), Tally()
    base = f"http://127.0.0.1:{port}"
    reader = day.reader(tally)
    page = reader.page
    with day.terminal(tally, OURS, WRITETHRU_ALLOW_PRIVATE="1") as terminal:
        answers = {"Write writethru.toml? [Y/n]": "", "(Enter skips)": MAILBOX}
        terminal.type(f"writethru run --listen '' --web 127.0.0.1:{port}", answers, until="web pages")
        reader.open(base)
        reader.fill(page.get_by_label("Address"), day.site.front_page)
        reader.click(page.get_by_role("button", name="Watch"))
        reader.click(page.get_by_role("button", name="Watch it"))
        reader.click(page.get_by_role("link", name="Alerts"))
        reader.click(page.get_by_text("Mail", exact=True))
        form = page.locator("form", has=page.locator("input[name=type][value=email]"))
        reader.fill(form.get_by_label("To", exact=True), MAILBOX)
        reader.fill(form.get_by_label("From"), "writethru@ledger.example")
        reader.choose(form.get_by_label("Encryption"), "none")
        reader.fill(form.get_by_label("Port"), str(day.port))
        reader.click(form.get_by_role("button", name="Save and send a test"))
        reader.click(page.get_by_role("link", name="Write a rule"))
        reader.fill(page.get_by_label("Name", exact=True), "All edits")
        reader.fill(page.get_by_label("Send to"), "email")
        reader.click(page.get_by_role("button", name="Save"))
        reader.click(page.get_by_role("link", name="Sources"))
        reader.click(page.get_by_role("link", name="The Harbor Ledger"))
        reader.wait(lambda: all(map(day.site.fetched, day.site.articles)))
        day.mail.taken.clear()
        day.site.correct()
        reader.click(page.get_by_role("button", name="Check now"))
        reader.wait(page.locator(".entry .head a", has_text=EDITED).first.is_visible)
        reader.click(page.locator(".entry .head a", has_text=EDITED).first)
        page.locator("main ins").filter(has_text=AFTER).first.wait_for(timeout=60_000)
        tally.first_diff = tally.elapsed
        day.until_mailed()
        tally.first_alert = tally.elapsed
    return tally


DOORS: tuple[tuple[str, str, Callable[[Day], Tally | None]], ...] = (
    ("writethru", "terminal", ours_in_a_terminal),
    ("webchanges", "terminal", webchanges),
    ("writethru", "browser", ours_in_a_browser),
    ("changedetection.io", "browser", changedetection),
)
COLUMNS = ("commands", "answers", "clicks", "fields", "files")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the peers")
    parser.add_argument("--data", type=Path, help="not used; `make bench` passes it to every benchmark")
    parser.add_argument("--only", default="", help="run only these programs, separated by commas")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else ["writethru"] if options.quick else [d[0] for d in DOORS]
    print(f"{'':30}" + "".join(f"{each:>9}" for each in COLUMNS) + f"{'s to diff':>11}{'s to mail':>11}{'silent':>14}")
    figures: dict[str, Any] = {}
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(SWITCHES))
        for name, door, walk in DOORS:
            if name not in names:
                continue
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.set_default_timeout(60_000)
            with day(context.new_page()) as begun:
                found = walk(begun)
            context.close()
            if found is None:
                print(f"{name:19}{door:11} cannot be installed here", flush=True)
                continue
            print(row(name, door, found), flush=True)
            figures[f"{name} {door}"] = facts(found)
    print(json.dumps({"benchmark": "first_day", "figures": figures}))
    return 0


def row(name: str, door: str, found: Tally) -> str:
    counts = "".join(f"{getattr(found, each):9}" for each in COLUMNS)
    silent = f"{found.silences}, {found.longest:.0f} s"
    return f"{name:19}{door:11}{counts}{found.first_diff:11.0f}{found.first_alert:11.0f}{silent:>14}"


def facts(found: Tally) -> dict[str, float]:
    """Return the figures of a door."""
    counts = {each: getattr(found, each) for each in (*COLUMNS, "silences")}
    return counts | {each: round(getattr(found, each), 1) for each in ("first_diff", "first_alert", "longest")}


if __name__ == "__main__":
    sys.exit(main())
