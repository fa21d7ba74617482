"""Find an article's text in a page's scripts: in the JSON state from which client-rendered pages build it.

This is done only if the page itself shows no text. Every step is bounded and none recurses, because states may be large
and deeply nested.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from .text import plain

_MAX_SCRIPT_CHARS: Final = 4_000_000  # of all scripts of a page
_MAX_NODES: Final = 100_000
_MAX_DEPTH: Final = 60
_MAX_PARAGRAPH_DEPTH: Final = 8
_MAX_LEAVES: Final = 400
_MAX_ASSIGNMENTS: Final = 4  # tried in one script
_MIN_TEXT_CHARS: Final = 250  # less is a teaser
_MIN_PROSE_CHARS: Final = 40
_MIN_TITLE_CHARS: Final = 10
_MIN_STATE_CHARS: Final = 200  # of one script; less holds no article

# The name of a variable, and where its JSON begins: "window.state = {…}", "pages.push([…])".
_ASSIGNMENT: Final = re.compile(r"(?:(?<![\w.$])([\w.$]+)|(?<![\w.$\"'\]\s]))[\"'\]]*\s*(?:=|\.push\()\s*(?=[{\[])")
_DIGIT: Final = re.compile(r"\d")  # the name of a variable with digits may differ at every build or fetch
# React Server Components send their state as a stream ("flight") in pieces: self.__next_f.push([1,"…"]).
_FLIGHT_PUSH: Final = re.compile(r"__next_f\.push\((?=\[)")
_FLIGHT_ROW: Final = re.compile(rb"([0-9a-f]+):(?:T([0-9a-f]+),)?")
_REFERENCE: Final = re.compile(r"\$[0-9a-f]{1,4}")
_PLACEHOLDER: Final = re.compile(r"\$\$[A-Z_0-9]+\$\$|\[\[[A-Z_0-9]+\]\]")  # of an advert
_BLOCK_TAG: Final = re.compile(r"<(?:p|br|div|h[2-6]|li)\b", re.IGNORECASE)
_MARKUP: Final = re.compile(r"</?[a-zA-Z]+[\s>/]|&#?\w+;")
_PARAGRAPH_BREAK: Final = re.compile(r"(?<!\s)\s*\n\s*\n\s*")
# Three words, or a letter of a script that puts no spaces between words.
_WORDS: Final = re.compile(r"\S\s+\S+\s+\S|[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]")
# Types of items in lists of paragraphs.
_FURNITURE_TYPE: Final = re.compile(
    r"image|photo|picture|video|audio|embed|gallery|related|promo|teaser|newsletter|advert|(?<![a-z])ad(?![a-z])|link|"
    r"caption|comment|author|script|iframe|table_of",
    re.IGNORECASE,
)
_HEADING_TYPE: Final = re.compile(r"head|title|^h[1-6]$|crosshead", re.IGNORECASE)
_QUOTE_TYPE: Final = re.compile(r"quote", re.IGNORECASE)
_TYPE_KEYS: Final = ("type", "nodeType", "_type", "__typename", "kind", "tagName", "style", "name")
_TEXT_KEYS: Final = tuple("text html content value body paragraph children model blocks data spans".split())
# An item with both is a link to another article.
_URL_KEYS: Final = frozenset({"url", "href", "link", "slug", "canonicalUrl", "permalink"})
_NAME_KEYS: Final = frozenset({"title", "headline", "name"})
_DECODER: Final = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class ScriptText:
    """Text found in a script.

    Attributes:
        markup: the text as HTML, to be read like a page.
        source: the name of the script.
        size: characters of text.
        has_headline: whether the headline is next to it.
    """

    markup: str
    source: str
    size: int
    has_headline: bool


def find_script_text(tree: LexborHTMLParser, titles: Iterable[str]) -> ScriptText | None:
    """Return the longest run of paragraphs in the scripts of `tree`, preferring one next to one of `titles`."""
    known = {title.casefold() for title in titles if len(title) >= _MIN_TITLE_CHARS}
    best: ScriptText | None = None
    for source, value, texts in _states(tree):
        for found in _candidates(value, texts, known, source):
            if best is None or (found.has_headline, found.size) > (best.has_headline, best.size):
                best = found
    return best if best is not None and best.size >= _MIN_TEXT_CHARS else None


# --- states: the JSON values in the scripts of a page


def _states(tree: LexborHTMLParser) -> Iterator[tuple[str, object, dict[str, str]]]:
    """Yield the name, the value and the referenced texts of every state; stop when the scripts get too long.

    The state in a script is its JSON, or the first value that it assigns.
    """
    flight: list[str] = []
    spent = 0
    for node in tree.css("script"):
        text = node.text()
        spent += len(text)
        if spent > _MAX_SCRIPT_CHARS:
            break
        kind = (node.attributes.get("type") or "").lower()
        if _FLIGHT_PUSH.search(text):
            pushed = (_decode(text, each.end()) for each in _FLIGHT_PUSH.finditer(text))
            flight += [e[1] for e in pushed if isinstance(e, list) and len(e) > 1 and isinstance(e[1], str)]
        elif len(text) < _MIN_STATE_CHARS or "ld+json" in kind:
            continue
        elif kind.endswith("json"):
            value = _decode(text.strip(), 0)
            if value is not None:
                yield node.attributes.get("id") or kind, value, {}
        else:
            for found in islice(_ASSIGNMENT.finditer(text), _MAX_ASSIGNMENTS):
                value = _decode(text, found.end())
                if value:
                    yield (found[1] if found[1] and not _DIGIT.search(found[1]) else "script"), value, {}
                    break
    if flight:
        rows, texts = _flight_rows("".join(flight).encode("utf-8", "surrogatepass"))
        yield "__next_f", [rows, list(texts.values())], texts


def _decode(text: str, at: int) -> object:
    try:
        return _DECODER.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None


def _flight_rows(stream: bytes) -> tuple[list[object], dict[str, str]]:
    """Return the rows of a flight stream, one JSON value on each line, and its texts by the references to them."""
    rows: list[object] = []
    texts: dict[str, str] = {}
    at = 0
    while at < len(stream) and len(rows) < _MAX_NODES:
        row = _FLIGHT_ROW.match(stream, at)
        if row is not None and row[2]:
            end = row.end() + int(row[2], 16)
            # Other rows refer to a text by "$" and its number.
            texts["$" + row[1].decode()] = stream[row.end() : end].decode("utf-8", "replace")
            at = end
            continue
        end = stream.find(b"\n", at)
        end = len(stream) if end < 0 else end
        if row is not None and stream[row.end() : row.end() + 1] in {b"[", b"{"}:
            rows.append(_decode(stream[row.end() : end].decode("utf-8", "replace"), 0))
        at = end + 1
    return rows, texts


# --- text in a state


def _candidates(state: object, texts: dict[str, str], titles: set[str], source: str) -> Iterator[ScriptText]:
    """Yield every string and every list in a state that looks like several paragraphs.

    Strings such as "$1f" refer to `texts`; `titles` are the headlines, case-folded, for `ScriptText.has_headline`.
    """
    waiting: list[tuple[object, int, bool]] = [(state, 0, False)]
    seen = 0
    while waiting and seen < _MAX_NODES:
        value, depth, titled = waiting.pop()
        seen += 1
        if isinstance(value, str):
            text = texts.get(value, value) if _REFERENCE.fullmatch(value) else value
            if len(text) < _MIN_TEXT_CHARS:
                continue
            if len(_BLOCK_TAG.findall(text)) > 1:
                markup = _PLACEHOLDER.sub("", text)
            else:
                parts = _PARAGRAPH_BREAK.split(text.strip())
                is_text = len(parts) > 1 and _is_prose(text)
                markup = "".join(f"<p>{html.escape(part)}</p>" for part in parts) if is_text else ""
            if markup:
                yield ScriptText(markup, source, len(plain(markup)), titled)
            continue
        if isinstance(value, list):
            markup, size = _list_markup(value)
            if size:
                yield ScriptText(markup, source, size, titled)
            inner: Iterable[object] = value
        elif isinstance(value, dict):
            titled = titled or any(isinstance(each, str) and each.casefold() in titles for each in value.values())
            inner = value.values()
        else:
            continue
        if depth < _MAX_DEPTH:
            waiting.extend((each, depth + 1, titled) for each in inner if isinstance(each, str | list | dict))


def _list_markup(items: list[Any]) -> tuple[str, int]:
    """Return the markup of a list of paragraphs and its characters of text; ("", 0) for any other list."""
    if len(items) < 2 or items[0] == "$":
        return "", 0
    written: list[str] = []
    size = prose = others = 0
    for item in items[:_MAX_NODES]:
        tag, text = _item_markup(item)
        if not text:
            others += isinstance(item, str)
            continue
        written.append(f"<{tag}>{text}</{tag}>")
        if _is_prose(text):
            size += len(text)
            prose += 1
        elif tag == "p":
            others += 1
    return ("".join(written), size) if prose >= 2 and prose > others else ("", 0)


def _item_markup(item: object) -> tuple[str, str]:
    """Return the tag and the inner markup of one item; the markup is empty if it is not text."""
    kind = ""
    if isinstance(item, list) and len(item) == 4 and item[0] == "$":  # an element of React
        kind, item = str(item[1]), item[3]
    if isinstance(item, str):
        return "p", _escaped(item)
    if not isinstance(item, dict) or not (_URL_KEYS.isdisjoint(item) or _NAME_KEYS.isdisjoint(item)):
        return "p", ""
    kind = kind or next((value for key in _TYPE_KEYS if isinstance(value := item.get(key), str)), "")
    if _FURNITURE_TYPE.search(kind):
        return "p", ""
    tag = "h2" if _HEADING_TYPE.search(kind) else "blockquote" if _QUOTE_TYPE.search(kind) else "p"
    found: list[str] = []  # the strings that make up one paragraph of rich text, in order
    waiting: list[tuple[object, int]] = [(item, 0)]
    while waiting and len(found) < _MAX_LEAVES:
        value, depth = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif depth > _MAX_PARAGRAPH_DEPTH:
            continue
        elif isinstance(value, dict):
            inner = next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str | list | dict)), None)
            waiting.append((inner, depth + 1))
        elif isinstance(value, list):
            inner = value[3] if len(value) == 4 and value[0] == "$" else None
            waiting.extend((each, depth + 1) for each in ([inner] if inner is not None else reversed(value)))
    return tag, _escaped("".join(found))


def _escaped(text: str) -> str:
    """Return a string as markup; it may be markup already. An address is not text."""
    text = text.strip()
    if text.startswith(("http://", "https://", "/", "$", "{")):
        return ""
    return text if _MARKUP.search(text) else html.escape(text)


def _is_prose(text: str) -> bool:
    """Return whether `text` reads like a sentence: long, of several words, and not JSON."""
    return len(text) >= _MIN_PROSE_CHARS and _WORDS.search(text) is not None and "{" not in text[:2]
