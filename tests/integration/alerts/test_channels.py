import asyncio
import base64
import json
import re
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import takewhile
from typing import Any
from urllib.parse import unquote

import pytest
import trustme
from standardwebhooks.webhooks import Webhook

from tests.alert_samples import NOW, delivery
from tests.waiting import until
from tracker.alerts.channels import channel_of
from tracker.alerts.channels.apprise import AppriseNotifier, deliver
from tracker.alerts.channels.email import EmailNotifier
from tracker.config.root import Config
from tracker.config.tables import EmailTarget, FetchConfig
from tracker.errors import ConfigError, DeliveryError
from tracker.fetch.client import HttpFetcher
from tracker.model.alert import Delivery

from .receivers import Hook, Mailbox, apprise, http_server, repeating_server, silent_server, smtp_server, webhook


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def client_context(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def with_body(given: Delivery, **values: object) -> Delivery:
    return replace(given, payload=given.payload | values)


def target(port: int, **values: object) -> EmailTarget:
    return EmailTarget.model_validate(
        {
            "name": "mail",
            "type": "email",
            "to": ["Desk <desk@example.org>", "chief@example.org"],
            "sender": "Writethru <wt@paper.example.org>",
            "host": "127.0.0.1",
            "port": port,
            "timeout": "5s",
            **values,
        }
    )


async def sent(*given: Delivery, box: Mailbox | None = None, **values: object) -> Mailbox:
    """Send to a server with this mailbox, or a new one, as a target with *values* does; return the mailbox."""
    box = box or Mailbox()
    async with smtp_server(box) as port:
        notifier = EmailNotifier(target(port, **values))
        for each in given:
            await notifier.send(each, NOW)
    return box


def head(box: Mailbox) -> list[str]:
    """Return the header lines of the first mail as they were sent."""
    content = box.taken[0].content
    assert isinstance(content, bytes)
    return content.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def read(box: Mailbox, index: int = -1) -> EmailMessage:
    content = box.taken[index].content
    assert isinstance(content, bytes)
    parsed = message_from_bytes(content, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def written(mail: EmailMessage, kind: str = "html") -> str:
    """Return the text of a mail, or its HTML."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_a_mail_has_text_and_html_and_one_thread_for_each_article():
    box = await sent(delivery(1), delivery(2), delivery(3, article="cd34"))
    first, second, other = (read(box, index) for index in range(3))
    assert box.taken[0].mail_from == "wt@paper.example.org"
    assert box.taken[0].rcpt_tos == ["desk@example.org", "chief@example.org"]
    assert first["Message-ID"] == f"<{delivery(1).key}@paper.example.org>"
    assert second["Message-ID"] != first["Message-ID"]
    assert first["References"] == second["References"] == first["In-Reply-To"] == "<article.ab12@paper.example.org>"
    assert other["References"] != first["References"]
    assert first["Subject"] == "sample · correction: Harbour bridge closed after crack is found"
    assert first["From"] == "Writethru <wt@paper.example.org>"
    assert first["Date"].datetime == NOW
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe"].strip() == "<mailto:wt@paper.example.org?subject=unsubscribe%20Corrections>"
    assert "About [-12,000-]{+21,000+} vehicles" in written(first, "plain")
    assert "<ins" in written(first)


async def test_a_mail_carries_a_picture_of_its_change():
    pytest.importorskip("resvg_py")
    box = await sent(delivery(), with_body(delivery(2), format="link"), picture=True)
    html, picture = (part for part in read(box, 0).walk() if part.get_content_type() in {"text/html", "image/png"})
    assert picture.get_content().startswith(b"\x89PNG")
    assert picture.get_content_disposition() == "inline"
    (address, alt) = re.findall(r'<img src="cid:([^"]+)" alt="([^"]+)"', html.get_content())[0]
    assert picture["Content-ID"] == f"<{address}>"
    assert "About 12,000 vehicles" in alt
    assert "About 21,000 vehicles" in alt
    assert "Harbour bridge" in written(read(box, 0), "plain")
    assert "image/png" not in {part.get_content_type() for part in read(box, 1).walk()}


async def test_a_mail_whose_picture_cannot_be_drawn_is_sent_without_it(monkeypatch):
    monkeypatch.setattr("tracker.render.raster.find_spec", lambda _: None)
    box, wanted = await sent(delivery(), picture=True), target(1, picture=True)
    assert {part.get_content_maintype() for part in read(box).walk()} == {"multipart", "text"}
    assert "<img" not in written(read(box))
    with pytest.raises(ConfigError, match="needs the picture extra"):
        channel_of(wanted).check(wanted, Config())
    assert "No picture: " in channel_of(wanted).preview(wanted, Config(), delivery())


async def test_long_names_leave_addresses_and_identifiers_whole():
    rule = "Korrekturen und stille Änderungen bei Agenturen und Zeitungen des ganzen Landes"
    host = f"{'a' * 60}.example.org"
    lines = head(await sent(replace(delivery(), rule=rule), sender=f"wt@{host}"))
    assert f"References: <article.ab12@{host}>" in lines
    assert f"In-Reply-To: <article.ab12@{host}>" in lines
    assert f"List-ID: <writethru.{host}>" in lines
    (way,) = (line for line in lines if line.startswith("List-Unsubscribe: "))
    assert unquote(way).endswith(f"?subject=unsubscribe {rule}>")


async def test_starttls_encrypts_before_the_password_goes_out(server_context, client_context):
    box = Mailbox()
    async with smtp_server(box, starttls=server_context) as port:
        notifier = EmailNotifier(target(port, security="starttls", user="wt"), "right", client_context)
        await notifier.send(delivery(), NOW)
    assert box.encrypted == [True]
    assert box.logins == [(b"wt", b"right")]


async def test_tls_encrypts_from_the_first_byte(server_context, client_context):
    box = Mailbox()
    async with smtp_server(box, tls=server_context) as port:
        await EmailNotifier(target(port, security="tls"), "", client_context).send(delivery(), NOW)
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    ("offered", "trusted", "password", "reason"),
    [
        (True, False, "", "certificate is not trusted"),
        (False, True, "", "STARTTLS extension not supported"),
        (True, True, "wrong", "535"),
        (True, True, "sesäme", "535"),
        (True, True, "\ud800", "SMTP cannot transfer"),
    ],
)
async def test_a_server_that_is_not_trusted_or_does_not_let_us_in_gets_nothing(
    server_context, client_context, offered, trusted, password, reason
):
    box = Mailbox()
    async with smtp_server(box, starttls=server_context if offered else None) as port:
        wanted = target(port, security="starttls", user="wt" if password else "")
        with pytest.raises(DeliveryError, match=reason) as caught:
            await EmailNotifier(wanted, password, client_context if trusted else None).send(delivery(), NOW)
    assert not caught.value.permanent
    assert not password or password not in str(caught.value)
    assert not box.taken


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
async def test_a_server_that_repeats_the_password_is_quoted_without_it(mechanism):
    async with repeating_server(mechanism) as port:
        notifier = EmailNotifier(target(port, security="none", user="wt"), "sm7pPassw0rdXYZ")
        with pytest.raises(DeliveryError, match="535 not accepted") as caught:
            await notifier.send(delivery(), NOW)
    for sent in (b"sm7pPassw0rdXYZ", b"\0wt\0sm7pPassw0rdXYZ"):
        assert base64.b64encode(sent).decode() not in str(caught.value)


@pytest.mark.parametrize("quitting", [{"quit_answer": "421 too busy for that"}, {"quit_seconds": 9.0}])
async def test_an_accepted_mail_stays_accepted_whatever_the_server_answers_to_quit(monkeypatch, quitting):
    monkeypatch.setattr("tracker.alerts.channels.email.MAX_QUIT_SECONDS", 0.1)
    assert len((await sent(delivery(), box=Mailbox(**quitting))).taken) == 1


async def test_page_text_cannot_add_a_header_or_control_characters():
    headline = "Hi\r\nBcc: all@example.org\n\x1b[31m\u202e\ud800 <script>x</script>" + "é" * 400
    mail = read(await sent(replace(with_body(delivery(), headline=headline), rule="R\r\nX-Evil: 1")))
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert len(mail["Subject"]) <= 200
    assert "\x1b" not in mail.as_string()
    assert "<script>" not in written(mail)


@pytest.mark.parametrize(
    "headline",
    [
        "=?utf-8?q?a=0D=0ABcc=3A_all@example.org?=",
        "Нижняя палата приняла закон о бюджете в первом чтении депутаты заявили что правительство",
        "The mayor’s plan “fails” as the storm hits Portland – 12 dead, police say, and the governor’s aide resigns",
        "Council votes to close the old harbour bridge for repairs after the survey found a crack in its main pier",
    ],
)
async def test_a_subject_is_the_headline_as_it_is(headline):
    box = await sent(with_body(delivery(), headline=headline))
    assert read(box)["Subject"] == f"sample · correction: {headline}"
    assert read(box)["Bcc"] is None
    assert all(len(line) <= 78 for line in takewhile(lambda line: not line.startswith("From: "), head(box)))


async def test_an_address_rejected_permanently_ends_the_attempts_and_the_other_gets_it_once():
    box = Mailbox(answers={"chief@example.org": ["450 later", "550 no such user"]})
    async with smtp_server(box) as port:
        notifier = EmailNotifier(target(port))
        with pytest.raises(DeliveryError, match=r"rejected for chief@example\.org \(450 later\)") as first:
            await notifier.send(delivery(), NOW)
        with pytest.raises(DeliveryError, match="550 no such user") as second:
            await notifier.send(delivery(), NOW)
    assert (first.value.permanent, second.value.permanent) == (False, True)
    assert [envelope.rcpt_tos for envelope in box.taken] == [["desk@example.org"]]


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("450 later", [["desk@example.org"], ["chief@example.org"]]),
        # A server that closes among the recipients has accepted none of them.
        ("421 too busy", [["desk@example.org", "chief@example.org"]]),
    ],
)
async def test_an_address_that_recovers_gets_what_it_missed(answer: str, taken) -> None:
    box = Mailbox(answers={"chief@example.org": [answer]})
    async with smtp_server(box) as port:
        notifier = EmailNotifier(target(port))
        with pytest.raises(DeliveryError):
            await notifier.send(delivery(), NOW)
        await notifier.send(delivery(), NOW)
    assert [envelope.rcpt_tos for envelope in box.taken] == taken
    assert len({read(box, n)["Message-ID"] for n in range(len(taken))}) == 1


@pytest.mark.parametrize(("answer", "permanent"), [("554 spam", True), ("451 try later", False)])
async def test_a_refused_mail_is_permanent_when_the_server_says_so(answer, permanent):
    with pytest.raises(DeliveryError, match=answer) as caught:
        await sent(delivery(), box=Mailbox(data_answers=[answer]))
    assert caught.value.permanent is permanent


async def test_a_busy_server_is_tried_again_and_a_refused_connection_is_an_error():
    async with silent_server(b"421 too busy\r\n") as port:
        with pytest.raises(DeliveryError, match="421 too busy") as caught:
            await EmailNotifier(target(port)).send(delivery(), NOW)
    assert not caught.value.permanent
    async with silent_server() as port:
        pass
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(DeliveryError, match="mail server failed: Connection refused"):
            await EmailNotifier(target(port, host=host)).send(delivery(), NOW)


@pytest.mark.parametrize("greeting", [b"", b"220 mail.test ESMTP\r\n"])
async def test_a_server_that_hangs_is_given_up_in_time(greeting):
    async with silent_server(greeting) as port:
        with pytest.raises(DeliveryError, match=r"took longer than 0\.3 s|connection to the mail server failed"):
            await EmailNotifier(target(port, timeout="300ms")).send(delivery(), NOW)


async def test_a_send_can_be_cancelled():
    reached = asyncio.Event()
    async with silent_server(b"220 mail.test ESMTP\r\n", reached) as port:
        sending = asyncio.create_task(EmailNotifier(target(port, timeout="20s")).send(delivery(), NOW))
        await reached.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


@pytest.fixture
async def fetcher():
    made = HttpFetcher(FetchConfig(), contact="", version="test")
    yield made
    await made.aclose()


def now() -> datetime:
    return datetime.now(UTC)


def chat(url: str, credentials: str = "") -> AppriseNotifier:
    """Return what posts JSON to *url* with Apprise."""
    return apprise(url.replace("http://", f"json://{credentials}"), private=True)


async def test_a_signed_alert_arrives_over_http(fetcher):
    hook = Hook()
    async with http_server(hook) as url:
        await webhook(url, fetcher, SECRET).send(delivery(), now())
    ((headers, body),) = hook.requests
    told = Webhook(SECRET).verify(body, headers)
    assert told["id"] == headers["webhook-id"] == delivery().key
    assert (told["specversion"], told["type"]) == ("1.0", "writethru.article.changed")
    assert told["data"]["top_hunk"]["hunks"][2] == ["+", "21,000"]
    assert headers["content-type"].startswith("application/cloudevents+json")


async def test_apprise_sends_what_we_wrote_as_data():
    hook = Hook(lambda _: (200, ()))
    async with http_server(hook) as url:
        await chat(url).send(delivery(), now())
    ((_, body),) = hook.requests
    told = json.loads(body)
    assert told["title"].startswith("sample · correction: Harbour bridge")
    assert "About [-12,000-]{+21,000+} vehicles" in told["message"]
    assert not told.get("attachments")


async def test_apprise_says_why_a_service_refused_and_follows_no_redirect():
    hook = Hook(lambda n: (500, ()) if n == 1 else (307, (("Location", "/elsewhere"),)))
    async with http_server(hook) as url:
        notifier = chat(url, "user:passw0rd@")
        for _ in range(2):
            with pytest.raises(DeliveryError, match="json://") as caught:
                await notifier.send(delivery(), now())
            assert "passw0rd" not in str(caught.value)
            assert not caught.value.permanent
    assert len(hook.requests) == 2


async def test_apprise_that_hangs_is_killed(monkeypatch):
    monkeypatch.setattr("tracker.alerts.channels.apprise.TIMEOUT_SECONDS", 3)
    hook = Hook(lambda _: None)
    async with http_server(hook) as url:
        with pytest.raises(DeliveryError, match="no answer within 3 s"):
            await chat(url).send(delivery(), now())


async def test_an_apprise_url_that_is_not_accepted_is_a_permanent_error():
    with pytest.raises(DeliveryError, match="does not accept this URL") as caught:
        await apprise("discord://").send(delivery(), now())
    assert caught.value.permanent


async def test_a_child_that_dies_is_a_failed_attempt(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(DeliveryError, match="exited with status 1"):
        await apprise("json://127.0.0.1:1/").send(delivery(), now())


async def test_cancelling_kills_the_child():
    hook = Hook(lambda _: None)
    async with http_server(hook) as url:
        sending = asyncio.create_task(chat(url).send(delivery(), now()))
        await until(lambda: hook.requests)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


@pytest.mark.filterwarnings("ignore:'(imghdr|telnetlib|cgi|crypt)' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("status", "expected"), [(200, {"ok": True}), (500, {"ok": False}), (None, {"ok": False, "permanent": True})]
)
async def test_the_child_returns_the_result_of_an_order(status, expected):
    hook = Hook(lambda _: (status or 200, ()))
    async with http_server(hook) as url:
        order = {"title": "{{ 7*7 }} \\n", "body": "${HOME} :smile: <b>", "timeout": 10, "private": True}
        order["url"] = url.replace("http://", "json://") if status else "discord://"
        told = await asyncio.to_thread(deliver, order)
    error = told.pop("error", "")
    assert told == expected
    assert bool(error) is not expected["ok"]
    if status:
        sent = json.loads(hook.requests[0][1])
        assert (sent["title"], sent["message"]) == (order["title"], order["body"])


async def test_a_receiver_that_hangs_does_not_delay_others_at_its_host(fetcher):
    hung: list[str] = []
    hook = Hook()

    async def hangs_in_one_place(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].endswith("/hangs"):
            hung.append(scope["path"])
            await asyncio.sleep(30)
        else:
            await hook(scope, receive, send)

    async with http_server(hangs_in_one_place) as url:
        stuck = webhook(f"{url}/hangs", fetcher)
        hanging = [asyncio.ensure_future(stuck.send(delivery(), now())) for _ in range(6)]
        await until(lambda: hung)
        other = webhook(f"{url}/works", fetcher)
        async with asyncio.timeout(15):
            await asyncio.gather(*(other.send(delivery(), now()) for _ in range(6)))
        for each in hanging:
            each.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
    assert len(hook.requests) == 6
