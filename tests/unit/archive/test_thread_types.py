"""mypy rejects a call on the archive's thread that the function itself would not take."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from mypy import api

import tracker.archive

PACKAGE = Path(tracker.archive.__file__).parent
CHECKED = ("thread.py", "archive.py")
HEAD = """
from tracker.archive.archive import Archive
from tracker.archive.thread import ArchiveThread

def count(archive: Archive, source: str, *, least: int = 0) -> int: ...
def without_archive(source: str) -> int: ...
"""
CALL = """
async def calls_{n}(thread: ArchiveThread) -> None:
    {call}
"""
RIGHT = 'reveal_type({run}(count, "Herald", least=2))'
WRONG = {
    "{run}(count, 7)": 'has incompatible type "int"; expected "str"  [arg-type]',
    '{run}(count, "Herald", least="2")': 'has incompatible type "str"; expected "int"  [arg-type]',
    "{run}(count)": 'Missing positional argument "source"',
    '{run}(count, "Herald", most=2)': 'Unexpected keyword argument "most"',
    '{run}(count, "Herald", 2)': "Too many positional arguments",
    "{run}(without_archive)": 'expected "Callable[[Archive], int]"',
    '{run}("count", "Herald")': 'Argument 1 to "',
    'found: str = {run}(count, "Herald")': '-> str"  [arg-type]',
}
RUNS = ("run", "run_grouped")


def statement(call: str, run: str) -> str:
    return call.format(run=f"await thread.{run}")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """Return what mypy makes of each call, all in one file; only the modules in question are read."""
    folder = tmp_path_factory.mktemp("types")
    calls = [statement(call, run) for call in (RIGHT, *WRONG) for run in RUNS]
    path = folder / "calls.py"
    path.write_text(HEAD + "".join(CALL.format(n=n, call=call) for n, call in enumerate(calls)), encoding="utf-8")
    options = ["--config-file=", f"--cache-dir={folder}/cache", "--follow-imports=skip", "--allow-empty-bodies"]
    output, crashed, _ = api.run([*options, *(str(PACKAGE / name) for name in CHECKED), str(path)])
    assert not crashed
    lines = path.read_text(encoding="utf-8").splitlines()
    found: dict[str, list[str]] = {call: [] for call in calls}
    for number, message in re.findall(r"calls\.py:(\d+): (.*)", output):
        found[lines[int(number) - 1].strip()].append(message)
    return found


@pytest.mark.parametrize("run", RUNS)
def test_a_right_call_has_the_type_of_the_function_s_result(said: Mapping[str, list[str]], run: str) -> None:
    assert said[statement(RIGHT, run)] == ['note: Revealed type is "int"']


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_an_error(said: Mapping[str, list[str]], run: str, call: str) -> None:
    (error,) = [message for message in said[statement(call, run)] if message.startswith("error: ")]
    assert WRONG[call] in error
