"""Real receivers on loopback: a mail server and a webhook endpoint that misbehave to order."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tracker.alerts.channels.apprise import AppriseNotifier
from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.config.root import Config
from tracker.config.tables import AppriseTarget, WebhookTarget
from tracker.model.capture import Fetcher, Headers


def webhook(url: str, fetcher: Fetcher, secret: str = "") -> WebhookNotifier:
    """Return what posts alerts to *url*, which may be a private address, signed with *secret*."""
    given = {"name": "hook", "type": "webhook", "url": url, "private": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOOK_SECRET", secret)
        target = WebhookTarget.model_validate(given | ({"secret": {"env": "HOOK_SECRET"}} if secret else {}))
        return WebhookNotifier(target, Config(), fetcher)


def apprise(url: str, *, private: bool = False) -> AppriseNotifier:
    """Return what sends alerts to the Apprise URL *url*."""
    given = {"name": "chat", "type": "apprise", "url": {"env": "APPRISE_URL"}, "private": private}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APPRISE_URL", url)
        return AppriseNotifier(AppriseTarget.model_validate(given), Config())


@dataclass
class Mailbox:
    """What an SMTP server took; *answers* maps a recipient to what RCPT TO gets."""

    taken: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)
    quit_answer: str = "221 Bye"
    quit_seconds: float = 0.0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        queued = self.answers.get(address)
        answer = queued.pop(0) if queued else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(envelope)
            self.encrypted.append(session.ssl is not None)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.quit_seconds)
        return self.quit_answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


@asynccontextmanager
async def open_port(server: asyncio.Server) -> AsyncIterator[int]:
    """Yield the port of a server, and close it afterwards."""
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def smtp_server(
    box: Mailbox, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            box,
            hostname="mail.test",
            tls_context=starttls,
            authenticator=box.authenticate,
            auth_require_tls=starttls is not None,
            loop=loop,
        )

    async with open_port(await loop.create_server(session, "127.0.0.1", 0, ssl=tls)) as port:
        yield port


@asynccontextmanager
async def silent_server(greeting: bytes = b"", reached: asyncio.Event | None = None) -> AsyncIterator[int]:
    """Accept, say *greeting* and then nothing; *reached* is set once a client has sent something."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        with suppress(ConnectionError, asyncio.CancelledError):
            if await reader.read(1) and reached is not None:
                reached.set()
            await reader.read()
        writer.close()

    async with open_port(await asyncio.start_server(accept, "127.0.0.1", 0)) as port:
        yield port


@dataclass
class Hook:
    """A webhook endpoint as an ASGI application; *script* decides the answer to each request, None hangs."""

    script: Callable[[int], tuple[int, Headers] | None] = lambda _: (204, ())
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.requests.append((headers, body))
        answer = self.script(len(self.requests))
        if answer is None:
            await asyncio.sleep(30)
            return
        status, extra = answer
        named = [(name.encode(), value.encode()) for name, value in extra]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def http_server(app: Any) -> AsyncIterator[str]:
    import uvicorn

    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())  # `serve` would take over this process's signals
    for _ in range(500):
        if server.started:
            break
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


@asynccontextmanager
async def repeating_server(mechanism: str) -> AsyncIterator[int]:
    """Greet as a mail server that knows *mechanism*, and refuse whoever signs in with their own words."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while line := await reader.readline():
            said = line.strip().decode()
            if said.upper().startswith("EHLO"):
                answer = f"250-mail.test\r\n250 AUTH {mechanism}"
            elif said.startswith("AUTH LOGIN"):
                answer = "334 UGFzc3dvcmQ6"
            elif said.upper() == "QUIT":
                answer = "221 bye"
            else:
                answer = f"535 not accepted: {said}"
            writer.write(f"{answer}\r\n".encode())
        writer.close()

    async with open_port(await asyncio.start_server(accept, "127.0.0.1", 0)) as port:
        yield port
