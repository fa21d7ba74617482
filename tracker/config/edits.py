"""Edits of the configuration's text that keep its comments and every other byte.

Each function takes the text of the file and returns the new text. The result is parsed and compared with the data it
should hold, so a file too unusual to be edited is refused, never damaged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Table, Trivia

from tracker.errors import ConfigError, NotKnown, UsageError
from tracker.files import permission_hint, write_whole

from .file import parse_toml, read_config

EDIT_BY_HAND: Final = "edit the file by hand"

# A comment that no file contains; see _splice.
_MARK: Final = "#\ue000writethru\ue000\n"
_SINGULAR: Final = {"sources": "source", "stories": "story", "rules": "rule", "targets": "target"}


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
    """Return the text with a new `[[sources]]` table after the last one.

    `pages` are section pages with the keys url, selector and pattern; `story` is the story that all articles belong to.
    Raises UsageError if the name is taken, ConfigError if the file cannot be edited.
    """
    tables = [{key: value for key, value in page.items() if value} for page in pages]
    given = {"feeds": list(feeds), "sitemaps": list(sitemaps), "urls": list(urls), "story": story, "pages": tables}
    return append_table(text, "sources", {"name": name} | {key: value for key, value in given.items() if value})


def add_address(text: str, source: str, key: Literal["feeds", "sitemaps", "urls"], url: str) -> str:
    """Return the text with `url` added to a list of `source`. Raises UsageError if there is no such source."""
    return _extend(text, "sources", source, key, [url])


def add_page(text: str, source: str, url: str, *, selector: str = "", pattern: str = "") -> str:
    """Return the text with a section page added to `source`. Raises UsageError if there is no such source."""
    page = {key: value for key, value in (("url", url), ("selector", selector), ("pattern", pattern)) if value}
    document, data = parse_document(text)
    table, plain = _named(document, data, "sources", source)
    if page in plain.get("pages", []):
        return text
    plain.setdefault("pages", []).append(page)
    pages = table.get("pages")
    # In the form that the file already has: TOML does not allow both for one key.
    if pages is not None and not isinstance(pages, AoT):
        item = tomlkit.inline_table()
        item.update(page)
        pages.append(item)
        return checked(document.as_string(), data)
    snippet = _table("sources.pages", page)
    return checked(_splice(text, document, table, snippet), data)


def add_story(text: str, name: str, urls: Sequence[str]) -> str:
    """Return the text with `urls` added to the story `name`, which is created if it is new."""
    if has_story(text, name):
        return _extend(text, "stories", name, "urls", urls)
    return append_table(text, "stories", {"name": name, "urls": list(dict.fromkeys(urls))})


def pause(text: str, source: str, *, paused: bool = True) -> str:
    """Return the text with `source` paused or resumed. Raises UsageError if there is no such source."""
    return _set(text, "sources", source, "paused", False, lambda _: paused)


def set_key(text: str, kind: Literal["sources", "rules"], name: str, field: str, value: object, default: object) -> str:
    """Return the text with the key `field` of a table set to `value`, or removed if that is the `default`.

    Raises UsageError if there is no table of this `kind` and `name`, ConfigError if the file cannot be edited.
    """
    if value != default:
        return _set(text, kind, name, field, default, lambda _: value)
    document, data = parse_document(text)
    table, plain = _named(document, data, kind, name)
    if field not in plain:
        return text
    del table[field], plain[field]
    return checked(document.as_string(), data)


def rename_source(text: str, old: str, new: str) -> str:
    """Return the text with `old` named `new`, in the rules that name it too. Raises UsageError."""
    document, data = parse_document(text)
    table, plain = _named(document, data, "sources", old)
    if any(each.get("name") == new for each in data["sources"]):
        raise UsageError(f"there is already a source named {new!r}", hint="choose another name")
    table["name"] = plain["name"] = new
    for rule, plain_rule in zip(_tables(document, "rules") or (), data.get("rules", []), strict=True):
        for at, name in enumerate(plain_rule.get("sources", [])):
            if name == old:
                rule["sources"][at] = plain_rule["sources"][at] = new
    return checked(document.as_string(), data)


def remove(text: str, key: Literal["sources", "rules", "targets"], name: str) -> str:
    """Return the text without the table of that name; comments around it stay. Raises UsageError."""
    document, data = parse_document(text)
    table, plain = _named(document, data, key, name)
    data[key].remove(plain)
    if not data[key]:
        del data[key]
    return checked(_cut(text, document, table), data)


def remove_address(text: str, url: str) -> str:
    """Return the text in which no source and no story names `url`. Raises UsageError if none does."""
    # One place at a time, each in the text after the last edit: positions change with every edit.
    after = text
    while (shorter := _without(after, url)) != after:
        after = shorter
    if after == text:
        raise UsageError("the configuration does not name this address", resource=url)
    return after


def follow_story(text: str, name: str, max_links: int) -> str:
    """Return the text with up to `max_links` links of the story `name` followed; a higher number is kept.

    Raises UsageError if there is no such story.
    """
    return _set(text, "stories", name, "follow", 0, lambda known: max(max_links, known))


def has_story(text: str, name: str) -> bool:
    """Return whether the file has a `[[stories]]` table of that name."""
    return any(story.get("name") == name for story in parse_document(text)[1].get("stories", []))


def read(path: Path) -> str:
    """Return the text of a configuration with its line endings unchanged. Raises ConfigError."""
    try:
        return read_config(path).decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError("the file is not UTF-8 text", resource=str(path), hint=EDIT_BY_HAND) from None


def write(path: Path, text: str) -> None:
    """Replace a configuration atomically: readers see either the old file or the new one. Raises ConfigError.

    Owner and permissions are kept, and a symbolic link is followed. Only owner and group can read a new file.
    """
    try:
        write_whole(path.resolve(), text.encode("utf-8"), mode=0o640)
    except OSError as error:
        hint = permission_hint(error, path.resolve().parent)
        raise ConfigError("the file cannot be written", resource=str(path), hint=hint) from error


def parse_document(text: str) -> tuple[TOMLDocument, dict[str, Any]]:
    """Return a TOML file as a document that keeps comments, and as plain data. Raises ConfigError."""
    data = parse_toml(text.encode("utf-8"), hint=EDIT_BY_HAND)
    try:
        return tomlkit.parse(text), data
    except TOMLKitError:
        raise _not_editable() from None


def checked(text: str, data: dict[str, Any]) -> str:
    """Return the edited `text` if it holds `data`. Raises ConfigError if an edit went wrong."""
    with suppress(tomllib.TOMLDecodeError):
        if tomllib.loads(text) == data:
            return text
    raise _not_editable()


def _not_editable() -> ConfigError:
    return ConfigError("this file is written in a way that cannot be edited safely", hint=EDIT_BY_HAND)


def _tables(document: TOMLDocument, key: str) -> AoT | None:
    tables = document.get(key)
    if tables is None or isinstance(tables, AoT):
        return tables
    raise ConfigError(f"{key} is not written as [[{key}]] tables", hint=EDIT_BY_HAND)


def _named(document: TOMLDocument, data: dict[str, Any], key: str, name: str) -> tuple[Table, dict[str, Any]]:
    tables = _tables(document, key)
    for index, plain in enumerate(data.get(key, [])):
        # As in the validated configuration, spaces around a name do not count.
        if tables is not None and str(plain.get("name")).strip() == name:
            return tables[index], plain
    known = ", ".join(str(plain.get("name")) for plain in data.get(key, []))
    kind = _SINGULAR[key]
    raise NotKnown(
        f"there is no {kind} named {name!r}", hint=f"{key} are: {known}" if known else f"no {kind} is configured yet"
    )


def append_table(text: str, key: str, entry: dict[str, Any]) -> str:
    """Return the text with a new `[[key]]` table after the last one. Raises UsageError if the name is taken."""
    document, data = parse_document(text)
    tables = _tables(document, key)
    if any(plain.get("name") == entry["name"] for plain in data.get(key, [])):
        raise UsageError(f"there is already a {_SINGULAR[key]} named {entry['name']!r}", hint="choose another name")
    data.setdefault(key, []).append(entry)
    snippet = _table(key, entry)
    if tables:
        return checked(_splice(text, document, tables[-1], snippet), data)
    start = text if not text or text.endswith("\n") else text + _newline(text)
    return checked(start + snippet.replace("\n", _newline(text)), data)


def _extend(text: str, key: str, name: str, field: str, values: Sequence[str]) -> str:
    """Return the text with those of `values` added to a list that it does not have."""
    new = dict.fromkeys(values)
    return _set(text, key, name, field, [], lambda known: [*known, *(each for each in new if each not in known)])


def _set(text: str, key: str, name: str, field: str, default: object, new: Callable[[Any], object]) -> str:
    """Return the text with a key of a table set to what `new` makes of its value, or of the `default`."""
    document, data = parse_document(text)
    table, plain = _named(document, data, key, name)
    known = plain.get(field, default)
    value = new(known)
    if value == known:
        return text
    plain[field] = value
    if field not in table:
        return checked(_splice(text, document, table, _pair(field, value), deep=False), data)
    if isinstance(known, list) and isinstance(value, list) and value[: len(known)] == known:
        table[field].extend(value[len(known) :])  # so that the form of the list and its comments stay
    else:
        table[field] = value
    return checked(document.as_string(), data)


def _splice(text: str, document: TOMLDocument, table: Table, snippet: str, *, deep: bool = True) -> str:
    """Return `text` with the lines of `snippet` after the last key of `table`, before the comments that follow it.

    If `deep`, they are inserted after the tables within `table`, else before them. tomlkit does not tell positions, so
    a mark is inserted in the document and then found in its text.
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
        raise _not_editable()
    before, newline = text[:at], _newline(text)
    return before + ("" if before.endswith("\n") else newline) + snippet.replace("\n", newline) + text[at:]


