"""Mail through an SMTP server. Each alert has one Message-ID, and mail programs show one thread for each article."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from typing import Any, Final
from urllib.parse import quote

import aiosmtplib

from tracker.config.root import Config
from tracker.config.tables import EmailTarget
from tracker.errors import ConfigError, DeliveryError
from tracker.model.alert import Delivery, Payload
from tracker.model.article import Article
from tracker.model.capture import Fetcher
from tracker.model.change import LabelKind, Noted
from tracker.observe import logs
from tracker.observe.redact import hide
from tracker.render.pictures.change_picture import ChangePicture, change_png, labels_in_words
from tracker.render.plain import noted_in_words
from tracker.render.raster import can_draw
from tracker.render.rows import tidy
from tracker.render.text import direction, one_line

from ..message import compose, edits, headline, when
from .base import Channel, keys_to_check

MAX_REMEMBERED_ALERTS: Final = 1000
MAX_QUIT_SECONDS: Final = 1.0


class _UnfoldedHeader(UnstructuredHeader, BaseHeader):
    """A header of identifiers and addresses. The library would encode long ones as words, which breaks them."""

    def fold(self, *, policy: Policy[Message]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _SubjectHeader(UnstructuredHeader, BaseHeader):
    """A subject as it was given.

    The library would decode what looks like an encoded word, and a headline could add a header with one. It would also
    lose spaces where it folds a text that is not ASCII.
    """

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["decoded"], kwds["parse_tree"] = value, None

    def fold(self, *, policy: Policy[Message]) -> str:
        charset = "us-ascii" if self.isascii() and "=?" not in self else "utf-8"
        words = Header(str(self), charset, header_name=self.name)
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("subject", _SubjectHeader)
for _name in ("in-reply-to", "references", "list-id", "list-unsubscribe", "content-id"):
    _HEADERS.map_to_type(_name, _UnfoldedHeader)
_POLICY: Final = SMTP.clone(header_factory=_HEADERS)
_CONNECTION_KEYS: Final = "host, port and security"
# What a mail server rejects, and the keys of a target that may be wrong then.
_REJECTED: Final[dict[type[aiosmtplib.SMTPResponseException], tuple[str, str]]] = {
    aiosmtplib.SMTPAuthenticationError: ("the login", "user and password"),
    # Many servers answer so when a login or encryption is missing.
    aiosmtplib.SMTPSenderRefused: ("the sender", "sender, user and security"),
    aiosmtplib.SMTPDataError: ("the message", "sender and to"),
}
Refusal = aiosmtplib.SMTPResponse | aiosmtplib.SMTPResponseException
_NO_PICTURE: Final = "picture = true needs the picture extra and a font"
_log = logs.get("alerts")


class EmailNotifier:
    """Send alerts to every address of a target.

    If some addresses are rejected, only those are tried again. This is remembered until the process ends; after a
    restart the others may get a repeat, which has the same Message-ID.

    Raises ConfigError if an address is not valid, or the password would be sent unencrypted.
    """

    def __init__(self, target: EmailTarget, password: str = "", context: ssl.SSLContext | None = None) -> None:
        if password and target.security == "none" and target.host not in {"localhost", "127.0.0.1", "::1"}:
            why = "a password is never sent over an unencrypted connection"
            raise ConfigError(why, resource=f"target {target.name}", hint='set security = "starttls" or "tls"')
        self._target = target
        self._password = password
        self._context = context
        self._sender = _address(target.sender, target.name)
        self._to = tuple(_address(each, target.name) for each in target.to)
        self._accepted: dict[str, set[str]] = {}

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Send one alert within the target's timeout."""
        # Those that have it already are left out, so that a retry for one address does not repeat it for the others.
        waiting = [a.addr_spec for a in self._to if a.addr_spec not in self._accepted.get(delivery.key, ())]
        # In a thread, because a picture takes a while to draw.
        message = await asyncio.to_thread(self._message, delivery, now)
        refused = await self._transfer(message.as_bytes(), waiting)
        if not refused:
            self._accepted.pop(delivery.key, None)
            return
        self._accepted.setdefault(delivery.key, set()).update(set(waiting) - set(refused))
        while len(self._accepted) > MAX_REMEMBERED_ALERTS:
            self._accepted.pop(next(iter(self._accepted)))
        named = "; ".join(f"{address} ({self._reply(answer)})" for address, answer in refused.items())
        codes = [answer.code for answer in refused.values()]
        # Servers that relay mail only after a login say so of the recipients.
        keys = "to" if self._target.user else "to, user and password"
        raise self._error(f"rejected for {named}", keys if max(codes) >= 500 else "", permanent=min(codes) >= 500)

    async def _transfer(self, message: bytes, to: Sequence[str]) -> Mapping[str, Refusal]:
        """Send `message` in one SMTP session; return the rejected addresses with the server's answers.

        Raises DeliveryError.
        """
        target, seconds = self._target, self._target.timeout.total_seconds()
        session = aiosmtplib.SMTP(
            hostname=target.host,
            port=target.port,
            username=target.user or None,
            password=self._password,
            # The library would ask the resolver for this machine's name, which can hang.
            local_hostname=self._sender.domain,
            timeout=None,
            use_tls=target.security == "tls",
            start_tls=target.security == "starttls",
            tls_context=self._context,
        )
        try:
            async with asyncio.timeout(seconds):
                await session.connect()
                refused, _ = await session.sendmail(self._sender.addr_spec, to, message)
            # A message that was accepted stays accepted, whatever the server answers to QUIT.
            with suppress(aiosmtplib.SMTPException, OSError):
                await session.quit(timeout=MAX_QUIT_SECONDS)
        except TimeoutError:
            raise self._error(f"the mail server took longer than {seconds:g} s", _CONNECTION_KEYS) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {each.recipient: each for each in error.recipients}
        except aiosmtplib.SMTPResponseException as error:
            what, keys = next(
                (_REJECTED[kind] for kind in _REJECTED if isinstance(error, kind)), ("", _CONNECTION_KEYS)
            )
            reason = f"the mail server {f'rejected {what}:' if what else 'answered'} {self._reply(error)}"
            permanent = isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 500
            raise self._error(reason, keys if error.code >= 500 else "", permanent=permanent) from None
        except OSError as error:
            reason = f"the connection to the mail server failed: {_cause(error)}"
            raise self._error(reason, _CONNECTION_KEYS) from None
        except aiosmtplib.SMTPException as error:
            raise self._error(str(error).rstrip("."), "security, user and password") from None
        except ValueError:
            # The text of the exception could quote the password.
            reason = "the user name, password or message contains characters that SMTP cannot transfer"
            raise self._error(reason, "user and password") from None
        finally:
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
            session.close()
        return refused

    def _error(self, reason: str, keys: str, *, permanent: bool = False) -> DeliveryError:
        """Return the error to raise; `keys` are those of the target's table that may be wrong."""
        where = f"{self._target.host}:{self._target.port}"
        return DeliveryError(reason, resource=where, hint=keys_to_check(keys), permanent=permanent)

    def _reply(self, answer: Refusal) -> str:
        """Return a server's answer; some servers repeat the password in it, so it is removed."""
        forms = []
        if self._password:
            # Plain, and as AUTH LOGIN and AUTH PLAIN send it.
            sent = (self._password, f"\0{self._target.user}\0{self._password}")
            encoded = (base64.b64encode(each.encode("utf-8", "replace")).decode() for each in sent)
            forms = [self._password, *encoded]
        shown = hide(answer.message, forms)
        return f"{answer.code} {one_line(shown)[:200]}".strip()

    def _message(self, delivery: Delivery, now: datetime) -> EmailMessage:
        host = self._sender.domain
        ident = f"picture.{delivery.key}@{host}"
        picture = picture_in(delivery.payload) if self._target.picture else None
        drawn: tuple[str, bytes] | None = None
        if picture is not None:
            try:
                drawn = picture.alt, change_png(picture)
            except ConfigError as error:
                _log.warning("mail without its picture", detail=error.message, hint=error.hint)
        words = compose(delivery.payload, drawn and (ident, drawn[0]))
        thread = f"<article.{delivery.article}@{host}>"
        unsubscribe = quote(f"unsubscribe {one_line(delivery.rule)}")
        message = EmailMessage(policy=_POLICY)
        message["Subject"] = words.subject
        message["From"] = self._sender
        message["To"] = self._to
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{delivery.key}@{host}>"
        # No message has this identifier. Mail programs show all messages that name it as their parent as one thread.
        message["In-Reply-To"] = thread
        message["References"] = thread
        message["List-ID"] = f"<writethru.{host}>"
        message["List-Unsubscribe"] = f"<mailto:{self._sender.addr_spec}?subject={unsubscribe}>"
        # Out-of-office programs do not answer such mail (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(words.text)
        message.add_alternative(words.html, subtype="html")
        if drawn is not None:
            (*_, page) = message.iter_parts()
            assert isinstance(page, EmailMessage)
            page.add_related(drawn[1], "image", "png", cid=f"<{ident}>", filename="change.png", disposition="inline")
        return message


