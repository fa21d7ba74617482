r"""Regular expressions that users bring, run by RE2: no pattern and no text can make them run away.

RE2 knows no look-around and no back-references; ``\d``, ``\w`` and ``\b`` mean ASCII (write ``\pL`` for any letter).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any


class PatternError(ValueError):
    """A text that is no regular expression, or one that RE2 cannot run; the message says why."""


@lru_cache(maxsize=512)
def pattern(text: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    """Return *text* as a compiled expression, with `search` and `finditer`. Raises PatternError."""
    import re2  # when it is first needed: most configurations name no expression

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise PatternError(f"{text!r} is no regular expression that can be used: {_plain(reason)}") from None


def found(text: str, within: str) -> bool:
    """Say whether the expression *text* is found in *within*."""
    return pattern(text).search(_whole(within)) is not None


def spans(text: str, within: str) -> list[tuple[int, int]]:
    """Return where the expression *text* is found in *within*: start and end of each, in characters."""
    return [match.span() for match in pattern(text).finditer(_whole(within))]


def _whole(text: str) -> str:
    """Return *text* as UTF-8 can carry it, character for character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _plain(reason: str) -> str:
    for sign, means in (
        ("invalid perl operator: (?=", "look-ahead (?=…) is not supported; match what stands there instead"),
        ("invalid perl operator: (?!", "look-ahead (?!…) is not supported; use exclude or a second rule"),
        ("invalid perl operator: (?<", "look-behind (?<…) is not supported; match what stands there instead"),
        ("invalid escape sequence: \\1", "back-references like \\1 are not supported"),
        ("invalid escape sequence: \\2", "back-references like \\2 are not supported"),
    ):
        if reason.startswith(sign):
            return means
    return reason
