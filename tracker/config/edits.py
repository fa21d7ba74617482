"""Edits of the configuration that keep every other byte of it: text in, text out.

Each edit is parsed again and compared with what it was meant to say, so a file too unusual for it is refused, not
damaged.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Table, Trivia

from tracker.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tomlkit import TOMLDocument

_MARK: Final = "#\ue000writethru\ue000\n"
_BY_HAND: Final = "edit the file by hand"


def add_source(
    text: str,
    name: str,
    *,
    feeds: Sequence[str] = (),
    sitemaps: Sequence[str] = (),
    pages: Sequence[Mapping[str, str]] = (),
    urls: Sequence[str] = (),
    story: str = "",
) -> str:
    """Return the file with a new `[[sources]]` after the last one.

    *pages* are tables of url, selector and pattern. Raises UsageError where the name is taken, ConfigError where
    the file cannot be edited.
    """
    entry: dict[str, Any] = {"name": name}
    for key, values in (("feeds", feeds), ("sitemaps", sitemaps), ("urls", urls)):
        if values:
            entry[key] = list(values)
    if story:
        entry["story"] = story
    tables = [{key: value for key, value in page.items() if value} for page in pages]
    if tables:
        entry["pages"] = tables
    return _append(text, "sources", entry)


def add_feed(text: str, source: str, url: str) -> str:
    """Return the file with *url* among the feeds of *source*. Raises UsageError where there is no such source."""
    return _extend(text, "sources", source, "feeds", [url])


def add_sitemap(text: str, source: str, url: str) -> str:
    """Return the file with *url* among the sitemaps of *source*. Raises UsageError where there is no such source."""
    return _extend(text, "sources", source, "sitemaps", [url])


def add_url(text: str, source: str, url: str) -> str:
    """Return the file with *url* among the single articles of *source*. Raises UsageError where there is none such."""
    return _extend(text, "sources", source, "urls", [url])


def add_page(text: str, source: str, url: str, *, selector: str = "", pattern: str = "") -> str:
    """Return the file with a section page added to *source*. Raises UsageError where there is no such source."""
    page = {key: value for key, value in (("url", url), ("selector", selector), ("pattern", pattern)) if value}
    document, meant = _parse(text)
    table, plain = _named(document, meant, "sources", source)
    if page in plain.get("pages", []):
        return text
    plain.setdefault("pages", []).append(page)
    pages = table.get("pages")
    if pages is not None and not isinstance(pages, AoT):
        item = tomlkit.inline_table()
        item.update(page)
        pages.append(item)
        return _checked(document.as_string(), meant)
    snippet = _table("sources.pages", page)
    return _checked(_splice(text, document, table, snippet), meant)


def add_story(text: str, name: str, urls: Sequence[str]) -> str:
    """Return the file with *urls* in the story *name*, which is made where it is new."""
    document, meant = _parse(text)
    del document
    if any(story.get("name") == name for story in meant.get("stories", [])):
        return _extend(text, "stories", name, "urls", urls)
    return _append(text, "stories", {"name": name, "urls": list(dict.fromkeys(urls))})


def pause(text: str, source: str, *, paused: bool = True) -> str:
    """Return the file with *source* paused, or resumed. Raises UsageError where there is no such source."""
    return _set(text, "sources", source, "paused", paused, False)


def follow_story(text: str, name: str, most: int) -> str:
    """Return the file with *most* links followed for the story *name*. Raises UsageError where there is no such story.

    A number that stands there and is higher stays.
    """
    stands = [story.get("follow", 0) for story in _stories(text) if story.get("name") == name]
    return _set(text, "stories", name, "follow", max([most, *stands]), 0)


def has_story(text: str, name: str) -> bool:
    """Say whether the file has a `[[stories]]` of that name."""
    return any(story.get("name") == name for story in _stories(text))


def read(path: Path) -> str:
    """Return the text of a configuration, its line ends untouched. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("the file cannot be read", resource=str(path), hint="writethru init writes one") from error


def write(path: Path, text: str) -> None:
    """Replace a configuration as a whole: readers see the old file or the new one. Raises ConfigError.

    Permissions are kept, and a symbolic link stays one. A new file is readable by its owner and group alone.
    """
    target = path.resolve()
    try:
        mode = target.stat().st_mode & 0o7777
    except OSError:
        mode = 0o640
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, target)  # noqa: PTH105 - the name, not a Path, came from mkstemp
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        raise ConfigError("the file cannot be written", resource=str(path), hint="check its permissions") from error


def _parse(text: str) -> tuple[TOMLDocument, dict[str, Any]]:
    try:
        return tomlkit.parse(text), tomllib.loads(text)
    except (TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"this is no TOML: {error}", hint=_BY_HAND) from None