def _cause(error: OSError) -> str:
    """Return why a connection failed, in the words of the system."""
    root = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(root, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({root.verify_message})"
    # asyncio writes the addresses that it tried in place of the reason.
    refused = re.findall(r"\[Errno (\d+)\] Connect call failed", str(root))
    return os.strerror(int(refused[-1])) if refused else root.strerror or str(root)


def _address(text: str, target: str) -> Address:
    name, spec = parseaddr(text)
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, MessageError, IndexError):
        address = Address()
    if not address.username or not address.domain or any(ord(c) < 32 for c in text):
        raise ConfigError(
            "not a valid mail address",
            resource=f"target {target}: {one_line(text)}",
            hint='write it as in "desk@example.org" or "Desk <desk@example.org>"; accents are not supported',
        )
    return address


def _open(target: EmailTarget, _config: Config, _fetcher: Fetcher | None = None) -> EmailNotifier:
    return EmailNotifier(target, target.password.reveal(f"target {target.name}") if target.password else "")


def _check(target: EmailTarget, config: Config) -> None:
    _open(target, config)
    if target.picture and not can_draw():
        raise ConfigError(
            _NO_PICTURE,
            resource=f"target {target.name}",
            hint="run: pip install 'writethru[picture]' and, where there is no font, apt-get install fonts-noto-core",
        )


