"""A server that sends a response over a faulty connection; the faults are those of toxiproxy."""

import asyncio
import random
from dataclasses import dataclass

from tests.integration.fetch.server import Seen

HARMLESS = ("latency", "slicer", "bandwidth")
FAULTS = (*HARMLESS, "truncate", "reset", "blackhole", "garbage", "bit-flip")


@dataclass
class FaultyResponse:
    """A route for a test server; `place` (0 to 1) is where in the response the `fault` occurs."""

    response: bytes
    fault: str = "latency"
    place: float = 0.5
    count: int = 0

    async def __call__(self, _request: Seen, writer: asyncio.StreamWriter) -> bytes:
        """Send the response up to the fault, and return what is to be sent after it."""
        self.count += 1
        at = max(1, int(len(self.response) * self.place))
        before, after = self.response[:at], self.response[at:]
        if self.fault == "bit-flip":
            return self._flip_bit(at)
        await _send(writer, before, 97 if self.fault == "slicer" else at)
        if self.fault == "reset":
            writer.transport.abort()
        elif self.fault == "garbage":
            return random.Random(0).randbytes(2000)
        await asyncio.sleep({"blackhole": 30.0, "latency": 0.05}.get(self.fault, 0.0))
        if self.fault == "bandwidth":
            await _send(writer, after, len(after) // 4 + 1, pause=0.01)
        return after if self.fault in {"latency", "slicer"} else b""

    def _flip_bit(self, at: int) -> bytes:
        rng = random.Random(f"0{at}")
        whole = bytearray(self.response)
        whole[rng.randrange(at - 1, len(whole))] ^= 1 << rng.randrange(8)
        return bytes(whole)


async def _send(writer: asyncio.StreamWriter, data: bytes, size: int, pause: float = 0.0) -> None:
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(pause)
