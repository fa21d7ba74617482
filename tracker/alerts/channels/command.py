"""A program on this machine that gets each alert as JSON on standard input. No shell is involved.

The program runs with a small environment, in a session of its own, and is killed with all it started when its time is
up. Exit status 0 accepts an alert; after any other it is sent again later.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from typing import Final

from tracker.config.root import Config
from tracker.config.tables import CommandTarget
from tracker.errors import ConfigError
from tracker.model.alert import Delivery
from tracker.render.json import dumps

from .base import Channel, deliver_to_program, keys_to_check

_VARIABLES: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


class CommandNotifier:
    """Run one program for each alert, which is on its standard input as one line of JSON.

    WRITETHRU_ALERT_ID is the key of the alert; a repeat has the same one.
    """

    def __init__(self, target: CommandTarget) -> None:
        self._target = target

    async def send(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002 - the alert says when
        """Run the program, and fail with the last line of its standard error."""
        names = (*_VARIABLES, *self._target.environment)
        variables = {name: os.environ[name] for name in names if name in os.environ}
        await deliver_to_program(
            self._target.command,
            f"{dumps(delivery.payload)}\n".encode(),  # a line of its own in a file that a program appends to
            variables | {"WRITETHRU_ALERT_ID": delivery.key},
            seconds=self._target.timeout.total_seconds(),
            hint=keys_to_check("command and timeout"),
        )


def _check(target: CommandTarget, _config: Config) -> None:
    if shutil.which(target.command[0]) is None:
        why, hint = f"there is no program {target.command[0]!r}", "give its full path, and make it executable"
        raise ConfigError(why, resource=f"target {target.name}", hint=hint)
    for name in target.environment:
        if name not in os.environ:
            raise ConfigError(
                f"the environment variable {name} is not set", resource=f"target {target.name}", hint=f"export {name}=…"
            )


CHANNEL: Final = Channel(
    CommandTarget,
    open=lambda target, _config, _fetcher: CommandNotifier(target),
    check=_check,
    preview=lambda _target, _config, delivery: delivery.payload,
)
