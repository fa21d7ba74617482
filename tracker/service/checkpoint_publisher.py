"""Publish checkpoints: to a folder, an alert target, a command, and time-stamping services.

Pending stamps and commands are files next to the checkpoint, and messages are in the outbox, so that neither a
network failure nor a crash loses one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.archive.ledger.checkpoints import CheckpointFolder, Rhythm
from tracker.archive.ledger.log import seal_log
from tracker.archive.outbox import enqueue_alerts
from tracker.config.tables import Rfc3161Stamp
from tracker.errors import ArchiveError, ConfigError, DeliveryError, UsageError
from tracker.evidence.stamps import opentimestamps, rfc3161
from tracker.evidence.stamps.queue import PROMISED, WANTED, StampQueue, Waiting, ending_of
from tracker.model.capture import Capture, Failure, Request
from tracker.observe import logs
from tracker.subprocesses import run_program
from tracker.urls import host_of, hostname_of, origin_of

from .backoff import Backoff

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from tracker.archive.thread import ArchiveThread
    from tracker.config.tables import ArchiveConfig, Stamp
    from tracker.model.capture import Fetcher

    Work = Callable[[Waiting, datetime], Awaitable[bool]]

COMMAND: Final = "command.ran"
MAX_BATCH_NOTES: Final = 5
MAX_COMMAND_SECONDS: Final = 60.0
PROMISE_INTERVAL: Final = timedelta(hours=1)
PROOF_PENDING_STATUS: Final = 404
"""The status a calendar answers until its promised proof is in a Bitcoin block."""
MAX_COMMAND_OUTPUT_BYTES: Final = 4000
_CALENDARS: Final = (".calendar.opentimestamps.org", ".calendar.eternitywall.com", ".calendar.catallaxy.com")
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
        self._folder = CheckpointFolder(Path(config.checkpoints), config.database)
        last = self._folder.newest_at() if resume and config.checkpoints else None
        self._rhythm = Rhythm(config.checkpoint_every.total_seconds(), last)
        self._queue = StampQueue(Path(config.checkpoints))
        self._works = dict(self._plan())
        self._backoffs: defaultdict[tuple[str, str], Backoff] = defaultdict(Backoff)

    async def make(self, now: datetime) -> None:
        """If a checkpoint is due, write it to the folder and queue its mail, command and time stamps."""
        if not (self._config.checkpoints and self._rhythm.due(now)):
            return
        try:
            signer = await asyncio.to_thread(self._folder.signer)
            note = await self._archive.run(seal_log, signer, now)
            path = await asyncio.to_thread(self._folder.keep, note, signer.public)
            if self._config.checkpoint_mail:
                from tracker.alerts.payload import checkpoint_alert

                await self._archive.run(
                    enqueue_alerts, [checkpoint_alert(self._config.checkpoint_mail, note, signer.public)], now
                )
            endings = [ending for ending, mark in self._works if mark == WANTED]
            await asyncio.to_thread(self._queue.want, path, endings)
        except ArchiveError as error:
            _log.error("checkpoint", detail=str(error), hint=error.hint or "the next attempt is at the next checkpoint")
            return
        _log.info("checkpoint", file=str(path))

    def next_at(self, now: datetime) -> datetime | None:
        """Return when there is something to make or publish again; None if no checkpoints are configured."""
        if not self._config.checkpoints:
            return None
        waiting = any(self._queue.waiting(ending, mark) for ending, mark in self._works)
        return now if waiting else self._rhythm.next_at(now)

    async def publish(self, now: datetime) -> None:
        """Process what is queued. Each service that fails is tried again in its own time, see `Backoff`."""
        for (ending, mark), work in self._works.items():
            await self._process(ending, mark, work, now)

    async def _process(self, ending: str, mark: str, work: Work, now: datetime) -> None:
        backoff = self._backoffs[ending, mark]
        if backoff.is_waiting(now):
            return
        try:
            waiting = await asyncio.to_thread(self._queue.waiting, ending, mark)
            done = [await work(each, now) for each in waiting[:MAX_BATCH_NOTES]]
        except (ArchiveError, DeliveryError, OSError) as error:
            _log.warning("checkpoint", waits_for=ending, detail=str(error), hint=f"again in {backoff.fail(now)}")
        else:
            backoff.succeed(None if all(done) else now + PROMISE_INTERVAL)

    def _plan(self) -> list[tuple[tuple[str, str], Work]]:
        """Return the steps for each checkpoint: (ending of the result file, queue) and the function that does it."""
        plan: list[tuple[tuple[str, str], Work]] = []
        if self._config.checkpoint_command:
            plan.append(((COMMAND, WANTED), self._run))
        for place, stamp in enumerate(self._config.timestamp):
            host = host_of(stamp.url)
            # Services of the same kind and host are told apart by their position in the configuration.
            twice = (stamp.type, host) in {(each.type, host_of(each.url)) for each in self._config.timestamp[:place]}
            name = f"{host}-{place + 1}" if twice else host
            if isinstance(stamp, Rfc3161Stamp):
                plan.append(((ending_of(name, "tsr"), WANTED), partial(self._ask_authority, stamp, _roots(stamp))))
            else:
                ending = ending_of(name, "ots")
                plan.append(((ending, WANTED), partial(self._ask_calendar, stamp)))
                plan.append(((ending, PROMISED), partial(self._complete_proof, stamp)))
        return plan

    async def _run(self, waiting: Waiting, _now: datetime) -> bool:
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
        return True

    async def _ask_authority(
        self, stamp: Rfc3161Stamp, roots: list[Certificate], waiting: Waiting, _now: datetime
    ) -> bool:
        note = await asyncio.to_thread(waiting.note.read_bytes)
        request = rfc3161.request(note)
        headers = (("Content-Type", rfc3161.MEDIA_TYPE),)
        status, answer = await self._fetcher.inquire(stamp.url, headers, request.as_bytes(), private=stamp.private)
        if status != 200:
            raise DeliveryError(f"the authority answered {status}", resource=stamp.url)
        await asyncio.to_thread(self._queue.keep, waiting, rfc3161.checked(answer, request, note, roots))
        _log.info("checkpoint", stamped=str(waiting.stamp))
        return True

    async def _ask_calendar(self, stamp: Stamp, waiting: Waiting, _now: datetime) -> bool:
        note, nonce = await asyncio.to_thread(waiting.note.read_bytes), secrets.token_bytes(16)
        headers = (("Content-Type", "application/octet-stream"), ("Accept", opentimestamps.MEDIA_TYPE))
        digest = opentimestamps.digest_to_send(note, nonce)
        status, answer = await self._fetcher.inquire(f"{stamp.url.rstrip('/')}/digest", headers, digest)
        if status != 200:
            raise DeliveryError(f"the calendar answered {status}", resource=stamp.url)
        proof = opentimestamps.proof(note, nonce, answer)
        await asyncio.to_thread(self._queue.keep, waiting, proof, promised=bool(opentimestamps.promises(proof)))
        _log.info("checkpoint", stamped=str(waiting.stamp), detail="the calendar will provide the proof later")
        return True

    async def _complete_proof(self, stamp: Stamp, waiting: Waiting, now: datetime) -> bool:
        proof = await asyncio.to_thread(waiting.stamp.read_bytes)
        for promise in opentimestamps.promises(proof):
            if not _is_calendar(promise.calendar, stamp.url):
                continue
            found = await self._fetcher.fetch(Request(promise.url, accept=opentimestamps.MEDIA_TYPE), now)
            if isinstance(found, Capture):
                proof = opentimestamps.completed(proof, promise, found.body)
            elif isinstance(found, Failure) and found.status != PROOF_PENDING_STATUS:
                raise DeliveryError(found.reason, resource=promise.calendar)
        left = bool(opentimestamps.promises(proof))
        await asyncio.to_thread(self._queue.keep, waiting, proof, promised=left)
        if not left:
            _log.info("checkpoint", stamped=str(waiting.stamp), detail="the proof is complete")
        return not left


def _roots(stamp: Rfc3161Stamp) -> list[Certificate]:
    try:
        pem = Path(stamp.roots).read_bytes() if stamp.roots else b""
    except OSError as error:
        raise ConfigError("the root certificates cannot be read", resource=stamp.roots) from error
    return rfc3161.load(pem, stamp.roots)


def _is_calendar(named: str, configured: str) -> bool:
    """Return whether a promised proof may be fetched from `named`: the configured calendar or a well-known one.

    The answer of a calendar names the address, which could otherwise be any, on this network too.
    """
    try:
        # Parse the URL as the fetcher does: another parser might see another host in it.
        known = named.startswith("https://") and hostname_of(named).endswith(_CALENDARS)
        return known or origin_of(named) == origin_of(configured)
    except UsageError:
        return False
