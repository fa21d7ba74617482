"""Mail through an SMTP server: one thread an article in the reader's mail program, one Message-ID an alert."""

from __future__ import annotations

import asyncio
import base64
import smtplib
import socket
import ssl
import threading
from concurrent.futures import Future
from contextlib import closing, suppress
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from ...config import EmailTarget
from ...errors import ConfigError, DeliveryError
from ...observe.redact import hide
from ...render import one_line
from ..message import compose
from .base import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from email.message import Message
    from email.policy import EmailPolicy, Policy

    from ...config import Config
    from ...model import Delivery
    from ...ports import Fetcher

_REMEMBERED: Final = 1000


class _Whole(UnstructuredHeader, BaseHeader):
    """A header of identifiers and addresses, which the library would encode as words where they are long."""

    def fold(self, *, policy: Policy[Message]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references", "list-id", "list-unsubscribe"):
        registry.map_to_type(name, _Whole)
    return SMTP.clone(header_factory=registry)


_POLICY: Final = _policy()


class EmailNotifier:
    """Sends an alert to every address of a target.

    An address that took a message is not sent it again when another address made the attempt fail, as long as the
    process lives; after a restart a repeat bears the same Message-ID.
    """

    def __init__(self, target: EmailTarget, password: str = "", context: ssl.SSLContext | None = None) -> None:
        if password and target.security == "none" and target.host not in {"localhost", "127.0.0.1", "::1"}:
            raise ConfigError(
                "a password is not sent over a connection that is not encrypted",
                resource=f"target {target.name}",
                hint='set security = "starttls" or "tls"',
            )
        self._target = target
        self._password = password
        self._context = context
        self._sender = _address(target.sender, target.name)
        self._to = tuple(_address(each, target.name) for each in target.to)
        self._taken: dict[str, set[str]] = {}

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Hand one alert to the mail server, within the target's timeout."""
        message = self._message(delivery, now)
        waiting = [a.addr_spec for a in self._to if a.addr_spec not in self._taken.get(delivery.key, ())]
        session = _Session(self._target, self._password, self._context, self._sender.domain)
        seconds = self._target.timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                refused = await _in_thread(
                    lambda: session.send(message, self._sender.addr_spec, waiting), stop=session.stop
                )
        except TimeoutError:
            raise DeliveryError(f"the mail server did not finish within {seconds:g} s", resource=self._where) from None
        if refused:
            self._remember(delivery.key, set(waiting) - set(refused))
            raise session.refusal(refused)
        self._taken.pop(delivery.key, None)

    @property
    def _where(self) -> str:
        return f"{self._target.host}:{self._target.port}"

    def _remember(self, key: str, taken: set[str]) -> None:
        self._taken.setdefault(key, set()).update(taken)
        while len(self._taken) > _REMEMBERED:
            self._taken.pop(next(iter(self._taken)))

    def _message(self, delivery: Delivery, now: datetime) -> EmailMessage:
        words = compose(delivery.payload)
        host = self._sender.domain
        thread = f"<article.{delivery.article}@{host}>"
        unsubscribe = quote(f"unsubscribe {one_line(delivery.rule)}")
        message = EmailMessage(policy=_POLICY)
        message["Subject"] = words.subject
        message["From"] = self._sender
        message["To"] = self._to
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{delivery.key}@{host}>"
        # No message bears this identifier; mail programs put all that name it as their parent into one thread.
        message["In-Reply-To"] = thread
        message["References"] = thread
        message["List-ID"] = f"<writethru.{host}>"
        message["List-Unsubscribe"] = f"<mailto:{self._sender.addr_spec}?subject={unsubscribe}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(words.text)
        message.add_alternative(words.html, subtype="html")
        return message


class _Session:
    """One conversation with a mail server, in a thread; *stop* ends it from another.

    What the server says is told without the password, which some repeat.
    """

    def __init__(self, target: EmailTarget, password: str, context: ssl.SSLContext | None, domain: str) -> None:
        self._target = target
        self._password = password
        self._context = context
        self._domain = domain
        self._stopped = threading.Event()
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, sender: str, to: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """Send *message*; return the addresses that were refused. Raises DeliveryError."""
        where = f"{self._target.host}:{self._target.port}"
        try:
            smtp = self._open()
            try:
                self._greet(smtp)
                return {} if self._stopped.is_set() else smtp.send_message(message, sender, list(to))
            finally:
                # Whatever is said to a goodbye, what was taken before is taken.
                with closing(smtp), suppress(smtplib.SMTPException, OSError):
                    smtp.docmd("QUIT")
        except smtplib.SMTPRecipientsRefused as error:
            return error.recipients
        except smtplib.SMTPDataError as error:
            raise DeliveryError(
                f"the mail was refused: {self._reply(error.smtp_code, error.smtp_error)}",
                resource=where,
                permanent=error.smtp_code >= 500,
            ) from None
        except smtplib.SMTPResponseException as error:
            said = self._reply(error.smtp_code, error.smtp_error)
            raise DeliveryError(f"the mail server refused: {said}", resource=where) from None
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(f"the mail server cannot do what is asked: {error}", resource=where) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the mail server could not be used: {error}", resource=where) from None
        except ValueError as error:
            # Characters that SMTP cannot carry; the error's own words could quote the password.
            raise DeliveryError(
                f"user, password or mail cannot be put to a mail server: {type(error).__name__}", resource=where
            ) from None

    def refusal(self, refused: dict[str, tuple[int, bytes]]) -> DeliveryError:
        """Return the error that names the addresses which were refused, and why."""
        named = "; ".join(f"{address} ({self._reply(*answer)})" for address, answer in refused.items())
        permanent = all(code >= 500 for code, _ in refused.values())
        where = f"{self._target.host}:{self._target.port}"
        return DeliveryError(f"refused for {named}", resource=where, permanent=permanent)

    def _reply(self, code: int, text: bytes | str) -> str:
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        said = hide(words, _forms(self._target.user, self._password))
        return f"{code} {one_line(said)[:200]}".strip()

    def stop(self) -> None:
        """Break off: nothing is handed over any more, and whoever waits on the socket wakes up."""
        self._stopped.set()
        channel = self._smtp.sock if self._smtp is not None else None
        if channel is not None:
            with suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)

    def _open(self) -> smtplib.SMTP:
        target, seconds = self._target, self._target.timeout.total_seconds()
        # smtplib would ask the resolver for this machine's name, which can hang.
        name = self._domain
        if target.security == "tls":
            context = self._context or ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                target.host, target.port, local_hostname=name, timeout=seconds, context=context
            )
        else:
            smtp = smtplib.SMTP(target.host, target.port, local_hostname=name, timeout=seconds)
        self._smtp = smtp
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        if self._target.security == "starttls":
            smtp.starttls(context=self._context or ssl.create_default_context())
        if self._target.user:
            smtp.login(self._target.user, self._password)


