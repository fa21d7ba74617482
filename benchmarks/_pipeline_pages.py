"""A thousand pages of 32 to 150 KB on loopback, whose phase is set from outside: same, noisy, not modified, edited."""

from __future__ import annotations

import asyncio
import random
import sys

HOSTS = 50
_WORDS = (
    "minister harbour council report talks fire people storm court police bridge school water train hospital market "
    "vote union strike company river price border village airport deal tax budget energy climate army judge protest"
).split()


def url(port: int, number: int) -> str:
    return f"http://127.2.0.{1 + number % HOSTS}:{port}/news/2026/11/25/story-{number}"


def _sentence(rng: random.Random) -> str:
    words = [rng.choice(_WORDS) for _ in range(rng.randint(9, 22))]
    return f"The {' and the '.join([' '.join(words[:4]), ' '.join(words[4:])])}, officials said."


def _chrome(rng: random.Random, size: int) -> str:
    parts = []
    length = 0
    while length < size:
        n = rng.randrange(10**6)
        parts.append(
            f'<li class="card card--{n % 7}"><a href="/news/{n}" data-track="m{n}"><span class="k">More</span> '
            f"{rng.choice(_WORDS)} {rng.choice(_WORDS)}</a></li>"
            f'<script type="application/json">{{"id":{n},"x":"{"y" * 300}"}}</script>'
        )
        length += len(parts[-1])
    return "".join(parts)


class Story:
    """One page: its body is fixed, an edit changes a toll and adds a paragraph, noise changes everything around."""

    def __init__(self, number: int) -> None:
        rng = random.Random(number)
        self.number = number
        self.title = f"Story {number}: {' '.join(rng.choice(_WORDS) for _ in range(6))}"
        self.paragraphs = [
            " ".join(_sentence(rng) for _ in range(rng.randint(2, 4))) for _ in range(rng.randint(8, 22))
        ]
        self.chrome = _chrome(rng, rng.randint(26_000, 140_000))

    def page(self, *, edited: bool, noise: int) -> bytes:
        toll = 12 + self.number % 5 + (7 if edited else 0)
        body = [
            f"At least {toll} people were killed when the storm reached the coast, the ministry said.",
            *self.paragraphs,
        ]
        if edited:
            body.append(
                "The prime minister will travel to the region on Thursday, her office said late in the evening."
            )
        paragraphs = "".join(f"<p>{text}</p>" for text in body)
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{self.title} | Paper</title>"
            f'<meta property="og:title" content="{self.title}"><meta name="csrf" content="{noise}"></head><body>'
            f"<header><nav><ul>{self.chrome[:8000].rpartition('<li')[0]}</ul></nav><p>Served {noise}</p></header>"
            "<main><article>"
            f'<h1>{self.title}</h1><time datetime="2026-11-25T08:00:00Z">25 Nov</time>{paragraphs}</article>'
            f"<aside><h2>Most read</h2><p>{noise % 977} readers now</p><ul>{self.chrome}</ul></aside></main>"
            f"<footer>© Paper {noise}</footer></body></html>"
        ).encode()


class Pages(asyncio.Protocol):
    """Answers by phase; counts what was asked."""

    stories: dict[int, Story] = {}  # noqa: RUF012 - one process, one set
    phase = "new"
    asked = 0
    noise = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._held = b""

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head))

    @classmethod
    def _answer(cls, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode()
        if "story-" not in path:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        cls.asked += 1
        edited = cls.phase == "changed"
        tag = b'"edited"' if edited else b'"first"'
        if cls.phase == "304" and b"if-none-match" in head.lower():
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        cls.noise += 1
        body = cls.stories[int(path.rpartition("-")[2])].page(
            edited=edited, noise=0 if cls.phase == "304" else cls.noise
        )
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (tag, len(body), body)
        )


async def main(count: int) -> None:
    Pages.stories = {number: Story(number) for number in range(count)}
    loop = asyncio.get_running_loop()
    port = 0
    for host in range(HOSTS):
        server = await loop.create_server(Pages, f"127.2.0.{1 + host}", port)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(Pages.asked, flush=True)
        Pages.phase, Pages.asked = line.strip(), 0


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
