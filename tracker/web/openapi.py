"""The API described as OpenAPI 3.1: what GET requests return, and what POST requests change."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from tracker import __version__
from tracker.views.values import SCHEMA

from .api import ENDPOINTS, Endpoint
from .operations import OPERATIONS

if TYPE_CHECKING:
    from .actions import Operation

Object = dict[str, Any]
_INTEGER: Final[Object] = {"type": "integer"}
_TEXT: Final[Object] = {"type": "string"}

_ERROR: Final[Object] = {
    "type": "object",
    "required": ["schema", "error"],
    "properties": {
        "schema": {"const": SCHEMA},
        "error": {
            "type": "object",
            "required": ["status", "message"],
            "properties": {"status": _INTEGER, "message": _TEXT, "hint": _TEXT},
        },
    },
}
_SIGN_IN: Final = "Sign in first: send the token as a Bearer token."
_WRONG: Final = {
    "400": "A parameter is not valid.",
    "404": "Not in the archive.",
    "503": "The archive cannot be read.",
}
_REFUSED: Final = {
    "400": "The request is not valid. Nothing was changed.",
    "401": _SIGN_IN,
    "403": "Changes are turned off.",
    "404": "Not in the archive.",
    "409": "The configuration cannot be changed here.",
    "413": "The request is too large.",
    "415": "The request is not JSON.",
    "429": "Too many wrong tokens.",
    "503": "The archive cannot be read.",
}

_NO_BRACES: Final = str.maketrans("-", "_", "{}")


def openapi(base: str, *, closed: bool) -> Object:
    """Return the OpenAPI 3.1 description of the API. `closed` says that reading needs a token too."""
    paths: Object = {each.template: {"get": _read(each)} for each in ENDPOINTS}
    for operation in OPERATIONS:
        paths.setdefault(operation.template, {})["post"] = _change(operation)
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
        "components": {
            "schemas": {"Error": _ERROR} | _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    if closed:
        described["security"] = [{"token": []}]
    return described


@cache
def _schemas() -> Object:
    """Return the schemas of what requests send and get, by name."""
    bodies = [(each.body, "validation") for each in OPERATIONS]
    answered = [*(each.answer for each in ENDPOINTS), *(each.answer for each in OPERATIONS)]
    answers = [(each, "serialization") for each in answered]
    _, found = models_json_schema([*bodies, *answers], ref_template="#/components/schemas/{model}")  # type: ignore[list-item]
    schemas: Object = found["$defs"]
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)  # it repeats the name
    return schemas


def _read(each: Endpoint) -> Object:
    return {
        "summary": each.summary,
        "operationId": each.make.__name__.strip("_"),
        "parameters": [
            {"name": it.name, "in": it.place, "required": it.required, "description": it.about, "schema": it.schema}
            for it in each.parameters
        ],
        "responses": _responses("Found.", each.answer.__name__, _WRONG)
        | {"401": {"description": _SIGN_IN, "content": {"text/plain": {}}}},
    }


def _change(each: Operation) -> Object:
    name = {"name": "name", "in": "path", "required": True, "description": "name or identifier", "schema": _TEXT}
    return {
        "summary": each.summary,
        "operationId": f"post{each.template.removeprefix('/api/v1').replace('/', '_').translate(_NO_BRACES)}",
        "parameters": [name] if "{name}" in each.template else [],
        "requestBody": {"required": True, "content": _json(each.body.__name__)},
        "responses": _responses("Done.", each.answer.__name__, _REFUSED),
        "security": [{"token": []}],
    }


def _responses(done: str, answer: str, wrong: dict[str, str]) -> Object:
    refused = {code: {"description": said, "content": _json("Error")} for code, said in wrong.items()}
    return {"200": {"description": done, "content": _json(answer)}, **refused}


def _json(schema: str) -> Object:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
