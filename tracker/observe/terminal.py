"""Log lines for a person at a terminal: the time, the outlet, and the headline or the reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from .plain_structlog import structlog
from .redact import printable

# Failures with the same reason are shown once in this time, so that one lost network is one line.
MAX_SIMILAR_INTERVAL: Final = timedelta(minutes=1)

_HOST: Final = re.compile(r"(?<![\w-])[\w-]+(?:\.[\w-]+)+\b")

Event = MutableMapping[str, Any]


class TerminalLines:
    """Renders events as lines for people. What is of no use to them, such as a list with nothing new, is dropped."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._hidden: Counter[str] = Counter()

    def __call__(self, _logger: object, _method: str, event: Event) -> str:
        """Return the line of an event. Raises structlog.DropEvent where there is nothing to show."""
        at = datetime.fromisoformat(event["time"]) if "time" in event else datetime.now(UTC)
        text = _LINES.get(event["event"], _other)(event)
        if text and "next_try" in event:
            # Without the name of the host: one lost network fails for each host in the same words.
            text = self._once(text, _HOST.sub("", str(event.get("detail", ""))), at)
        if not text:
            raise structlog.DropEvent
        return f"{at.astimezone():%H:%M:%S}  {printable(text)}"

    def _once(self, text: str, reason: str, at: datetime) -> str:
        """Return the line of a failure, or "" if one with the same reason was shown a short time ago."""
        last = self._last.get(reason)
        if reason and last is not None and at - last < MAX_SIMILAR_INTERVAL:
            self._hidden[reason] += 1
            return ""
        self._last[reason] = at
        hidden = self._hidden.pop(reason, 0)
        return f"{text} ({hidden} more failed in this way since {last.astimezone():%H:%M})" if hidden and last else text


def _listening(event: Event) -> str:
    return f"web pages: {event['web']}/" if "web" in event else ""


def _started(event: Event) -> str:
    count = event["sources"]
    if not count:
        return "nothing is watched yet: run `writethru add URL`; press Ctrl-C to stop"
    return f"watching {count} source{'' if count == 1 else 's'}, archive {event['archive']}; press Ctrl-C to stop"


def _hub(event: Event) -> str:
    if "next_try" in event:
        return f"{event['source']}: {event.get('detail') or event['outcome']}{_next_try(event)}"
    count = event.get("new")
    return f"{event['source']}: {count} new article{'' if count == 1 else 's'} in {event['url']}" if count else ""


def _version(event: Event) -> str:
    title = f"“{event['title'] or event['url']}”"
    if event["version"] == 1:
        return f"{event['source']}: new article {title}"
    alerts = f", alerts: {event['alerts']}" if event["alerts"] else ""
    size = f"+{event['words_added']} −{event['words_removed']} words"
    labels = f" ({event['labels'].replace(',', ', ')})" if event["labels"] else ""
    return f"{event['source']}: v{event['version']} of {title}, {size}{labels}{alerts}"


def _check(event: Event) -> str:
    return f"{event['url']}: {event.get('detail') or event['outcome']}{_next_try(event)}" if "next_try" in event else ""


def _next_try(event: Event) -> str:
    if event["next_try"] == "never":
        return "; not tried again"
    return f"; next try at {datetime.fromisoformat(event['next_try']).astimezone():%H:%M}"


def _other(event: Event) -> str:
    """Return a line for any other event: how bad it is, what it says, and what to do."""
    level = {"warning": "warning: ", "error": "error: ", "critical": "error: "}.get(event.get("level", ""), "")
    internal = {"time", "level", "event", "logger", "detail", "hint"}
    detail = str(event.get("detail", ""))
    facts = ", ".join(f"{key} {value}" for key, value in event.items() if key not in internal and key[0] != "_")
    # "No contact address is set" needs no "no contact" before it.
    name = "" if detail.lower().startswith(event["event"]) else event["event"]
    said = ": ".join(filter(None, (name, detail or facts)))
    hint = f" (hint: {event['hint']})" if event.get("hint") else ""
    return f"{level}{said}{hint}"


def _lead(event: Event) -> str:
    return "" if event.get("level") == "info" else _other(event)  # a person at a terminal runs one process


_LINES: Final[dict[str, Callable[[Event], str]]] = {
    "listening": _listening,
    "started": _started,
    "hub": _hub,
    "version": _version,
    "check": _check,
    "lead": _lead,
}
