"""Any service that Apprise supports (https://github.com/caronc/apprise); needs `pip install 'writethru[apprise]'`.

Apprise opens its own network connections, in a child process that lives for one alert. So this channel guarantees less
than the others: the service sees no Message-ID and no key, so it cannot tell a repeat from a first delivery; a
Retry-After is ignored; "delivered" means that Apprise said so.

The guarantees: the child connects to no private address unless the target allows it. Services that act on this
machine are refused. Redirects are followed only if the Apprise URL asks for it. Nothing is attached. Text is never
treated as a template, and cannot mention anybody in a chat. A service that hangs is ended together with its child.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import os
import re
import sys
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote

from tracker.config.root import Config
from tracker.config.tables import AppriseTarget
from tracker.errors import ConfigError, DeliveryError
from tracker.fetch.refused_addresses import refusal
from tracker.model.alert import Delivery
from tracker.model.capture import Fetcher
from tracker.observe.redact import hide, printable, redact
from tracker.tasks import run_program

from ..message import compose
from .base import Channel, keys_to_check

# An allow-list, so that a new plugin of Apprise is not used before it was reviewed. A test compares it with Apprise.
# Services that are reached over the network.
NETWORK_SERVICES: Final = frozenset(files(__package__).joinpath("apprise_services.txt").read_text("utf-8").split())
TIMEOUT_SECONDS: Final = 40.0
_CHILD_VARIABLES: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_MIN_CREDENTIAL_LENGTH: Final = 4
_LINK: Final = re.compile(r"https?://\S+")
_MENTION: Final = re.compile(r"@|<(?=[@!#&])")
_WORD_JOINER: Final = "\u2060"


class AppriseNotifier:
    """Send alerts to one Apprise URL. The URL contains credentials and never appears in an error.

    Raises ConfigError if the service is not one that is reached over the network, or there is more than one URL.
    """

    def __init__(self, target: AppriseTarget, config: Config, _fetcher: Fetcher | None = None) -> None:
        resource = f"target {target.name}"
        url = target.url if isinstance(target.url, str) else target.url.reveal(resource)
        service = url.partition("://")[0].lower()
        if service not in NETWORK_SERVICES:
            raise ConfigError(
                f"{printable(service)[:40]!r} is not a supported Apprise service",
                resource=resource,
                hint="use a service that is reached over the network, as in discord://, tgram://, slack:// or ntfy://",
            )
        if re.search(r"\s", url):
            raise ConfigError("there is more than one Apprise URL", resource=resource, hint="create a target for each")
        self._url = url
        self._resource = f"{service}://"
        self._private = target.private or config.fetch.allow_private

    async def send(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002 - Apprise has no place for a time
        """Send one alert in a child process, which is killed after the timeout."""
        if importlib.util.find_spec("apprise") is None:
            raise DeliveryError(
                "Apprise is not installed", resource=self._resource, hint="pip install 'writethru[apprise]'"
            )
        message = compose(delivery.payload)
        order = {
            "url": self._url,
            "title": without_mentions(message.subject),
            "body": without_mentions(message.short),
            "timeout": TIMEOUT_SECONDS,
            "private": self._private,
        }
        try:
            ended = await run_program(
                # -P: a file of the current folder must not be imported in place of a library.
                (sys.executable, "-P", "-c", f"from {__name__} import run_child; run_child()"),
                json.dumps(order).encode(),
                timeout=TIMEOUT_SECONDS,
                # Plugins log their messages there, credentials included.
                stderr=asyncio.subprocess.DEVNULL,
                environment={name: os.environ[name] for name in _CHILD_VARIABLES if name in os.environ},
            )
        except TimeoutError:
            reason = f"no answer within {TIMEOUT_SECONDS:g} s"
            raise DeliveryError(reason, resource=self._resource, hint=keys_to_check("url")) from None
        try:
            answer = json.loads(ended.output)
        except ValueError:
            answer = {"ok": False, "error": f"the Apprise process exited with status {ended.status}"}
        if answer.get("ok"):
            return
        reason = str(answer.get("error", "Apprise reported an error without a reason"))
        raise DeliveryError(
            without_credentials(reason, self._url),
            resource=self._resource,
            hint=keys_to_check("url"),
            permanent=bool(answer.get("permanent")),
        )


def without_credentials(reason: str, url: str) -> str:
    """Return the reason of a failure without any part of the Apprise URL that may be secret."""
    # Which parts are depends on the service, so every part that is long enough is hidden.
    parts = re.split(r"[/?&=@:,]", url.partition("://")[2])
    secrets = {part for part in parts if len(part) >= _MIN_CREDENTIAL_LENGTH}
    return printable(redact(hide(reason, secrets | set(map(unquote, secrets)))))[:500]


def without_mentions(text: str) -> str:
    """Return `text` with a word joiner after each @ and <@, so that no chat service notifies people a page mentions.

    In an address, @ is written as %40: a word joiner would lead to another page.
    """
    text = _LINK.sub(lambda found: found[0].replace("@", "%40"), text)
    return _MENTION.sub(lambda found: found[0] + _WORD_JOINER, text)


_NETWORK_EVENTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_REFUSED: Final[list[str]] = []


def deliver(order: dict[str, Any]) -> dict[str, Any]:
    """Send the alert of `order` and return the result, in the child process: ok, error and permanent."""
    import apprise

    asset = apprise.AppriseAsset(
        app_id="Writethru",
        app_desc="Alerts of changed articles",
        app_url="",
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        async_mode=False,
        allow_templates=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        plugin_paths=[],
        service_timeout=order["timeout"],
    )
    service = apprise.Apprise.instantiate(order["url"], asset=asset)
    if service is None:
        return {"ok": False, "permanent": True, "error": "Apprise does not accept this URL"}
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as captured:  # type: ignore[no-untyped-call]
        if sender.notify(body=order["body"], title=order["title"], body_format=apprise.NotifyFormat.TEXT):
            return {"ok": True}
    if _REFUSED:
        return {"ok": False, "error": f"{_REFUSED[-1]}; set private = true for this target to allow it"}
    return {
        "ok": False,
        "error": "; ".join(captured.getvalue().splitlines()[-3:]) or "the service did not accept the alert",
    }


def block_private_addresses() -> None:
    """Let no library in this process connect to a private address from now on."""

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _NETWORK_EVENTS or arguments[1] is None:
            return
        # An address that is not a tuple is a local socket. A name that was not resolved yet is refused as well.
        address = str(arguments[1][0]) if isinstance(arguments[1], tuple) else ""
        if what := refusal(address):
            _REFUSED.append(f"{address or 'a local socket'} is {what}")
            raise PermissionError(_REFUSED[-1])

    # An audit hook cannot be removed, and sees the sockets of every library, however it opens them.
    sys.addaudithook(check)


def run_child() -> None:
    """Read an order from stdin, send the alert, and write the result to stdout: both are JSON."""
    order = json.load(sys.stdin)
    if not order["private"]:
        block_private_addresses()
    print(json.dumps(deliver(order)), flush=True)  # noqa: T201 - the parent reads it
    # A thread of a plugin that still hangs must not keep this process alive.
    os._exit(0)


def _check(target: AppriseTarget, config: Config) -> None:
    if importlib.util.find_spec("apprise") is None:
        raise ConfigError("Apprise is not installed", hint="pip install 'writethru[apprise]'")
    AppriseNotifier(target, config)


def _preview(_target: AppriseTarget, _config: Config, delivery: Delivery) -> str:
    message = compose(delivery.payload)
    return f"{message.subject}\n\n{message.short}"


CHANNEL: Final = Channel(AppriseTarget, open=AppriseNotifier, check=_check, preview=_preview)
