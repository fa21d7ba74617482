"""Log lines on stderr: logfmt for people, JSON for machines; one event is one line, whatever a page put into it."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO, cast

import structlog

from .redact import clean, printable

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import FilteringBoundLogger, Processor

Form = Literal["logfmt", "json"]
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_FIRST: Final = ("time", "level", "event", "logger")
_LIKE_NAME: Final = re.compile(r"[^\w.-]")
_NEEDS_QUOTES: Final = re.compile(r'[\s="\\]')


class _Lines(structlog.PrintLogger):
    """Writes lines; knows for which room."""

    def __init__(self, name: str, stream: TextIO) -> None:
        super().__init__(stream)
        self.name = name


def configure(form: Form = "logfmt", *, level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line, ours and other libraries' warnings, to stderr (or *stream*) in *form*.

    *level* is debug, info, warning or error. Can be called again; the last call counts.
    """
    least = _LEVELS[level]
    render = _as_json if form == "json" else _as_logfmt
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
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    # Libraries speak of every request on INFO; only what they warn of is worth a line here.
    root.setLevel(max(least, logging.WARNING))


def get(name: str) -> FilteringBoundLogger:
    """Return the logger of a room; its lines carry ``logger=name``."""
    return cast("FilteringBoundLogger", structlog.get_logger(name))


def _cleaned(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {key: value for key, value in event.items() if key.startswith("_")}
    names = [*_FIRST, *(name for name in event if name not in _FIRST and name not in kept)]
    ours = {name: clean(name, event[name]) for name in names if name in event}
    return ours | kept


def _as_json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # ASCII alone: no reader of the file can be led astray by what stands between quotes.
    return json.dumps(event, ensure_ascii=True, separators=(",", ":"), default=str)


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


# Without this, structlog would write to stdout, which belongs to a command's data.
if not structlog.is_configured():
    configure(level="warning")
