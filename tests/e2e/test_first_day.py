"""The first day of a user, from an empty machine to a mail, a notice and a webhook on an edit, without the checkout."""

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from tests.e2e.installed_wheel import ENVIRONMENT, writethru
from tests.e2e.news_site import EDITED, NewsSite
from tests.e2e.web_browser import browser, opened
from tests.integration.alerts.receivers import Mailbox
from tests.loopback import free_port
from tests.service import until
from tracker.demo.http_server import WebhookReceiver

__all__ = ["browser", "opened"]

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow, pytest.mark.timeout(900)]
SECRET = "whsec_" + "A" * 32
PATIENCE = 240.0
SAMPLE = "Harbour bridge closed after crack is found"
# Records its arguments, one a line, in place of a desktop.
NOTIFIER = """#!/bin/sh
printf '%s\\n' "$@" >> "$0.log"
"""


@dataclass(frozen=True)
class Machine:
    """An empty folder with the installed program, and receivers of mail, notices and webhooks on this machine."""

    program: Path
    folder: Path
    mail: Mailbox
    mail_port: int
    hook: WebhookReceiver

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the user's shell: a desktop, the webhook's secret, and news sites on loopback."""
        return ENVIRONMENT | {
            "WRITETHRU_ALLOW_PRIVATE": "1",
            "WRITETHRU_ALERT_SECRET": SECRET,
            "WRITETHRU_CONTACT": "desk@ledger.example",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
            "PATH": f"{self.folder.parent / 'bin'}:{os.environ['PATH']}",
        }

    def type(self, *command: str) -> str:
        """Run the command of a user and return what it wrote to stdout."""
        return writethru(self.program, self.folder, *command, env=self.environment)

    @contextmanager
    def serving(self, *command: str) -> Iterator[str]:
        """Run a command that serves pages, and give their address."""
        with subprocess.Popen(
            [self.program, *command], cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            lines = (re.search(r"(?:web pages: |web=)(http://[^\s/]+)", line) for line in process.stderr)
            found = next(filter(None, lines), None)
            assert found is not None
            # What stays must not wait for somebody to read what it writes.
            rest = threading.Thread(target=process.stderr.read, daemon=True)
            rest.start()
            try:
                yield found[1]
            finally:
                process.terminate()
                process.wait(PATIENCE)
                rest.join(PATIENCE)

    @property
    def mails(self) -> list[Any]:
        """The mails that arrived."""
        return [message_from_bytes(each.original_content or b"", policy=default) for each in self.mail.taken]

    @property
    def notices(self) -> list[list[str]]:
        """The arguments of each call of the notifier."""
        log = self.folder.parent / "bin" / "notify-send.log"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        return [each.splitlines() for each in text.split("--app-name=Writethru\n--\n")[1:]]

    def assert_told_of_the_edit(self) -> None:
        """Check that the last mail, notice and webhook are about the correction."""
        mail = self.mails[-1]
        assert mail["To"] == "desk@ledger.example"
        assert mail["Subject"] == f"The Harbor Ledger · correction: {EDITED}"
        assert "$[-4.2-]{+2.4+} million" in mail.get_body(("plain",)).get_content()
        title, text, _ = self.notices[-1]
        assert title == f"The Harbor Ledger · correction: {EDITED}"
        assert "$[-4.2-]{+2.4+} million" in text
        event = self.hook.accepted()[-1]["payload"]
        assert (event["type"], event["headline"], event["version"]) == ("article.changed", EDITED, 2)


@pytest.fixture
def machine(program: Path, tmp_path: Path) -> Iterator[Machine]:
    (tmp_path / "bin").mkdir()
    notifier = tmp_path / "bin" / "notify-send"
    notifier.write_text(NOTIFIER)
    notifier.chmod(0o755)
    (tmp_path / "news").mkdir()
    box = Mailbox()
    mail = Controller(box, hostname="127.0.0.1", port=free_port())
    mail.start()
    try:
        with WebhookReceiver(SECRET) as hook:
            yield Machine(program, tmp_path / "news", box, mail.port, hook)
    finally:
        mail.stop()


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as found:
        yield found


@pytest.fixture(scope="module")
def address() -> str:
    return ""


def test_from_an_empty_machine_to_alerts_in_the_terminal(machine, site, opened):
    machine.type("init")
    added = machine.type("add", site.front_page)
    assert f"feed {site.bases['ledger']}/rss.xml: “The Harbor Ledger”, 3 articles now" in " ".join(added.split())
    checked = machine.type("check")
    assert f"v1 “{EDITED}”" in checked
    with (machine.folder / "writethru.toml").open("a") as file:
        file.write(f"""
