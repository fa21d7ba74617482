"""Publish checkpoints: to a folder, an alert target, a command, and time-stamping services.

Pending stamps and commands are files next to the checkpoint, and messages are in the outbox, so that neither a
network failure nor a crash loses one.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.addresses.urls import host_of
from tracker.alerts.payload import checkpoint_alert
from tracker.archive.ledger.checkpoints import CheckpointFolder, Rhythm
from tracker.archive.ledger.log import sign_log
from tracker.archive.outbox import enqueue_alerts
from tracker.archive.state import save_state, take_checkpoint_request
from tracker.archive.thread import ArchiveThread
from tracker.config.tables import ArchiveConfig, Rfc3161Stamp
from tracker.durations import Backoff
from tracker.errors import ArchiveError, ConfigError, DeliveryError
from tracker.evidence import stamps
from tracker.model.capture import Fetcher
from tracker.observe import logs
from tracker.tasks import run_program

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

COMMAND: Final = "command.ran"
MAX_BATCH_NOTES: Final = 5
MAX_COMMAND_SECONDS: Final = 60.0
MAX_COMMAND_OUTPUT_BYTES: Final = 4000
KEEP_NOTES: Final = "keep the notes in the folder that archive.checkpoints names"
_log = logs.get("service")


class CheckpointPublisher:
    """Makes a checkpoint when one is due and passes it to all configured recipients.

    With `resume` the interval counts from the newest checkpoint in the folder, otherwise one is due at once. Raises
    ConfigError if a certificate cannot be read or a library is missing.
    """

    def __init__(
        self, config: ArchiveConfig, archive: ArchiveThread, fetcher: Fetcher, *, resume: bool = False
    ) -> None:
        self._config = config
        self._archive = archive
        self._fetcher = fetcher
        self._folder = CheckpointFolder(config.checkpoints, config.database)
        last = self._folder.newest_at() if resume and config.checkpoints else None
        self._rhythm = Rhythm(config.checkpoint_every.total_seconds(), last)
        self._queue = stamps.StampQueue(Path(config.checkpoints))
        # The work for each checkpoint: ending of the result file → the function that makes it.
        self._works: dict[str, Callable[[stamps.Waiting], Awaitable[None]]] = {}
        if config.checkpoint_command:
            self._works[COMMAND] = self._run
        hosts = [host_of(stamp.url) for stamp in config.timestamp]
        for place, (host, stamp) in enumerate(zip(hosts, config.timestamp, strict=True)):
            # Authorities on the same host are distinguished by their position in the configuration.
            name = f"{host}-{place + 1}" if host in hosts[:place] else host
            try:
                pem = Path(stamp.roots).read_bytes() if stamp.roots else b""
            except OSError as error:
                raise ConfigError("the root certificates cannot be read", resource=stamp.roots) from error
            roots = stamps.load(pem, stamp.roots)
            ending = f"{re.sub('[^A-Za-z0-9.-]+', '-', name).strip('.-') or 'authority'}.tsr"
            self._works[ending] = partial(self._ask_authority, stamp, roots)
        self._backoffs: defaultdict[str, Backoff] = defaultdict(Backoff)
        self.error = ""
        """Why the last checkpoint was not made; empty if it was."""

    async def make(self, now: datetime) -> None:
        """If a checkpoint is due, write it to the folder and queue its alert, command and time stamps."""
        if self._config.checkpoints and self._rhythm.due(now):
            await self._write(now, is_due=True)

    async def answer(self, now: datetime) -> None:
        """If somebody asked for a checkpoint, make one. Only the next due one is announced and time-stamped."""
        if await self._archive.run(take_checkpoint_request, now):
            await self._write(now, is_due=False)

    async def _write(self, now: datetime, *, is_due: bool) -> None:
        try:
            note, signer, warning = await self._archive.run(sign_log, self._folder, now)
            path = None
            if warning:
                _log.warning("checkpoint", detail=warning, hint=KEEP_NOTES)
            if self._config.checkpoints:
                path = await asyncio.to_thread(self._folder.keep, note, signer.public)
            if path and is_due:
                if self._config.checkpoint_target:
                    alert = checkpoint_alert(self._config.checkpoint_target, note, signer.public)
                    await self._archive.run(enqueue_alerts, [alert], now)
                await asyncio.to_thread(self._queue.want, path, self._works)
                await self._archive.run(save_state, "checkpoint", "done", now)
        except ArchiveError as error:
            again = "the next attempt is at the next checkpoint" if is_due else "ask for it again"
            _log.error("checkpoint", detail=str(error), hint=error.hint or again)
            self.error = str(error)
            return
        self.error = ""
        _log.info("checkpoint", **({"file": str(path)} if is_due else {"detail": "made on request"}))

    async def publish(self, now: datetime) -> None:
        """Process the queue. Each service that fails is tried again after a pause, see `Backoff`."""
        for ending, work in self._works.items():
            backoff = self._backoffs[ending]
            if backoff.is_waiting(now):
                continue
            try:
                for each in (await asyncio.to_thread(self._queue.waiting, ending))[:MAX_BATCH_NOTES]:
                    await work(each)
            except (ArchiveError, DeliveryError, OSError) as error:
                _log.warning("checkpoint", waits_for=ending, detail=str(error), hint=f"retried in {backoff.fail(now)}")
            else:
                backoff.succeed()

    async def _run(self, waiting: stamps.Waiting) -> None:
        command = self._config.checkpoint_command
        note = await asyncio.to_thread(waiting.note.read_bytes)
        try:
            ended = await run_program(
                [*command, str(waiting.note)], note, timeout=MAX_COMMAND_SECONDS, stderr=asyncio.subprocess.STDOUT
            )
        except TimeoutError:
            reason = f"the command did not finish within {MAX_COMMAND_SECONDS:.0f} s"
            raise DeliveryError(reason, resource=command[0]) from None
        except OSError as error:
            raise DeliveryError(f"the command cannot be run: {error.strerror}", resource=command[0]) from error
        if ended.status:
            said = ended.output.decode("utf-8", "replace").strip()[-300:]
            raise DeliveryError(f"the command failed with exit code {ended.status}: {said}", resource=command[0])
        await asyncio.to_thread(self._queue.keep, waiting, ended.output[:MAX_COMMAND_OUTPUT_BYTES])

    async def _ask_authority(self, stamp: Rfc3161Stamp, roots: list[Certificate], waiting: stamps.Waiting) -> None:
        note = await asyncio.to_thread(waiting.note.read_bytes)
        request = stamps.request(note)
        headers = (("Content-Type", stamps.MEDIA_TYPE),)
        status, _, answer = await self._fetcher.post(
            stamp.url, headers, request.as_bytes(), private=stamp.private, reads_answer=True
        )
        if status != 200:
            raise DeliveryError(f"the authority answered {status}", resource=stamp.url)
        await asyncio.to_thread(self._queue.keep, waiting, stamps.checked(answer, request, note, roots))
        _log.info("checkpoint", stamped=str(waiting.stamp))
