"""Changes that the web pages make to the archive and to the configuration file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tracker.archive.archive import Archive
from tracker.archive.opening import open_archive
from tracker.archive.sources import rename_source
from tracker.config import edits
from tracker.config.problems import describe
from tracker.config.root import Config, parse
from tracker.errors import ConfigError, UsageError
from tracker.service.watchlist import sync
from tracker.views.json import Answer

from .page_request import View


@dataclass(frozen=True)
class Actions:
    """Changes to the archive at `database` and the configuration file `config`, which is None if there is none."""

    database: str
    config: Path | None
    _editing: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def writable_file(self) -> Path:
        """Return the configuration file. Raises ConfigError, with what to do instead, if it cannot be changed here."""
        if self.config is None or not self.config.exists():
            hint = "Run `writethru init` where Writethru runs, and load this page again"
            raise ConfigError("There is no configuration file", hint=hint)
        # The folder too, because the file is not written in place but replaced by a new one.
        path = self.config.resolve()
        if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
            return self.config
        hint = "Use `writethru add` on the machine, or give the user that Writethru runs as write access to both"
        raise ConfigError(f"Writethru cannot write {self.config} or its folder", hint=hint)

    def read(self) -> tuple[Path, str]:
        """Return the configuration file and its text. Raises ConfigError if it cannot be changed here."""
        path = self.writable_file()
        return path, edits.read(path)

    def edit(self, change: Callable[[str], str], now: datetime) -> None:
        """Change the text of the configuration, and make the archive follow.

        Raises UsageError, and changes nothing, if `change` raises it or the text is then no valid configuration.
        """
        # Two forms sent at once are threads of this process: neither may write over the changes of the other.
        with self._editing:
            path, before = self.read()
            text = change(before)
            config = parsed(text)
            if text != before:
                edits.write(path, text)
                with self.archive() as archive:
                    sync(archive, config, now)

    def rename_source(self, old: str, new: str, now: datetime) -> int:
        """Rename a source in the configuration and the archive, both or neither, and return how many articles it has.

        Raises UsageError, and changes nothing, if there is no such source or the name is taken.
        """
        with self._editing:
            path, before = self.read()
            text = edits.rename_source(before, old, new)
            config = parsed(text)
            with self.archive() as archive:
                count = rename_source(archive, old, new, now, lambda: edits.write(path, text))
                sync(archive, config, now)
        return count

    def archive(self) -> Archive:
        """Return the archive, opened to write, for a with block."""
        return open_archive(self.database)


def parsed(text: str) -> Config:
    """Return an edited configuration. Raises UsageError if it is not valid."""
    try:
        return parse(text.encode("utf-8"))
    except ConfigError as error:
        message = error.message.replace(":\n  ", ": ").replace("\n  ", "; ")  # of several problems, each is a line
        raise UsageError(message, hint=error.hint or "nothing was changed") from None


class Body(BaseModel):
    """The fields of a form or a POST request, which the API describes.

    It is built when it is first used, because there are many and a server may need none.
    """

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class Nothing(Body):
    """A request without fields."""


class Said(Answer, frozen=True):
    """The result in words.

    Attributes:
        done: the result, for people
    """

    done: str


B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class OperationRequest(Generic[B]):
    """A request to carry out an operation.

    Attributes:
        name: the source, article, story or rule that it is about.
        body: the fields of the form or the JSON.
        who: who sent it.
        settings: the current configuration.
        named: the user that the proxy names; "" if it names none.
    """

    name: str
    now: datetime
    body: B
    who: str
    settings: Config
    named: str = ""


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The result of an operation.

    Attributes:
        message: the result, for people.
        page: the page to show next, or the section of the menu that `view` belongs to.
        value: the JSON object that the API answers with, if that is more than the message.
        view: the page to show at once, instead of another.
        file: the name and the bytes of a ZIP file to download instead.
    """

    message: str = ""
    page: str = "/"
    value: Answer | None = None
    view: View | None = None
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that signed-in users can do: a form of the pages, and a POST endpoint of the API.

    Attributes:
        path: where the form is sent; "" if there is none.
        body: the fields.
        work: does it.
        answer: the fields of the JSON answer.
        slow: whether it waits for other servers.
        takes_file: whether a field is a file: the form is multipart, and JSON has the bytes in base64.
        endpoint: the path of the endpoint; "" for "/api/v1" and the path of the form.
        refusals: the statuses of answers that only this operation gives, and their meanings.
    """

    path: str
    summary: str
    body: type[Body]
    work: Callable[[Actions, OperationRequest[Any]], OperationResult]
    answer: type[Answer]
    slow: bool = False
    endpoint: str = ""
    takes_file: bool = False
    refusals: Mapping[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """Return the path of the endpoint."""
        return self.endpoint or f"/api/v1{self.path}"

    @property
    def template(self) -> str:
        """Return the path of the endpoint as OpenAPI writes it."""
        return self.api.replace(":path", "")

    def read(self, fields: object) -> Body:
        """Return the fields as a body. Raises UsageError if they are not valid."""
        try:
            return self.body.model_validate(fields)
        except ValidationError as error:
            raise UsageError(describe(error, self.body).replace("\n", "; "), hint="nothing was changed") from None
        except RecursionError:
            raise UsageError("the request is nested too deeply") from None
