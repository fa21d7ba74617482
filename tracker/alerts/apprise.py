"""Any service Apprise knows (https://github.com/caronc/apprise), an extra: ``pip install 'writethru[apprise]'``.

Apprise opens its own network connections, in a child process that lives for one alert. So this channel cannot promise
what the others do: no Message-ID or key reaches the service, so a repeat cannot be told from a first delivery; no
Retry-After is seen; "delivered" means that Apprise said so. What we do see to: its child connects to no private
address unless the target says so, services that act on this machine are refused, redirects are not followed unless the
Apprise URL asks for it, nothing is attached, texts are data and never templates, nobody is pinged by what a page says,
and a service that hangs is killed with its child.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from ..errors import ConfigError, DeliveryError
from ..observe.redact import printable, redact
from .apprise_schemas import ALLOWED
from .message import compose

if TYPE_CHECKING:
    from datetime import datetime

    from ..model import Delivery

TIMEOUT: Final = 40.0
_KEPT: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_SHORTEST: Final = 4
"""Letters of a part of an address that may be a password."""
_MENTION: Final = re.compile(r"@|<(?=[@!#&])")
_JOINER: Final = "\u2060"


class AppriseNotifier:
    """Hands an alert to one Apprise URL; the URL holds credentials and never shows in an error."""

    def __init__(self, name: str, url: str, *, private: bool = False, timeout: float = TIMEOUT) -> None:
        schema = url.partition("://")[0].lower()
        resource = f"target {name}"
        if schema not in ALLOWED:
            raise ConfigError(
                f"Apprise is not used for {printable(schema)[:40]!r} here",
                resource=resource,
                hint="name a service that is reached over the network, as in discord://, tgram://, slack:// or ntfy://",
            )
        if re.search(r"\s", url):
            raise ConfigError("this is more than one Apprise URL", resource=resource, hint="make a target for each")
        self._url = url
        self._resource = f"{schema}://"
        self._private = private
        self._timeout = timeout

    async def send(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002 - Apprise stamps no time
        """Let a child process send one alert; kill it when its time is over."""
        if importlib.util.find_spec("apprise") is None:
            raise DeliveryError(
                "Apprise is not installed", resource=self._resource, hint="pip install 'writethru[apprise]'"
            )
        words = compose(delivery.payload)
        order = {
            "url": self._url,
            "title": without_mentions(words.subject),
            "body": without_mentions(words.short),
            "timeout": self._timeout,
            "private": self._private,
        }
        answer = await self._child(json.dumps(order).encode())
        if not answer.get("ok"):
            reason = self._without_credentials(str(answer.get("error", "Apprise gave no reason")))
            raise DeliveryError(reason, resource=self._resource, permanent=bool(answer.get("permanent")))

    async def _child(self, order: bytes) -> dict[str, object]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tracker.alerts.apprise_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
        )
        try:
            async with asyncio.timeout(self._timeout):
                out, _ = await child.communicate(order)
        except TimeoutError:
            raise DeliveryError(f"no answer within {self._timeout:g} s", resource=self._resource) from None
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        try:
            answer: dict[str, object] = json.loads(out)
        except ValueError:
            return {"ok": False, "error": f"Apprise's process ended with status {child.returncode}"}
        return answer

    def _without_credentials(self, reason: str) -> str:
        rest = self._url.partition("://")[2]
        parts = {part for part in re.split(r"[/?&=@:,]", rest) if len(part) >= _SHORTEST}
        for part in sorted(parts | set(map(unquote, parts)), key=len, reverse=True):
            reason = reason.replace(part, "…")
        return printable(redact(reason))[:500]


def without_mentions(text: str) -> str:
    """Return *text* with a word joiner behind each @ and <@, so that no chat service pings whom a page names."""
    return _MENTION.sub(lambda found: found[0] + _JOINER, text)
