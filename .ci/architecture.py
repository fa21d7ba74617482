"""What import-linter cannot say: no two files import each other, none is long, no name that the design retired is back.

Imports under TYPE_CHECKING count, too: two files that name each other are one file in two parts.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RETIRED = re.compile(
    r"\b(open_room|StoryDesk|Believing|Witnesses|Bustle|SqlStore|QuickReader|FakeStore|FakeStories|Mishap|Scout)\b"
    r"|\bcall\(\""
)
RETIRED_FILES = frozenset(
    "room desk storydesk trouble mishaps elsewhere long manners scene weather acts asked signing twin edge"
    " choosing webbing look trying trial passing entering finding believing beliefs witness foremost stage performance"
    " playbill conduct traps troubled assessor".split()
)
"""Names of files that the design replaced, each by a term of the field."""


MAX_LINES = 600
"""Lines of a file of the package or of the tests; who needs more has two subjects."""


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path, known: set[str]) -> set[str]:
    """Return the files of the package that *path* imports, wherever in it."""
    own = module_of(path)
    package = own if path.name == "__init__.py" else own.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = parents[: len(parents) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.update(
                f"{module}.{alias.name}" if f"{module}.{alias.name}" in known else module for alias in node.names
            )
    return (found & known) - {own}


def main() -> int:
    """Print what is wrong and return 1, or return 0."""
    files = {module_of(path): path for path in sorted((ROOT / "tracker").rglob("*.py"))}
    imports = {name: imports_of(path, set(files)) for name, path in files.items()}
    wrong = [
        f"{files[one].relative_to(ROOT)} and {files[other].relative_to(ROOT)} import each other"
        for one, others in imports.items()
        for other in sorted(others)
        if one < other and one in imports[other]
    ]
    for name, path in files.items():
        if path.stem in RETIRED_FILES:
            wrong.append(f"{path.relative_to(ROOT)}: the design retired this name")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := RETIRED.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {match[0]} is a retired name")
        if name.startswith("tracker.archive.") and "sqlalchemy" in path.read_text(encoding="utf-8"):
            allowed = ("tracker.archive.schema.", "tracker.archive.migrations")
            if not name.startswith(allowed):
                wrong.append(f"{path.relative_to(ROOT)}: only the schema and migrations use SQLAlchemy")
    wrong += [
        f"{path.relative_to(ROOT)}: {lines} lines, more than {MAX_LINES}"
        for folder in ("tracker", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    ]
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