def _preview(target: EmailTarget, _config: Config, delivery: Delivery) -> str:
    message = compose(delivery.payload)
    picture = picture_in(delivery.payload) if target.picture else None
    shown = ""
    if picture is not None:
        shown = f"\nPicture: {one_line(picture.alt)}\n" if can_draw() else f"\nNo picture: {_NO_PICTURE}\n"
    return f"Subject: {message.subject}\n\n{message.text}{shown}"


CHANNEL: Final = Channel(EmailTarget, open=_open, check=_check, preview=_preview)


def picture_in(body: Payload) -> ChangePicture | None:
    """Return the picture of the change that an alert is about; None if its message shows no edit of an article."""
    if body["type"] != "article.changed" or body.get("said") or not edits(body):
        return None
    kinds = frozenset(LabelKind(label["kind"]) for label in body["labels"])
    top = body["top_hunk"]
    # A field, or a paragraph of the new text, else of the old one.
    where = str(top["where"]) if top["old"] is None else f"old ¶{top['old'] + 1}"
    if top["new"] is not None:
        where = f"¶{top['new'] + 1}"
    return ChangePicture(
        outlet=one_line(body["source"]),
        headline=headline(body),
        when=when(body),
        labels=labels_in_words(kinds),
        noted="unclear whether noted"
        if body["noted"] == Noted.UNCLEAR
        else noted_in_words(kinds, announced=body["announced"]),
        where=where,
        edit=tidy((op, text) for op, text in top["hunks"]),
        foot=f"{body['article']}, versions {body['previous_version']} and {body['version']} · {one_line(body['url'])}",
        rtl=direction(Article(title=body["headline"])) == "rtl",
    )
