r"""Regular expressions from users, matched by RE2, whose time grows only linearly with the text.

RE2 has no look-around and no back-references; ``\d``, ``\w`` and ``\b`` mean ASCII (write ``\pL`` for any letter).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

# The beginnings of RE2's reasons, and what to write instead of a feature that it lacks.
_NOT_IN_RE2: Final = {
    "invalid perl operator: (?=": "look-ahead (?=…) is not supported; match the text itself instead",
    "invalid perl operator: (?!": "look-ahead (?!…) is not supported; use exclude or a second rule",
    "invalid perl operator: (?<": "look-behind (?<…) is not supported; match the text itself instead",
    "invalid escape sequence: \\1": "back-references like \\1 are not supported",
    "invalid escape sequence: \\2": "back-references like \\2 are not supported",
}


class PatternError(ValueError):
    """A text is not a regular expression, or RE2 does not support it. The message says why."""


@lru_cache(maxsize=512)
def pattern(text: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    """Return the compiled expression, which has `search` and `finditer`. Raises PatternError."""
    import re2  # imported here because most configurations contain no expression

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raw = error.args[0] if error.args else ""
        reason = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        reason = next((words for start, words in _NOT_IN_RE2.items() if reason.startswith(start)), reason)
        raise PatternError(f"{text!r} is not a usable regular expression: {reason}") from None


def found(text: str, within: str) -> bool:
    """Return whether the expression `text` matches anywhere in `within`."""
    return pattern(text).search(_encodable(within)) is not None


def spans(text: str, within: str) -> list[tuple[int, int]]:
    """Return the start and end of each match of the expression `text` in `within`, in characters."""
    return [match.span() for match in pattern(text).finditer(_encodable(within))]


def _encodable(text: str) -> str:
    """Return `text` with each lone surrogate, which UTF-8 cannot encode, replaced by "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
