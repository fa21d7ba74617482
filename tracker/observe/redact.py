"""Keep secrets, and characters that would break or forge a line, out of log lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

HIDDEN: Final = "[hidden]"
MAX_LOGGED_CHARACTERS: Final = 4000

# Every repetition is bounded, so that text from a hostile page cannot make these slow.
_USERINFO: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s/?#'\"<>]{1,512}@")
_NAMES: Final = (
    r"(?:access_?token|api[_-]?key|auth(?:orization)?|cookie|credentials?|passw(?:or)?d|private[_-]?key|secret"
    r"|session(?:id)?|signature|token)"
)
_PARAMETER: Final = re.compile(rf"([?&;]{_NAMES}=)[^&\s'\"#]{{1,2048}}", re.IGNORECASE)
_BEARER: Final = re.compile(r"\b(Bearer|Basic)\s{1,3}[A-Za-z0-9._~+/=-]{8,2048}", re.IGNORECASE)
_DATABASE: Final = re.compile(r"(?P<scheme>[\w.+-]+://)(?P<who>[^/?].*@)?(?P<rest>.*)", re.DOTALL)
_NO_PORT: Final = re.compile(r"^([^/?\[]*:)(?!\d+(?:[/?]|$))[^/?]+")
_IN_QUERY: Final = re.compile(r"([?&]\w*password=)[^&]*", re.IGNORECASE)
_PATH: Final = re.compile(r"[\w./~ -]+")
_WEBHOOK: Final = re.compile(r"whsec_[A-Za-z0-9+/=]{4,256}")
_KEY: Final = re.compile(rf"(?:^|[_-]){_NAMES}$", re.IGNORECASE)

_CONTROL: Final = {
    **{code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))},
    0x09: "\\t",
    0x0A: "\\n",
    0x0D: "\\r",
    **{
        code: f"\\u{code:04x}"
        for code in (
            *(0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0xFEFF),
            *(*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)),
        )
    },
    **{code: f"\\U{code:08x}" for code in range(0xE0000, 0xE0080)},
}


def redact(text: str) -> str:
    """Return `text` with credentials in addresses, secret parameters, tokens and webhook secrets hidden."""
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    text = _PARAMETER.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _WEBHOOK.sub(HIDDEN, text)


def hide(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with each of `secrets` replaced by `HIDDEN`."""
    # Longest first, so that no part of a secret remains that begins with another one.
    forms = sorted(filter(None, secrets), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, forms)), HIDDEN, text) if forms else text


def database(url: str) -> str:
    """Return a database URL with its password hidden, however it was written.

    Text that is not a URL may contain a password anywhere, so it is shown only if it is a plain file name.
    """
    found = _DATABASE.fullmatch(url)
    if found is None:
        return url if _PATH.fullmatch(url) else HIDDEN
    # A password may contain an @ that should have been escaped, so it ends at the last one.
    user, colon, _ = (found["who"] or "").rstrip("@").partition(":")
    who = f"{user}:{HIDDEN}@" if colon else found["who"] or ""
    rest = _NO_PORT.sub(rf"\1{HIDDEN}", found["rest"])
    return found["scheme"] + who + _IN_QUERY.sub(rf"\1{HIDDEN}", rest)


def printable(text: str) -> str:
    r"""Return `text` on one line, with control, direction and tag characters as ``\n``, ``\x1b``, ``\u202e``."""
    return text.translate(_CONTROL)


def clean(key: str, value: object) -> object:
    """Return `value` as it may be logged: hidden if `key` is the name of a secret, and very long text cut.

    Numbers, booleans and None stay as they are. Mappings and sequences are cleaned inside. All else becomes text.
    """
    if value is None or value == "" or isinstance(value, bool):
        return value
    if _KEY.search(key):
        return HIDDEN
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): clean(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(key, item) for item in value]
    text = redact(str(value))
    return text if len(text) <= MAX_LOGGED_CHARACTERS else f"{text[:MAX_LOGGED_CHARACTERS]}… ({len(text)} characters)"
