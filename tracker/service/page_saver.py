"""Ask the Wayback Machine to capture each new version (Save Page Now 2), and keep its answer.

The queue is the archive itself: versions without an answer in the log. The job number of a capture in progress is
stored, so that after a restart its result is asked for, not another capture. Source: "Save Page Now 2 Public API Docs".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from tracker.archive.recaptures import (
    LOOK_BACK_ROWS,
    OutsideCapture,
    Unsaved,
    get_outside_job,
    list_unsaved,
    save_outside_capture,
    save_outside_job,
)
from tracker.archive.state import get_state, save_state
from tracker.archive.thread import ArchiveThread
from tracker.archive.versions import newest_row
from tracker.config.root import Config
from tracker.config.tables import WaybackConfig
from tracker.durations import Backoff
from tracker.errors import ConfigError, DeliveryError
from tracker.model.capture import Capture, Failure, Fetcher, Request
from tracker.observe import logs

WAYBACK: Final = "wayback"
# Captures in progress at a time; the service allows a few more.
MAX_BATCH_VERSIONS: Final = 5
MAX_ATTEMPTS: Final = 5
MAX_ANSWER_CHARS: Final = 4000
# Lists in an answer of the files of a page, which are not stored.
_LONG: Final = ("resources", "outlinks")
# Refusals that say nothing about the page.
_BUSY: Final = frozenset({"error:user-session-limit", "error:service-unavailable"})
_AFTER: Final = "wayback-after"
_log = logs.get("service")


class PageSaver:
    """Has new versions of the sources with `archive = ["wayback"]` captured, from its first call of `save` on.

    `config` returns the current configuration. Failures are tried again, see `Backoff`; after five refusals of one
    version the last answer is kept instead.
    """

    def __init__(self, config: Callable[[], Config], archive: ArchiveThread, fetcher: Fetcher) -> None:
        self._config = config
        self._archive = archive
        self._fetcher = fetcher
        self._backoff = Backoff()

    async def save(self, now: datetime) -> None:
        """Ask for captures of new versions, and for the results of those in progress."""
        config = self._config()
        sources = [source.name for source in config.sources if WAYBACK in source.archive]
        if not sources or self._backoff.is_waiting(now):
            return
        wayback = config.archive.wayback
        assert wayback is not None  # the configuration is refused without it
        after = await self._archive.run(get_state, _AFTER)
        if not after:
            # The first time: versions stored before the setting was made are not captured.
            newest = await self._archive.run(newest_row)
            await self._archive.run(save_state, _AFTER, str(newest), now)
            return
        versions = await self._archive.run(list_unsaved, sources, int(after), MAX_BATCH_VERSIONS)
        if not versions:
            newest = await self._archive.run(newest_row)
            if newest - LOOK_BACK_ROWS > int(after):
                await self._archive.run(save_state, _AFTER, str(newest - LOOK_BACK_ROWS), now)
            return
        try:
            for version in versions:
                await self._turn(wayback, version, now)
        except (DeliveryError, ConfigError) as error:
            _log.warning("wayback", detail=str(error), hint=f"retried in {self._backoff.fail(now)}")
        else:
            self._backoff.succeed()

    async def _turn(self, wayback: WaybackConfig, version: Unsaved, now: datetime) -> None:
        """Ask for a capture, or for its result. Raises DeliveryError if the service does not answer, or refuses."""
        job, tried = await self._archive.run(get_outside_job, version)
        if job:
            place = f"{wayback.url.rstrip('/')}/save/status/{quote(job, safe='')}"
            found = await self._fetcher.fetch(Request(place, accept="application/json"), now)
            if isinstance(found, Failure) and found.status == HTTPStatus.NOT_FOUND:
                # The service no longer knows this job number, as after a long outage.
                answer: dict[str, Any] = {"status": "error", "message": found.reason}
            elif not isinstance(found, Capture):
                raise DeliveryError(found.reason if isinstance(found, Failure) else "no answer", resource=place)
            elif not (answer := _object(found.body)):
                raise DeliveryError("the answer cannot be read", resource=place)
        else:
            tried += 1
            answer = await self._ask(wayback, version.url)
            if new := answer.get("job_id"):
                await self._archive.run(save_outside_job, version, new, tried)
                return
        state = answer.get("status")
        if state == "pending":
            return
        stamp, url, address = answer.get("timestamp"), answer.get("original_url"), ""
        if state == "success" and isinstance(stamp, str) and stamp.isascii() and stamp.isdigit() and url:
            address = f"{wayback.url.rstrip('/')}/web/{stamp}/{url}"
        if not address and tried < MAX_ATTEMPTS:
            await self._archive.run(save_outside_job, version, "", tried)
            reason = answer.get("message") or answer.get("status_ext") or "no capture was made"
            raise DeliveryError(str(reason)[:300], resource=version.url)
        # A capture, or the last of five refusals, which is kept as the reason why there is none.
        brief = {name: value for name, value in answer.items() if name not in _LONG}
        text = json.dumps(brief, ensure_ascii=False, sort_keys=True)[:MAX_ANSWER_CHARS]
        capture = OutsideCapture(version.n, now, WAYBACK, address, text)
        await self._archive.run(save_outside_capture, version, capture)
        _log.info("wayback", article=version.article, version=version.n, address=address or "none")

    async def _ask(self, wayback: WaybackConfig, url: str) -> dict[str, Any]:
        """Ask for a capture; return an answer with its `job_id`, or one that refuses this page.

        Raises DeliveryError for any other answer.
        """
        headers = (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
            ("Authorization", f"LOW {wayback.key.reveal('archive.wayback.key')}"),
        )
        # Nobody reads whether a capture is the first of its page, and finding out would take the service longer.
        body = urlencode({"url": url, "skip_first_archive": "1"}).encode()
        place = f"{wayback.url.rstrip('/')}/save"
        status, _, raw = await self._fetcher.post(place, headers, body, reads_answer=True)
        answer = _object(raw)
        job = answer.get("job_id")
        is_refusal = not job and answer.get("status") == "error" and answer.get("status_ext") not in _BUSY
        if (status == 200 and isinstance(job, str) and job) or (status in {200, 400} and is_refusal):
            return answer
        reason = answer.get("message") or f"it answered {status}"
        raise DeliveryError(f"the Wayback Machine refused the request: {str(reason)[:300]}", resource=url)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
