"""`writethru alerts`: what was told to whom and why, what would be told, and a way to try it."""

from __future__ import annotations

import click

from ..lazy import LazyGroup

_AT = "tracker.cli.commands."
_TABLE = {
    "list": (f"{_AT}alerts_list:list_", "List alerts: to whom, why, how far they came, what went wrong."),
    "show": (f"{_AT}alerts_list:show", "Show one alert as its target gets it."),
    "test": (f"{_AT}alerts_test:test", "Show what would be sent where for an invented change; --send sends it."),
    "replay": (f"{_AT}alerts_replay:replay", "Show what rules would have told of versions that are stored."),
    "release": (f"{_AT}alerts_release:release", "Send what is held because much of a source changed at once."),
    "retry": (f"{_AT}alerts_list:retry", "Send alerts again that were given up on."),
}


@click.group(cls=LazyGroup, table=_TABLE)
def alerts() -> None:
    """List alerts, see what rules would tell, try a target, send dead letters again."""
