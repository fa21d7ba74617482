"""D5: the connection to the server breaks around a COMMIT: the retry stores what was not stored, and nothing twice.

A relay in front of PostgreSQL passes a COMMIT on or not, holds back the answer and breaks the connection.
"""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from tests.archive_samples import alert, intent, minutes, watch
from tests.postgres import Server
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import iter_versions
from tracker.errors import ArchiveError
from tracker.model.version import VersionQuery

ROUNDS = 10


class Relay:
    """Relay a socket file of its own to the server's; `cut` is "before" or "after" the next COMMIT, or empty."""

    def __init__(self, folder: Path, server: str) -> None:
        self.cut = ""
        self.cuts = 0
        self._server = server
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                theirs = socket.socket(socket.AF_UNIX)
                theirs.connect(self._server)
                threading.Thread(target=self._up, args=(ours, theirs), daemon=True).start()
                threading.Thread(target=self._down, args=(theirs, ours), daemon=True).start()

    def _up(self, ours: socket.socket, theirs: socket.socket) -> None:
        with suppress(OSError):
            while data := ours.recv(65536):
                if self.cut and b"COMMIT" in data:
                    where, self.cut = self.cut, ""
                    self.cuts += 1
                    if where == "after":
                        # Wait for the server's answer, which shows that it has committed, and drop it.
                        ours.shutdown(socket.SHUT_WR)
                        theirs.sendall(data)
                        theirs.settimeout(5)
                        theirs.recv(65536)
                    break
                theirs.sendall(data)
        for each in (ours, theirs):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @staticmethod
    def _down(theirs: socket.socket, ours: socket.socket) -> None:
        with suppress(OSError):
            while data := theirs.recv(65536):
                ours.sendall(data)


@pytest.mark.postgres
@pytest.mark.parametrize("where", ["after", "before"])
def test_a_commit_whose_answer_is_lost_is_made_once(tmp_path_factory, postgres: Server, postgres_url, where) -> None:
    if postgres.is_foreign:
        pytest.skip("the server that WRITETHRU_TEST_POSTGRES names has no socket file that is known")
    folder = tmp_path_factory.mktemp("r")
    home = postgres_url.partition("host=")[2]
    with Relay(folder, f"{home}/.s.PGSQL.5432") as relay, open_archive(postgres_url) as straight:
        tracked = watch(straight)
        with open_archive(postgres_url.replace(home, str(folder))) as store:
            for n in range(1, ROUNDS + 1):
                told = (alert(f"{n}", article=tracked.id, version=n),)
                made = intent(tracked, n, minutes(n), alerts=told)
                relay.cut = where
                with pytest.raises(ArchiveError):
                    commit_check(store, made)
                again = commit_check(store, made)
                assert again.stale is (where == "after"), "a decision that was carried out is refused the second time"
                assert get_article(store, tracked.id).versions == n
        assert relay.cuts == ROUNDS
        assert [each.n for each in iter_versions(straight, VersionQuery(reverse=True))] == list(range(1, ROUNDS + 1))
        assert sorted(int(each.key) for each in list_deliveries(straight)) == list(range(1, ROUNDS + 1))
        assert verify(straight).damage == []
