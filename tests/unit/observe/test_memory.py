import ctypes
import subprocess
import sys

import pytest

from tracker.observe import memory

PIECES = """
import sys
from pathlib import Path
from tracker.observe import memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

if sys.argv[1] == "kept":
    memory.return_freed_memory()
before, held, left = resident(), [], []
for turn in range(40):
    held.append(bytearray(b"x") * 4_000_000)
    left.append(b"y" * 200_000)
    if len(held) > 4:
        held.clear()
held.clear()
print(resident() - before)
"""

HOLES = """
from tracker.observe import memory

freed, kept = [], []
for _ in range(2000):
    freed.append(bytearray(b"x") * 20_000)
    kept.append(bytearray(b"y") * 600)
freed.clear()
before = memory.resident_mb()
memory.trim_heap()
print(before - memory.resident_mb())
"""


@pytest.mark.skipif(not memory.return_freed_memory(), reason="only glibc has these options")
def test_large_blocks_are_returned():
    def grown(how: str) -> int:
        done = subprocess.run([sys.executable, "-c", PIECES, how], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert grown("kept") < 20


@pytest.mark.skipif(not memory.return_freed_memory(), reason="only glibc has these options")
def test_the_heap_is_trimmed_between_blocks_in_use():
    done = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 10


def test_other_c_libraries_are_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert memory.return_freed_memory() is False
    memory.trim_heap()
