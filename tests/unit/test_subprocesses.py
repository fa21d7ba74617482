import sys
from pathlib import Path

import pytest

from tests.waiting import holders, until
from tracker.subprocesses import run_program


async def test_a_program_reads_its_input_and_says_how_it_ended():
    code = "import sys; print(sys.stdin.read().upper()); print('a', 'b', sep='\\n', file=sys.stderr); sys.exit(3)"
    ended = await run_program((sys.executable, "-c", code), b"read", timeout=60)
    assert (ended.status, ended.output, ended.last_error) == (3, b"READ\n", "b")


async def test_a_program_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path):
    with holders(tmp_path / "held") as is_held:
        with pytest.raises(TimeoutError):
            await run_program(("sh", "-c", f"exec 3>{tmp_path}/held; sleep 300 & sleep 300"), b"", timeout=0.5)
        await until(lambda: not is_held())


async def test_a_program_that_is_not_there_cannot_be_started():
    with pytest.raises(FileNotFoundError):
        await run_program(("/nowhere/at/all",), b"", timeout=1)
