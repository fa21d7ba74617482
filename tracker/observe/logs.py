"""Log lines on stderr: text for a terminal, logfmt or JSON for a log. One event is one line, whatever it contains."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections import Counter
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO, cast

from .redact import clean, printable

# structlog would import rich and twisted, which are not used here, in a tenth of a second.
_modules = cast("dict[str, Any]", sys.modules)
_hidden = {"rich", "twisted"} - _modules.keys()
_modules.update(dict.fromkeys(_hidden))  # to structlog they are not installed
try:
    import structlog
finally:
    for _name in _hidden:
        del _modules[_name]
if TYPE_CHECKING:  # at the top, this would load structlog before the lines above
    from structlog.typing import FilteringBoundLogger, Processor

# Failures with the same reason are shown once in this time, so that a network outage is one line.
MAX_SIMILAR_INTERVAL: Final = timedelta(minutes=1)

_HOST: Final = re.compile(r"(?<![\w-])[\w-]+(?:\.[\w-]+)+\b")

Event = MutableMapping[str, Any]


class TerminalLines:
    """Renders events as lines for people. Events they do not need are dropped, such as a list with nothing new."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._hidden: Counter[str] = Counter()

    def __call__(self, _logger: object, _method: str, event: Event) -> str:
        """Return the line of an event. Raises structlog.DropEvent where there is nothing to show."""
        at = datetime.fromisoformat(event["time"]) if "time" in event else datetime.now(UTC)
        text = _line(event)
        if text and ("next_try" in event or event["event"] == "postponed"):
            # Without host names: in an outage, the checks of all hosts fail with the same message.
            reason = _HOST.sub("", str(event.get("detail", ""))) or f"{event.get('target')}: {event.get('reason')}"
            last = self._last.get(reason)
            if reason and last is not None and at - last < MAX_SIMILAR_INTERVAL:
                self._hidden[reason] += 1
                raise structlog.DropEvent
            self._last[reason] = at
            if last and (hidden := self._hidden.pop(reason, 0)):
                text += f" ({hidden} more failed in this way since {last.astimezone():%H:%M})"
        if not text:
            raise structlog.DropEvent
        return f"{at.astimezone():%H:%M:%S}  {printable(text)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _next_try(time: str) -> str:
    return f"next try at {datetime.fromisoformat(time).astimezone():%H:%M}"


def _line(event: Event) -> str:
    """Return the line of an event; "" if people need none."""
    name, text = event["event"], ""
    if name == "listening" and "web" in event:
        text = f"web pages: {event['web']}/"
    elif name == "started" and event["sources"]:
        text = f"watching {_count(event['sources'], 'source')}, archive {event['archive']}; press Ctrl-C to stop"
    elif name == "started":
        text = "nothing is watched yet: run `writethru add URL`; press Ctrl-C to stop"
    elif name in {"hub", "check"} and "next_try" in event:
        where = event["source"] if name == "hub" else event["url"]
        following = "not tried again" if event["next_try"] == "never" else _next_try(event["next_try"])
        text = f"{where}: {event.get('detail') or event['outcome']}; {following}"
    elif name == "hub" and (count := event.get("new")):
        text = f"{event['source']}: {_count(count, 'new article')} in {event['url']}"
    elif name == "version":
        title = f"“{event['title'] or event['url']}”"
        text = f"{event['source']}: new article {title}"
        if event["version"] > 1:
            alerts = f"; {_count(event['alerts'], 'alert')}" if event["alerts"] else ""
            size = f"{_count(event['words_added'], 'word')} added, {event['words_removed']} removed"
            labels = f" ({event['labels'].replace(',', ', ')})" if event["labels"] else ""
            text = f"{event['source']}: v{event['version']} of {title}: {size}{labels}{alerts}"
    elif name == "postponed":
        text = f"target {event['target']}: an alert was not delivered: {event['reason']}; {_next_try(event['due'])}"
    elif name == "undeliverable":
        text = f"error: target {event['target']}: an alert was not delivered: {event['reason']}; not tried again"
    elif name not in _UNTOLD and (name != "lead" or event.get("level") != "info"):
        # Any other event: its severity, its text and the hint. That the only process leads is no news.
        level = {"warning": "warning: ", "error": "error: ", "critical": "error: "}.get(event.get("level", ""), "")
        internal = {"time", "level", "event", "logger", "detail", "hint"}
        detail = str(event.get("detail", ""))
        facts = ", ".join(f"{key} {value}" for key, value in event.items() if key not in internal and key[0] != "_")
        # "No contact address is set" needs no "no contact" before it, nor "target desk failed" a "target paused".
        words = name.replace("_", " ")
        shown = "" if detail.lower().startswith((words, "target ")) else words
        said = ": ".join(filter(None, (shown, detail or facts)))
        hint = f" (hint: {event['hint']})" if event.get("hint") else ""
        text = f"{level}{said}{hint}"
    return text


# Events that are not shown, or in another way when the service starts.
_UNTOLD: Final = frozenset({"listening", "hub", "check", "nothing watched"})
# auto: text where stderr is a terminal, or else logfmt.
Form = Literal["auto", "text", "logfmt", "json"]
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_FIRST: Final = ("time", "level", "event", "logger")
_LIKE_NAME: Final = re.compile(r"[^\w.-]")
_NEEDS_QUOTES: Final = re.compile(r'[\s="\\]')
# Only ASCII, so that no character in a value can confuse readers of the file.
_as_json: Final = structlog.processors.JSONRenderer(ensure_ascii=True, separators=(",", ":"), default=str)


class _Lines(structlog.PrintLogger):
    """Writes lines to a stream, and knows the name of its logger."""

    def __init__(self, name: str, stream: TextIO) -> None:
        super().__init__(stream)
        self.name = name


def configure(form: Form = "logfmt", *, level: str = "info", stream: TextIO | None = None) -> None:
    """Write all log lines, including warnings from libraries, to stderr in one form.

    The last call counts. `level` is the lowest one to write: debug, info, warning or error.
    """
    least = _LEVELS[level]
    if form == "auto":
        form = "text" if (stream or sys.stderr).isatty() else "logfmt"
    render: Processor = _as_json if form == "json" else TerminalLines() if form == "text" else _as_logfmt
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        _cleaned,
    ]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda name: _Lines(name, stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    # Replace only our own handlers: a test runner or a program that embeds this one has others.
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    # Libraries log every request at INFO; only their warnings are useful here.
    root.setLevel(max(least, logging.WARNING))


def get(name: str) -> FilteringBoundLogger:
    """Return the logger `name`; its lines contain ``logger=name``."""
    return cast("FilteringBoundLogger", structlog.get_logger(name))


def _cleaned(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return `event` with its values cleaned and the keys of `_FIRST` in front; structlog's own keys stay last."""
    internal = {key: value for key, value in event.items() if key.startswith("_")}
    names = [*_FIRST, *(name for name in event if name not in _FIRST and name not in internal)]
    return {name: clean(name, event[name]) for name in names if name in event} | internal


def _as_logfmt(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return an event as one line of key=value pairs; a value with spaces, quotes or equals signs is quoted."""
    parts = []
    for key, value in event.items():
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, dict | list):
            text = json.dumps(value, ensure_ascii=False)
        else:
            text = "" if value is None else str(value)
        if value is not None and (not text or _NEEDS_QUOTES.search(text)):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            text = f'"{escaped}"'
        parts.append(f"{_LIKE_NAME.sub('_', key)}={printable(text)}")
    return " ".join(parts)


# Otherwise structlog would write to stdout, which is for the data of a command.
if not structlog.is_configured():
    configure(level="warning")
