"""Log lines on stderr: text for a terminal, logfmt or JSON for a log. One event is one line, whatever it contains."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO, cast

from .plain_structlog import structlog
from .redact import clean, printable
from .terminal import TerminalLines

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger, Processor

# auto: text where stderr is a terminal, or else logfmt.
Form = Literal["auto", "text", "logfmt", "json"]
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_FIRST: Final = ("time", "level", "event", "logger")
_LIKE_NAME: Final = re.compile(r"[^\w.-]")
_NEEDS_QUOTES: Final = re.compile(r'[\s="\\]')
# Only ASCII, so that no character in a value can confuse whoever reads the file.
_as_json: Final = structlog.processors.JSONRenderer(ensure_ascii=True, separators=(",", ":"), default=str)


class _Lines(structlog.PrintLogger):
    """Writes lines to a stream, and knows the name of its logger."""

    def __init__(self, name: str, stream: TextIO) -> None:
        super().__init__(stream)
        self.name = name


def configure(form: Form = "logfmt", *, level: str = "info", stream: TextIO | None = None) -> None:
    """Write every log line, including the warnings of other libraries, to stderr in one form.

    Can be called again; the last call counts. `level` is the lowest one to write: debug, info, warning or error.
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
    # Only our own are replaced: a test runner or an embedding program has handlers of its own.
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
    return " ".join(f"{_LIKE_NAME.sub('_', key)}={_logfmt(value)}" for key, value in event.items())


def _logfmt(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    if text and not _NEEDS_QUOTES.search(text):
        return printable(text)
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(quoted)}"'


# Otherwise structlog would write to stdout, which is for the data of a command.
if not structlog.is_configured():
    configure(level="warning")
