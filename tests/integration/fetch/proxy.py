"""An HTTP proxy on loopback."""

import asyncio
from contextlib import asynccontextmanager, suppress


class Proxy:
    """An HTTP proxy on loopback that leads every request to one server, whatever host it names."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.url = ""
        self.heads: list[bytes] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.answer = b"HTTP/1.1 200 Connection established\r\n\r\n"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        self.heads.append(head)
        there, back = await asyncio.open_connection("127.0.0.1", self.to)
        if head.startswith(b"CONNECT "):
            writer.write(self.answer)
        else:
            method, target, rest = head.split(b" ", 2)
            path = b"/" + target.split(b"/", 3)[3]
            back.write(b" ".join((method, path, rest)))
        await asyncio.gather(pump(reader, back), pump(there, writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxied(port: int):
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for writer in proxy.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
