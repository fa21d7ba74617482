"""mypy rejects a call on the archive's thread that the function itself would not take."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from mypy import api

import tracker.archive

PACKAGE = Path(tracker.archive.__file__).parent
CHECKED = ("thread.py", "archive.py")
CALLS = """
from tracker.archive.archive import Archive
from tracker.archive.thread import ArchiveThread

def count(archive: Archive, source: str, *, least: int = 0) -> int: ...
def without_archive(source: str) -> int: ...

async def calls(thread: ArchiveThread) -> None:
"""


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what says what mypy makes of one statement; only the modules in question are read."""
    folder = tmp_path_factory.mktemp("types")
    numbers = itertools.count()

    def checked(statement: str) -> str:
        # A file of its own each time: mypy's cache takes a file of the same size and second for unchanged.
        calls = folder / f"calls_{next(numbers)}.py"
        calls.write_text(f"{CALLS}    {statement}\n", encoding="utf-8")
        options = ["--config-file=", f"--cache-dir={folder}/cache", "--follow-imports=skip", "--allow-empty-bodies"]
        said, crashed, _ = api.run([*options, *(str(PACKAGE / name) for name in CHECKED), str(calls)])
        assert not crashed
        return said

    return checked


@pytest.fixture(params=["run", "run_grouped"])
def run(request: pytest.FixtureRequest) -> str:
    return f"await thread.{request.param}"


def test_a_right_call_has_the_type_of_the_function_s_result(check: Callable[[str], str], run: str) -> None:
    said = check(f'reveal_type({run}(count, "Herald", least=2))')
    assert 'Revealed type is "int"' in said
    assert "error" not in said


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("{run}(count, 7)", 'has incompatible type "int"; expected "str"  [arg-type]'),
        ('{run}(count, "Herald", least="2")', 'has incompatible type "str"; expected "int"  [arg-type]'),
        ("{run}(count)", 'Missing positional argument "source"'),
        ('{run}(count, "Herald", most=2)', 'Unexpected keyword argument "most"'),
        ('{run}(count, "Herald", 2)', "Too many positional arguments"),
        ("{run}(without_archive)", 'expected "Callable[[Archive], int]"'),
        ('{run}("count", "Herald")', 'Argument 1 to "'),
        ('found: str = {run}(count, "Herald")', '-> str"  [arg-type]'),
    ],
)
def test_a_wrong_call_is_an_error(check: Callable[[str], str], run: str, call: str, error: str) -> None:
    said = check(call.format(run=run))
    assert error in said
    assert "Found 1 error in 1 file" in said