T = TypeVar("T")


async def _in_thread(work: Callable[[], T], *, stop: Callable[[], None]) -> T:
    """Run `work` in a new thread and return what it returns, or raise what it raises.

    If the caller is cancelled, `stop` is called and the thread is left to end by itself.
    """
    # Not a pool: its few threads could all hang in one server, and the interpreter waits for them when it exits.
    future: Future[T] = Future()

    def run() -> None:
        future.set_running_or_notify_cancel()
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller
            future.set_exception(error)

    threading.Thread(target=run, name="alert", daemon=True).start()
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        stop()
        raise


def _forms(user: str, password: str) -> list[str]:
    """Return how a password is written to a mail server: as it is, and as AUTH LOGIN and AUTH PLAIN do."""
    if not password:
        return []
    sent = (password, f"\0{user}\0{password}")
    return [password, *(base64.b64encode(each.encode("utf-8", "replace")).decode() for each in sent)]


def _address(text: str, target: str) -> Address:
    name, spec = parseaddr(text)
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, MessageError, IndexError):
        address = Address()
    if not address.username or not address.domain or any(ord(c) < 32 for c in text):
        raise ConfigError(
            "this is no mail address",
            resource=f"target {target}: {one_line(text)}",
            hint='write it as in "desk@example.org" or "Desk <desk@example.org>", in plain letters',
        )
    return address


def _open(target: EmailTarget, _config: Config, _fetcher: Fetcher | None = None) -> EmailNotifier:
    return EmailNotifier(target, target.password.reveal(f"target {target.name}") if target.password else "")


def _check(target: EmailTarget, config: Config) -> None:
    _open(target, config)


def _preview(_target: EmailTarget, _config: Config, delivery: Delivery) -> str:
    message = compose(delivery.payload)
    return f"Subject: {message.subject}\n\n{message.text}"


CHANNEL: Final = Channel(EmailTarget, open=_open, check=_check, preview=_preview)
