"""Public functions of the packages that others build on say what they take and return: nothing is `Any`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "tracker"


def public_functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            yield node


def annotations(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    given = function.args
    for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
        if each is not None and each.annotation is not None:
            yield each.annotation
    if function.returns is not None:
        yield function.returns


@pytest.mark.parametrize("package", ["archive", "pipeline", "views"])
def test_no_public_signature_has_a_value_of_any_type(package):
    found = [
        f"{path.relative_to(PACKAGE)}:{function.lineno} {function.name}"
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for function in public_functions(ast.parse(path.read_text("utf-8")).body)
        if any(
            "Any" in {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}
            for part in annotations(function)
        )
    ]
    assert found == []