[[targets]]
name = "mail"
type = "email"
to = ["desk@ledger.example"]
sender = "writethru@ledger.example"
host = "127.0.0.1"
port = {machine.mail_port}
security = "none"

[[targets]]
name = "screen"
type = "desktop"

[[targets]]
name = "newsroom"
type = "webhook"
url = "{machine.hook.url}"
secret = {{ env = "WRITETHRU_ALERT_SECRET" }}

[[rules]]
name = "Corrections"
to = ["mail", "screen", "newsroom"]
labels = ["correction"]
""")
    site.correct()
    changed = machine.type("check", "--all").splitlines()
    assert len(changed) == 1, "one article was edited, and nothing else is told"
    article = changed[0].split()[0]
    told = machine.type("diff", article)
    assert "facts changed (number) · noted by the outlet" in told
    assert "The plan sets aside $[-4.2-]{+2.4+} million" in " ".join(told.split())
    machine.assert_told_of_the_edit()
    with machine.serving("run", "--listen", "", "--web", "127.0.0.1:0") as pages:
        page = opened("/", base=pages)
        page.get_by_role("link", name=EDITED).first.click()
        assert_shows_the_edit(page)


def test_from_an_empty_machine_to_alerts_in_the_browser(machine, site, opened):
    machine.type("init")
    with machine.serving("run", "--listen", "", "--web", "127.0.0.1:0") as pages:
        page = opened("/", base=pages)
        page.get_by_label("Address").fill(site.front_page)
        page.get_by_role("button", name="Watch").click()
        expect(page.get_by_role("heading", name="A feed")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text=EDITED)).to_be_visible()
        page.get_by_role("button", name="Watch it").click()
        expect(page.get_by_role("status").filter(has_text="is watched now")).to_be_visible()
        make_targets(page, machine)
        assert [str(each["Subject"]) for each in machine.mails] == [f"sample · correction: [Test] {SAMPLE}"]
        assert machine.notices[0][0] == f"sample · correction: [Test] {SAMPLE}"
        assert len(machine.hook.accepted()) == 1
        page.get_by_role("link", name="Write a rule").click()
        page.get_by_label("Name", exact=True).fill("Corrections")
        page.get_by_label("Send to").fill("mail, screen, newsroom")
        page.get_by_label("Labels").fill("correction")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Corrections")).to_be_visible()
        until("the first version of each article", lambda: all(map(site.fetched, site.articles)), PATIENCE)
        site.correct()
        page.goto(f"{pages}/sources")
        page.get_by_role("link", name="The Harbor Ledger").first.click()
        page.get_by_role("button", name="Check now").click()
        until("alerts on the edit", lambda: len(machine.hook.accepted()) > 1 and len(machine.mails) > 1, PATIENCE)
        until("a notice of the edit", lambda: len(machine.notices) > 1, PATIENCE)
        machine.assert_told_of_the_edit()
        page.goto(pages)
        page.get_by_role("link", name=EDITED).first.click()
        assert_shows_the_edit(page)


def make_targets(page: Page, machine: Machine) -> None:
    """Make a target for mail, one for the desktop and one for a webhook on the page of alerts, each with its test."""
    page.get_by_role("link", name="Alerts").first.click()
    for kind, name, fields in (
        (
            "email",
            "mail",
            {"To": "desk@ledger.example", "From": "writethru@ledger.example", "Mail server": "127.0.0.1"},
        ),
        ("desktop", "screen", {}),
        ("webhook", "newsroom", {"Address": machine.hook.url, "Secret variable": "WRITETHRU_ALERT_SECRET"}),
    ):
        form = page.locator("form", has=page.locator(f"input[name=type][value={kind}]"))
        form.locator("xpath=..").locator("summary").click()
        form.get_by_label("Name", exact=True).fill(name)
        for label, text in fields.items():
            form.get_by_label(label, exact=True).fill(text)
        if kind == "email":
            form.get_by_label("Encryption").select_option("none")
            form.get_by_label("Port").fill(str(machine.mail_port))
        form.get_by_role("button", name="Save and send a test").click()
        expect(page.get_by_role("status").filter(has_text=name)).to_be_visible()


def assert_shows_the_edit(page: Page) -> None:
    """Check the page of the diff."""
    expect(page.locator("main del").filter(has_text="4.2").first).to_be_visible()
    expect(page.locator("main ins").filter(has_text="2.4").first).to_be_visible()
    expect(page.get_by_text("An earlier version of this article misstated").first).to_be_visible()
