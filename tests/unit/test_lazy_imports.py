"""`--help`, `--version`, completion and commands that only read the archive import nothing heavy.

A command such as `check`, which needs the whole service, imports it at the top of its module, also for its own --help.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = frozenset(
    "alembic apprise apscheduler asyncio cattrs httpx lxml prometheus_client pydantic rapidfuzz rich selectolax"
    " sqlalchemy sqlmodel starlette structlog".split()
)
PROBE = """
import atexit, json, sys
def report():
    print("MODULES", json.dumps(sorted(sys.modules)), file=sys.stderr)
atexit.register(report)
sys.argv = ["writethru", *sys.argv[1:]]
from tracker.cli.main import main
main()
"""


def loaded(*args: str, cwd: Path | None = None, **env: str) -> set[str]:
    return {name.partition(".")[0] for name in modules(*args, cwd=cwd, **env)}


def loaded_by(code: str) -> set[str]:
    """Return the packages that a process has imported after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, importlib; {code}; print(*sys.modules)"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return {name.partition(".")[0] for name in done.stdout.split()}


def modules(*args: str, cwd: Path | None = None, **env: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *args],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **env},
        cwd=cwd,
    )
    line = next(line for line in done.stderr.splitlines() if line.startswith("MODULES "))
    return set(json.loads(line.removeprefix("MODULES ")))


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("--version",),
        ("nonsense",),
        ("log", "--help"),
        ("diff", "--help"),
        ("sources", "--help"),
        ("completion", "zsh"),
    ],
)
def test_nothing_heavy_is_imported(args):
    assert loaded(*args) & HEAVY == set()


@pytest.mark.parametrize("words", ["writethru ", "writethru di", "writethru sources ", "writethru log --"])
def test_completion_imports_nothing_heavy(words):
    cursor = str(len(words.split()) if words.endswith(" ") else len(words.split()) - 1)
    assert loaded(_WRITETHRU_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=cursor) & HEAVY == set()


@pytest.fixture(scope="module")
def initialised(tmp_path_factory):
    folder = tmp_path_factory.mktemp("initialised")
    modules("init", cwd=folder)
    return folder


@pytest.mark.parametrize(
    "args", [("log",), ("search", "word"), ("alerts", "list"), ("db", "upgrade"), ("db", "current")]
)
def test_a_command_that_reads_the_archive_reads_only_its_address_from_the_configuration(args, initialised):
    assert loaded(*args, cwd=initialised) & {"tomllib", *HEAVY} == {"tomllib"}


def test_the_process_that_readers_are_forked_from_imports_little_besides_the_extractor():
    code = "import tracker.extraction.reader, tracker.extraction.extractor"
    assert loaded_by(code) & HEAVY == {"selectolax"}


def test_the_service_imports_no_library_of_an_extra_or_of_a_rare_task():
    rare = {"apprise", "cryptography", "playwright", "procrastinate", "psycopg", "rfc3161_client"}
    assert loaded_by("import tracker.service.loop, tracker.web.app") & rare == set()


def test_a_pass_without_a_changed_page_imports_nothing_that_compares_texts_and_not_the_program_of_httpx(initialised):
    loaded_modules = modules("check", cwd=initialised)
    assert "httpx" in loaded_modules
    assert {"rapidfuzz", "pygments", "rich.console", "tracker.diff.words"} & loaded_modules == set()


def test_readers_do_not_run_the_file_of_the_command_again(tmp_path):
    script, runs = tmp_path / "writethru", tmp_path / "runs"
    script.write_text(f"""
with open({str(runs)!r}, "a") as file:
    print(__name__, file=file)
from tracker.cli.main import main
from tracker.extraction.pool import prepare_children
if __name__ == "__main__":
    try:
        main()
    except SystemExit:
        prepare_children()
""")
    subprocess.run([sys.executable, script, "--version"], check=True, timeout=60)
    assert runs.read_text().split() == ["__main__"]
