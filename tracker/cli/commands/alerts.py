"""`writethru alerts`: list alerts, test rules and targets, and send failed alerts again."""

from __future__ import annotations

import click

from ..lazy import LazyGroup

_AT = "tracker.cli.commands."
_TABLE = {
    "list": (f"{_AT}alerts_list:list_", "List alerts with their targets, reasons, states and errors."),
    "show": (f"{_AT}alerts_list:show", "Show one alert as its target receives it."),
    "test": (f"{_AT}alerts_test:test", "Show which alerts an invented change would send; --send sends them."),
    "replay": (f"{_AT}alerts_replay:replay", "Show which alerts the rules would have sent for stored versions."),
    "release": (f"{_AT}alerts_list:release", "Send alerts held because many articles of a source changed at once."),
    "retry": (f"{_AT}alerts_list:retry", "Send dead alerts again."),
}


@click.group(cls=LazyGroup, table=_TABLE)
def alerts() -> None:
    """List alerts, test rules and targets, and send failed alerts again."""
