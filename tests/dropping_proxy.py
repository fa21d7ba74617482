"""A TCP proxy on loopback before a Unix socket, which can stop forwarding while all connections stay open.

To either side, the machine on the other side has then vanished without a word; the kernel still answers for it.
"""

import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

CHUNK_BYTES: Final = 65_536


class DroppingProxy:
    """Forward connections to the Unix socket of the PostgreSQL server at `url`, until `is_dropping` is set.

    `accepted` counts the connections.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = str(Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self.is_dropping = threading.Event()
        self.accepted = 0
        port = self._listener.getsockname()[1]
        self.url = f"{parts.scheme}://{parts.username}@127.0.0.1:{port}{parts.path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.is_dropping.clear()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self.accepted += 1
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, selectors.DefaultSelector() as ready, suppress(OSError):
            while self.is_dropping.is_set():
                self._stopped.wait(0.05)
            server.connect(self._target)
            others = {client: server, server: client}
            for each in others:
                ready.register(each, selectors.EVENT_READ)
            while not self._stopped.is_set():
                for key, _ in ready.select(0.2):
                    while self.is_dropping.is_set():
                        self._stopped.wait(0.05)
                    one = client if key.fileobj is client else server
                    data = one.recv(CHUNK_BYTES)
                    if not data:
                        return
                    others[one].sendall(data)
