import random
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.archive import frames
from tracker.errors import ArchiveError

PAGE = random.Random(7).randbytes(40_000)
EDITED = PAGE[:20_000] + b"one more sentence" + PAGE[20_000:]


@given(st.binary(max_size=400), st.binary(max_size=400) | st.none())
def test_bytes_read_back_as_they_were(raw: bytes, base: bytes | None) -> None:
    frame, needs_base = frames.encode(raw, base)
    assert frames.decode(frame, len(raw), base if needs_base else None) == raw
    assert frames.decode(frames.patch(raw, base or b""), len(raw), base) == raw


def test_a_later_state_costs_next_to_nothing() -> None:
    frame, needs_base = frames.encode(EDITED, PAGE)
    assert needs_base
    assert len(frame) < 100


def test_an_unlike_base_is_not_used() -> None:
    raw = " ".join(random.Random(9).choices(["river", "mayor", "flood", "street", "rose"], k=9000)).encode()
    frame, needs_base = frames.encode(raw, PAGE)
    assert not needs_base
    assert frames.decode(frame, len(raw)) == raw


def test_a_poor_patch_is_still_better_than_none() -> None:
    fresh = random.Random(8).randbytes(30_000)
    frame, needs_base = frames.encode(PAGE[:10_000] + fresh, PAGE)
    assert needs_base
    assert len(frame) < 30_200


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_damage_is_an_error_and_never_other_bytes(place: int) -> None:
    frame, _ = frames.encode(EDITED, PAGE)
    place %= len(frame)
    broken = frame[:place] + bytes([frame[place] ^ 4]) + frame[place + 1 :]
    with suppress(ArchiveError):
        assert frames.decode(broken, len(EDITED), PAGE) == EDITED


def test_a_wrong_base_or_length_is_an_error() -> None:
    frame, _ = frames.encode(EDITED, PAGE)
    for length, base in ((len(EDITED), EDITED), (len(EDITED) - 1, PAGE), (len(EDITED) + 1, PAGE)):
        with pytest.raises(ArchiveError, match="damaged"):
            frames.decode(frame, length, base)
    with pytest.raises(ArchiveError, match="damaged"):
        frames.decode(frame[:-6], len(EDITED), PAGE)


@pytest.mark.parametrize(
    ("n", "base"), [(1, None), (2, 1), (3, 1), (4, 3), (5, 1), (6, 5), (7, 5), (8, 7), (9, 1), (40, 39)]
)
def test_the_base_of_a_version(n: int, base: int | None) -> None:
    assert frames.base_of(n) == base


def test_no_version_is_far_from_the_first() -> None:
    for n in range(1, 501):
        at, links = n, 0
        while (before := frames.base_of(at)) is not None:
            at, links = before, links + 1
        assert at == 1
        assert links <= 9


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs the zstd command")
def test_the_stock_tool_reads_a_frame(tmp_path: Path) -> None:
    frame, _ = frames.encode(EDITED, PAGE)
    (tmp_path / "base").write_bytes(PAGE)
    (tmp_path / "frame.zst").write_bytes(frame)
    command = ["zstd", "-d", "-q", "--patch-from=base", "frame.zst", "-o", "out"]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert (tmp_path / "out").read_bytes() == EDITED