def _without(text: str, url: str) -> str:
    """Return `text` without the first place that names `url`."""
    document, data = parse_document(text)
    lists = [("sources", each) for each in ("feeds", "sitemaps", "urls", "pages")]
    for key, field in (*lists, ("stories", "urls")):
        for table, plain in zip(_tables(document, key) or (), data.get(key, []), strict=True):
            known = plain.get(field, [])
            named = [each.get("url") if isinstance(each, dict) else each for each in known]
            at = named.index(url) if url in named else None
            if at is None:
                continue
            items = table[field]
            del known[at]
            if not known:
                del plain[field]
            if isinstance(items, AoT):
                return checked(_cut(text, document, items[at]), data)
            if known:
                del items[at]
            else:
                del table[field]
            return checked(document.as_string(), data)
    return text


def _cut(text: str, document: TOMLDocument, table: Table) -> str:
    """Return `text` without a table of an array: from its header to its last key, as `_splice` finds them."""
    body = _body_of_last(table)
    last = max(index for index, (key, _) in enumerate(body) if key is not None)
    for place, index in ((body, last + 1), (table.value.body, 0)):
        place.insert(index, (None, Comment(Trivia(comment=_MARK[:-1], trail="\n"))))
    marked = document.as_string()
    before, _, rest = marked.partition(_MARK)
    _, _, after = rest.partition(_MARK)
    if marked.replace(_MARK, "", 2) != text:
        raise _not_editable()
    lines = before.splitlines(keepends=True)[:-1]  # the last line is the header of the table
    while lines and not lines[-1].strip() and (not after or not after.partition("\n")[0].strip()):
        lines.pop()
    return "".join(lines) + after


def _body_of_last(table: Table) -> list[Any]:
    keyed = [item for key, item in table.value.body if key is not None]
    last = keyed[-1] if keyed else None
    if isinstance(last, AoT) and len(last):
        return _body_of_last(last[-1])
    return _body_of_last(last) if isinstance(last, Table) else table.value.body


def _table(key: str, entry: Mapping[str, Any]) -> str:
    """Return a [[key]] table as TOML, after an empty line; tables in lists follow its own keys."""
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
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    return tomlkit.item(value).as_string()


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
