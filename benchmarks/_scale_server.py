"""Five hundred hosts on loopback for the scale benchmark: one small article each, in a process of its own."""

from __future__ import annotations

import asyncio
import resource
import sys

from _pipeline_pages import Pages

_BODY = (
    "<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    "<p>The harbour authority said on Tuesday that ships would be turned away until the quay is repaired, which it "
    "expects to take three weeks at the least.</p><p>Fishermen said they had not been told. The council meets again on "
    "Friday to decide who pays for the damage that the storm did.</p></article></body></html>"
)


class _Answers(Pages):
    @classmethod
    def _answer(cls, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode()
        if path == "/robots.txt":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if b"if-none-match" in head.lower():
            return b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
        body = _BODY.format(title=f"Harbour closed, day {path.strip('/')}").encode()
        answer = (
            b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n%s'
        )
        return answer % (len(body), body)


async def main(hosts: int) -> None:
    loop = asyncio.get_running_loop()
    port = 0
    for number in range(hosts):
        server = await loop.create_server(_Answers, f"127.1.{1 + number // 250}.{1 + number % 250}", port)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(main(int(sys.argv[1])))
