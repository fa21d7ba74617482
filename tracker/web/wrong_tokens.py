"""Slow down whoever guesses tokens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

DELAY_SECONDS: Final = 0.7
MAX_WAIT_SECONDS: Final = 10.0
MAX_CLIENTS: Final = 10_000


@dataclass
class WrongTokens:
    """Answers one wrong token of a client at a time, each after a delay, however many it sends at once."""

    _free_at: dict[str, float] = field(default_factory=dict)

    async def delay(self, client: str) -> bool:
        """Wait for the client's turn; return False, at once, where it has too many guesses waiting already.

        Args:
            client: the address that the request came from.
        """
        now = asyncio.get_running_loop().time()
        if len(self._free_at) >= MAX_CLIENTS:
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        free_at = max(self._free_at.get(client, now), now) + DELAY_SECONDS
        if free_at - now > MAX_WAIT_SECONDS:
            return False
        self._free_at[client] = free_at
        await asyncio.sleep(free_at - now)
        return True
