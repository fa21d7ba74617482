import asyncio
import sys
from pathlib import Path

import pytest

from tracker.subprocesses import run_program

pytestmark = pytest.mark.anyio


async def test_a_program_reads_its_input_and_says_how_it_ended():
    code = "import sys; print(sys.stdin.read().upper()); print('a', 'b', sep='\\n', file=sys.stderr); sys.exit(3)"
    ended = await run_program((sys.executable, "-c", code), b"read", timeout=20)
    assert (ended.status, ended.output, ended.last_error) == (3, b"READ\n", "b")


async def test_a_program_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path):
    mark = tmp_path / "still-here"
    with pytest.raises(TimeoutError):
        await run_program(("sh", "-c", f"(sleep 0.6; touch {mark}) & sleep 20"), b"", timeout=0.2)
    await asyncio.sleep(0.8)
    assert not mark.exists()


async def test_a_program_that_is_not_there_cannot_be_started():
    with pytest.raises(FileNotFoundError):
        await run_program(("/nowhere/at/all",), b"", timeout=1)
