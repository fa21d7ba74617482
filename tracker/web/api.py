"""The API: a table of endpoints, which is served and described as OpenAPI 3.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import UNSET, UnsetType, structs
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, TypeAdapter, create_model

from tracker import __version__
from tracker.archive.articles import get_article, get_articles, list_by_last_change
from tracker.archive.checks import list_checks
from tracker.archive.state import count_all
from tracker.archive.summaries import list_summaries
from tracker.archive.verdicts import VERDICTS
from tracker.errors import UsageError
from tracker.model.change import EARLIER_WORDS, LabelKind, Significance
from tracker.model.version import VersionQuery
from tracker.model.watch import Check
from tracker.views.article import ArticleView
from tracker.views.json import Answer, Part, from_fields
from tracker.views.statistics import CountsView
from tracker.views.version import ListedVersion
from tracker.web.pages.changes import MAX_WORDS, filter_of

from .links import MAX_VERSION_DIGITS, whole_number
from .operations import OPERATIONS
from .page_request import PageRequest, View, check_names
from .pages.alerts import STATES, AlertsAnswer, alerts
from .pages.change import ChangePage, CitedChange, change
from .pages.changes import PLACE as CHANGE_PLACE
from .pages.changes import ChangesAnswer, changes, entries
from .pages.citations import WORDS, CitationsAnswer, citations
from .pages.search import WHERE, SearchAnswer, search
from .pages.sources import SourceAnswer, SourcesAnswer, source, sources
from .pages.stories import PLACE as STORY_PLACE
from .pages.stories import StoriesAnswer, WholeStory, stories, story
from .pages.version import WholeVersion, version
from .web import Error

Object = dict[str, Any]
Mode = Literal["validation", "serialization"]
_TEXT: Final[Object] = {"type": "string"}
_NOT_EMPTY: Final[Object] = _TEXT | {"minLength": 1}
_NUMBER: Final[Object] = {"type": "integer", "minimum": 1, "maximum": 10**MAX_VERSION_DIGITS - 1}
_WORDS: Final[Object] = {"type": "integer", "minimum": 0, "maximum": MAX_WORDS}
# Clients of release 0.1 send its labels, and numbers for the significance.
_LABEL: Final[Object] = {"enum": [*(kind.value for kind in LabelKind), *EARLIER_WORDS]}
_SIGNIFICANCE: Final[Object] = {
    "type": "string",
    "pattern": rf"^({'|'.join(Significance)}|0(\.\d{{1,4}})?|1(\.0{{1,4}})?)$",
}
_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint. `place` is "path" or "query"."""

    name: str
    about: str
    schema: Object = field(default_factory=lambda: _TEXT)
    place: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: its path, and the function that makes its answer, or the page that has the answer."""

    path: str
    make: Callable[[PageRequest], Part | View]
    summary: str
    parameters: tuple[Parameter, ...] = ()
    answer: type[Answer] = Answer

    @property
    def template(self) -> str:
        """Return the path as OpenAPI writes it."""
        return self.path.replace(":number", "").replace(":path", "")


class Articles(Answer, frozen=True):
    """Articles, most recently changed first."""

    articles: list[ArticleView]


class Versions(Answer, frozen=True):
    """The versions of an article, newest first."""

    article: str
    versions: list[ListedVersion]


class Checks(Answer, frozen=True):
    """The latest checks of an article."""

    article: str
    checks: list[Check]


def _counts(request: PageRequest) -> CountsView:
    counts = request.cache.cached("counts", lambda: count_all(request.archive), lasting=True)
    return from_fields(CountsView, counts)


def _articles(request: PageRequest) -> Articles:
    limit = request.count("limit", 50, _LIMIT)
    url = request.query.get("url", "")
    if url:
        return Articles([ArticleView.of(get_article(request.archive, url))])
    chosen = filter_of(request)
    if chosen.story:
        members = get_articles(request.archive, chosen.articles)
        listed = [each for each in members if chosen.source in {"", each.source}]
        found = sorted(listed, key=lambda each: each.last_change_at or each.first_seen_at, reverse=True)[:limit]
    else:
        found = list_by_last_change(request.archive, limit=limit, source=chosen.source)
    return Articles(list(map(ArticleView.of, found)))


def _article(request: PageRequest) -> ArticleView:
    return ArticleView.of(request.article())


def _versions(request: PageRequest) -> Versions:
    tracked = request.article()
    limit = request.count("limit", 100, _LIMIT)
    glances = list_summaries(request.archive, VersionQuery(article=tracked.id, limit=limit))
    return Versions(tracked.id, [each.answer() for each in entries(request.cache, glances)])


def _diff(request: PageRequest) -> ChangePage:
    ident = request.article().id
    ends = {"ident": ident, "old": request.query["from"], "new": request.query["to"]}
    return change(replace(request, path=ends, query={}))


def _checks(request: PageRequest) -> Checks:
    tracked = request.article()
    limit = request.count("limit", 100, _LIMIT)
    return Checks(tracked.id, list_checks(request.archive, tracked.id, limit))


_IDENT: Final = Parameter("ident", "ID of an article, or its first characters", _TEXT, "path", required=True)
_N: Final = Parameter("n", "number of a version", _NUMBER, "path", required=True)
_NAME: Final = Parameter("name", "name or identifier", _TEXT, "path", required=True)
_SOURCE: Final = Parameter("source", "only for this source")
_STORY: Final = Parameter("story", "only for this story")
_AT_MOST: Final = Parameter("limit", "maximum number of results", {"type": "integer", "minimum": 1, "maximum": _LIMIT})

ENDPOINTS: Final = (
    Endpoint("/api/v1/counts", _counts, "How much the archive holds.", answer=CountsView),
    Endpoint(
        "/api/v1/changes",
        changes,
        "Changes, newest first.",
        (
            _SOURCE,
            _STORY,
            Parameter("label", "only with this label", _LABEL),
            Parameter("kind", "the earlier name of `label`, used where `label` is not given", _LABEL),
            Parameter("min_words", "minimum number of words added and removed, in total", _WORDS),
            Parameter("min_significance", "minimum significance: high, medium or low", _SIGNIFICANCE),
            Parameter("verdict", "only changes with this verdict of a person", {"enum": list(VERDICTS)}),
            Parameter("after", "start of the page, as in `next`", {"type": "string", "pattern": f"^{CHANGE_PLACE}$"}),
        ),
        ChangesAnswer,
    ),
    Endpoint(
        "/api/v1/articles",
        _articles,
        "Articles, most recently changed first; or the article at an address.",
        (_SOURCE, _STORY, Parameter("url", "the address of one article"), _AT_MOST),
        Articles,
    ),
    Endpoint("/api/v1/articles/{ident}", _article, "One article.", (_IDENT,), ArticleView),
    Endpoint(
        "/api/v1/articles/{ident}/versions",
        _versions,
        "The versions of an article, newest first.",
        (_IDENT, _AT_MOST),
        Versions,
    ),
    Endpoint(
        "/api/v1/articles/{ident}/versions/{n:number}",
        version,
        "One version: text, metadata, and the status and headers of its capture.",
        (_IDENT, _N),
        WholeVersion,
    ),
    Endpoint(
        "/api/v1/articles/{ident}/diff",
        _diff,
        "The change between two versions, as written by `diff --json`.",
        (
            _IDENT,
            Parameter("from", "number of the old version", _NUMBER, required=True),
            Parameter("to", "number of the new version", _NUMBER, required=True),
        ),
        CitedChange,
    ),
    Endpoint(
        "/api/v1/articles/{ident}/checks", _checks, "The latest checks of an article.", (_IDENT, _AT_MOST), Checks
    ),
    Endpoint(
        "/api/v1/search",
        search,
        "Current and removed paragraphs, with the time each was on the page; or why the query is not valid.",
        (
            Parameter("q", "words; also quotes, prefix*, -without, OR", _NOT_EMPTY, required=True),
            Parameter("in", "current text, removed text, or all", {"enum": list(WHERE)}),
            _SOURCE,
            Parameter("ranked", "1: best matches first", {"enum": ["1"]}),
        ),
        SearchAnswer,
    ),
    Endpoint(
        "/api/v1/citations",
        citations,
        "Cited passages and their state, changed ones first.",
        (Parameter("state", "only citations in this state", {"enum": list(WORDS)}),),
        CitationsAnswer,
    ),
    Endpoint("/api/v1/sources", sources, "Every source and its state.", (), SourcesAnswer),
    Endpoint(
        "/api/v1/sources/{name:path}",
        source,
        "One source: health, scorecard and latest changes.",
        (_NAME,),
        SourceAnswer,
    ),
    Endpoint(
        "/api/v1/stories",
        stories,
        "Stories, most recently changed first.",
        (Parameter("after", "start of the page, as in `next`", {"type": "string", "pattern": f"^{STORY_PLACE}$"}),),
        StoriesAnswer,
    ),
    Endpoint(
        "/api/v1/stories/{name:path}",
        story,
        "One story: its articles, and how far each copy is behind.",
        (_NAME,),
        WholeStory,
    ),
    Endpoint(
        "/api/v1/alerts",
        alerts,
        "Alerts and their deliveries.",
        (Parameter("state", "only alerts in this state", {"enum": list(STATES)}),),
        AlertsAnswer,
    ),
)


def checked(endpoint: Endpoint, given: Sequence[tuple[str, str]]) -> None:
    """Raise UsageError if the query parameters do not match the description of the endpoint."""
    known = {one.name: one for one in endpoint.parameters if one.place == "query"}
    names = [name for name, _ in given]
    check_names(names, known)
    for name, value in given:
        if wanted := misfit(value, known[name].schema):
            raise UsageError(f"{name} must be {wanted}", resource=value[:80], hint=known[name].about)
    for one in known.values():
        if one.required and one.name not in names:
            raise UsageError("the parameter is missing", resource=one.name, hint=one.about)


def misfit(value: str, schema: Object) -> str:
    """Return the values that a parameter may have, in words, if the given one does not match its schema; or ""."""
    if "enum" in schema:
        return "" if value in schema["enum"] else f"one of {', '.join(schema['enum'])}"
    if schema.get("type") == "integer":
        number, least, most = whole_number(value), schema["minimum"], schema["maximum"]
        return "" if number is not None and least <= number <= most else f"a whole number from {least} to {most}"
    if "pattern" in schema:
        return "" if re.search(schema["pattern"], value) else f"a text that matches {schema['pattern']}"
    return "" if len(value) >= schema.get("minLength", 0) else "a text that is not empty"


_SIGN_IN: Final = "Sign in first: send the token as a Bearer token."
_WRONG: Final = {"400": "A parameter is not valid.", "404": "Not in the archive.", "503": "The archive cannot be read."}
_REFUSED: Final = _WRONG | {
    "400": "The request is not valid. Nothing was changed.",
    "403": "Changes are turned off.",
    "409": "The configuration cannot be changed here.",
    "413": "The request is too large.",
    "415": "The request is not JSON.",
}
# The guard answers these, in plain text.
_GUARDED: Final[Object] = {
    "401": {"description": _SIGN_IN, "content": {"text/plain": {}}},
    "429": {"description": "Too many wrong tokens.", "content": {"text/plain": {}}},
}

_ATTRIBUTE: Final = re.compile(r"^ {4}([\w, ]+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_NO_BRACES: Final = str.maketrans("-", "_", "{}")


def openapi(base: str, *, closed: bool) -> Object:
    """Return the OpenAPI 3.1 description of the API. `closed` says that reading needs a token too."""
    paths: Object = {}
    for each in ENDPOINTS:
        get = {
            "summary": each.summary,
            "operationId": each.make.__name__.strip("_"),
            "parameters": [
                {"name": it.name, "in": it.place, "required": it.required, "description": it.about, "schema": it.schema}
                for it in each.parameters
            ],
            "responses": _responses("Found.", each.answer, _WRONG),
        }
        paths[each.template] = {"get": get}
    name = {"name": "name", "in": "path", "required": True, "description": "name or identifier", "schema": _TEXT}
    signed_in = {"description": _SIGN_IN, "content": _json(Error) | {"text/plain": {}}}
    for it in OPERATIONS:
        paths.setdefault(it.template, {})["post"] = {
            "summary": it.summary,
            "operationId": f"post{it.template.removeprefix('/api/v1').replace('/', '_').translate(_NO_BRACES)}",
            "parameters": [name] if "{name}" in it.template else [],
            "requestBody": {"required": True, "content": _json(it.body, "validation")},
            "responses": _responses("Done.", it.answer, {**_REFUSED, **it.refusals}) | {"401": signed_in},
            "security": [{"token": []}],
        }
    described: Object = {
        "openapi": "3.1.0",
        "info": {
            "title": "Writethru",
            "version": __version__,
            "description": "Every version of watched news articles, and what changed between them. POST requests need "
            "the token and a server that allows changes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": _schemas()[1], "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    if closed:
        described["security"] = [{"token": []}]
    return described


def _require(schema: Object, kind: type[BaseModel]) -> None:
    """Require every key of a struct whose default is not UNSET."""
    schema["required"] = [str(each.alias) for each in kind.model_fields.values() if each.is_required()]
    for described in schema["properties"].values():
        described.pop("default", None)


# Once a process, when somebody first asks: it takes a tenth of a second.
@cache
def _schemas() -> tuple[Mapping[tuple[Any, Mode], Object], Object]:
    """Return references to the schemas of request bodies ("validation") and answers, and the schemas by name."""
    answers: list[Any] = [Error, *(each.answer for each in ENDPOINTS), *(each.answer for each in OPERATIONS)]
    wanted: list[tuple[Any, Mode]] = [(each, "serialization") for each in answers]
    wanted += [(each.body, "validation") for each in OPERATIONS]
    references, found = TypeAdapter.json_schemas(
        [(kind, mode, TypeAdapter(_described(kind))) for kind, mode in wanted],
        ref_template="#/components/schemas/{model}",
    )
    schemas: Object = found["$defs"]
    for schema in schemas.values():
        for described in schema.get("properties", {}).values():
            described.pop("title", None)  # it repeats the name
        # A field without a description gets the one in the docstring of its class.
        schema["description"], _, attributes = schema.get("description", "").partition("\n\nAttributes:\n")
        for names, text in _ATTRIBUTE.findall(attributes):
            for name in names.split(", "):
                schema["properties"][name].setdefault("description", " ".join(text.split()).replace("None", "null"))
        if not schema["description"]:
            del schema["description"]
    return references, schemas


class _Described(BaseModel):
    """A struct as a model of pydantic, which describes the bodies of requests."""

    # Of a dataclass inside, every key is there, also one with a default.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True, json_schema_extra=_require)


def _described(hint: Any) -> Any:  # noqa: ANN401 - a type
    """Return a type with a model in place of each struct, and without the mark of a key that may be missing."""
    if isinstance(hint, type) and issubclass(hint, Part):
        return _model(hint)
    if hint is bytes:
        return Base64Bytes
    parts = [_described(each) for each in get_args(hint) if each is not UnsetType]
    if get_origin(hint) in {Union, UnionType}:
        return Union[tuple(parts)]  # noqa: UP007 - of types that are known when it runs
    return get_origin(hint)[tuple(parts)] if parts and get_origin(hint) in {list, tuple, dict} else hint


@cache
def _model(kind: type[Part]) -> type[BaseModel]:
    config, hints = kind.__struct_config__, get_type_hints(kind)
    keys: dict[str, Any] = {"schema_": (Literal[config.tag], Field(alias="schema"))} if config.tag_field else {}
    for each in structs.fields(kind):
        default = None if each.default is UNSET else ...
        keys[f"{each.name}_"] = (_described(hints[each.name]), Field(default, alias=each.encode_name))
    return create_model(kind.__name__, __base__=_Described, __doc__=kind.__doc__, __module__=kind.__module__, **keys)


def _responses(done: str, answer: type[Answer], wrong: dict[str, str]) -> Object:
    refused = {code: {"description": said, "content": _json(Error)} for code, said in wrong.items()}
    return {"200": {"description": done, "content": _json(answer)}, **refused, **_GUARDED}


def _json(kind: Any, mode: Mode = "serialization") -> Object:  # noqa: ANN401 - a class that is described
    return {"application/json": {"schema": _schemas()[0][kind, mode]}}
