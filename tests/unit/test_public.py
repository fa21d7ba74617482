"""The public API, which others build on: it works in a fresh process, and its reference is true."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "python.md"
PAGE = b"""<!doctype html><html lang="en"><head><title>Bridge closed</title></head><body><article><h1>Bridge closed</h1>
<p>The council voted on Tuesday to close the bridge until the spring, after divers found cracks in two piers.</p>
<p>Drivers are sent over the ring road, which takes twenty minutes longer, the council said on its page.</p>
</article></body></html>"""

SCRIPT = f"""
import tracker
from tracker import Article, compare
page = {PAGE!r}
first = tracker.extract(page, "https://s.test/a")
second = tracker.extract(page.replace(b"Tuesday", b"Monday"), url="https://s.test/a")
from tracker import extract
assert extract(page) == tracker.extract(page) == first, "it works as often as it is called"
assert isinstance(first, Article) and first.title == "Bridge closed" and len(first.blocks) >= 2
change = compare(first, second)
assert "date" in {{str(kind) for kind in change.kinds}}, change.labels
assert [(fact.kind, fact.old, fact.new) for fact in change.facts] == [("date", "Tuesday", "Monday")], change.facts
assert compare(first, first).is_empty
"""


def test_extract_and_compare_work_in_a_fresh_process_as_often_as_they_are_called():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=60)


@pytest.mark.usefixtures("folder")
def test_the_examples_of_the_reference_run():
    # A fence is no part of the output before it; as an empty line it keeps the numbers of the lines.
    text = re.sub(r"^```.*$", "", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(text, {}, REFERENCE.name, str(REFERENCE), 0)
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(examples, out=told.append)
    assert result.attempted > 30
    assert not result.failed, "".join(told)


@pytest.mark.parametrize("name", tracker.__all__)
def test_every_public_name_has_a_section_with_an_example_and_its_true_signature(name):
    sections = re.split(r"^### ", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    [section] = [text for text in sections if f"`{name}`" in text.partition("\n")[0]]
    value = getattr(tracker, name)
    if inspect.isfunction(value) and value.__module__ == "tracker":
        signature = str(inspect.signature(value)).replace("'", "")
        assert f"\n{name}{signature}\n" in section
    assert ">>> " in section or name == "Article"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<rss version='2.0'><channel><item><link>https://x.test/a</link></item></channel></rss>", "feed"),
        (b"<urlset><url><loc>https://x.test/a</loc></url></urlset>", "sitemap"),
        (b"https://x.test/a\n", "sitemap"),
        (b"<html><main><a href='https://x.test/2026/03/02/harbour-fire-spreads'>Fire</a></main></html>", "page"),
    ],
)
def test_what_lists_articles_is_told_by_its_bytes(body, kind):
    listing = tracker.read_listing(body, "https://x.test/news")
    assert listing.kind == kind
    assert len(listing.targets) == 1
    assert listing.warnings == ()


@pytest.mark.parametrize("body", [b"", b"plain words", b"<catalog/>", b"{}", b"<opml version='2.0'/>", b"\x1f\x8bx"])
def test_bytes_that_list_nothing_are_a_page_error_with_a_hint(body):
    with pytest.raises(tracker.PageError) as caught:
        tracker.read_listing(body, "https://x.test/news")
    assert caught.value.hint
    assert caught.value.resource == "https://x.test/news"


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