def _tables(document: TOMLDocument, key: str) -> AoT | None:
    tables = document.get(key)
    if tables is None or isinstance(tables, AoT):
        return tables
    raise ConfigError(f"{key} is not written as [[{key}]] tables", hint=_BY_HAND)


def _named(document: TOMLDocument, meant: dict[str, Any], key: str, name: str) -> tuple[Table, dict[str, Any]]:
    tables = _tables(document, key)
    for index, plain in enumerate(meant.get(key, [])):
        if tables is not None and plain.get("name") == name:
            return tables[index], plain
    known = ", ".join(str(plain.get("name")) for plain in meant.get(key, []))
    one = {"sources": "source", "stories": "story"}[key]
    raise UsageError(f"no {one} is named {name!r}", hint=f"there are: {known}" if known else f"there is no {one} yet")


def _append(text: str, key: str, entry: dict[str, Any]) -> str:
    document, meant = _parse(text)
    tables = _tables(document, key)
    if any(plain.get("name") == entry["name"] for plain in meant.get(key, [])):
        raise UsageError(f"{key} already has a {entry['name']!r}", hint="choose another name")
    meant.setdefault(key, []).append(entry)
    snippet = _table(key, entry)
    if tables:
        return _checked(_splice(text, document, tables[-1], snippet), meant)
    start = text if not text or text.endswith("\n") else text + _newline(text)
    return _checked(start + snippet.replace("\n", _newline(text)), meant)


def _extend(text: str, key: str, name: str, field: str, values: Sequence[str]) -> str:
    document, meant = _parse(text)
    table, plain = _named(document, meant, key, name)
    new = [value for value in dict.fromkeys(values) if value not in plain.get(field, [])]
    if not new:
        return text
    known = plain.setdefault(field, [])
    known.extend(new)
    if field in table:
        for value in new:
            table[field].append(value)
        return _checked(document.as_string(), meant)
    return _checked(_splice(text, document, table, _pair(field, new), deep=False), meant)


def _stories(text: str) -> list[dict[str, Any]]:
    _, meant = _parse(text)
    return list(meant.get("stories", []))


def _set(text: str, key: str, name: str, field: str, value: object, default: object) -> str:
    document, meant = _parse(text)
    table, plain = _named(document, meant, key, name)
    if plain.get(field, default) == value:
        return text
    plain[field] = value
    if field in table:
        table[field] = value
        return _checked(document.as_string(), meant)
    return _checked(_splice(text, document, table, _pair(field, value), deep=False), meant)


def _splice(text: str, document: TOMLDocument, table: Table, snippet: str, *, deep: bool = True) -> str:
    """Return *text* with *snippet* after the last key of *table*, before the comments that follow.

    A mark is put there, rendered and found again, for tomlkit names no positions; *deep* goes past tables within.
    """
    body = _body_of_last(table) if deep else table.value.body
    last = max(
        index
        for index, (key, item) in enumerate(body)
        if key is not None and (deep or not isinstance(item, (AoT, Table)))
    )
    body.insert(last + 1, (None, Comment(Trivia(comment=_MARK[:-1], trail="\n"))))
    marked = document.as_string()
    at = marked.find(_MARK)
    if at < 0 or marked.replace(_MARK, "", 1) != text:
        raise ConfigError("the place for the new lines cannot be found", hint=_BY_HAND)
    before, newline = text[:at], _newline(text)
    return before + ("" if before.endswith("\n") else newline) + snippet.replace("\n", newline) + text[at:]


def _body_of_last(table: Table) -> list[Any]:
    keyed = [item for key, item in table.value.body if key is not None]
    last = keyed[-1] if keyed else None
    if isinstance(last, AoT) and len(last):
        return _body_of_last(last[-1])
    return _body_of_last(last) if isinstance(last, Table) else table.value.body


def _checked(text: str, meant: dict[str, Any]) -> str:
    try:
        if tomllib.loads(text) == meant:
            return text
    except tomllib.TOMLDecodeError:
        pass
    raise ConfigError("this file is written in a way that cannot be edited safely", hint=_BY_HAND)


def _table(key: str, entry: Mapping[str, Any]) -> str:
    lines = [f"\n[[{key}]]\n"]
    inner = []
    for name, value in entry.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner += [_table(f"{key}.{name}", each) for each in value]
        else:
            lines.append(_pair(name, value))
    return "".join(lines + inner)


def _pair(key: str, value: object) -> str:
    if isinstance(value, list) and len(value) > 1:
        items = "".join(f"    {_value(each)},\n" for each in value)
        return f"{key} = [\n{items}]\n"
    return f"{key} = [{_value(value[0])}]\n" if isinstance(value, list) and value else f"{key} = {_value(value)}\n"


def _value(value: object) -> str:
    if isinstance(value, str) and "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"  # a regular expression reads better unescaped
    return tomlkit.item(value).as_string()


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
