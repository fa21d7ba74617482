"""`writethru doctor`: find problems and say how to fix them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict

import click

from tracker.errors import ConfigError
from tracker.render.text import one_line
from tracker.service.doctor import Finding, archive_findings, config_findings, network_findings

from .. import options
from ..app import App, verb
from ..exit_codes import ERROR, OK

_SIGNS = {"ok": "ok     ", "warning": "warning", "broken": "BROKEN "}
_INDENT = " " * 9


@verb()
@click.option("--offline", is_flag=True, help="Do not connect to any host.")
@options.decimal("--timeout", "SECONDS", "Wait this long for each host.", 0.1, default=10.0)
def doctor(app: App, *, offline: bool, timeout: float) -> int:
    """Check the configuration, archive, disk, clock, hosts and alert targets. Exits with 1 if something is broken."""
    config = None
    try:
        config = app.config
        found = [*config_findings(config, app.config_path)]
    except ConfigError as error:
        remedy = error.hint or "fix the file, then run: writethru config check"
        found = [Finding("configuration", "broken", str(error), remedy)]
    with suppress(ConfigError):  # the finding about the configuration says it
        found += archive_findings(app.database, app.now, config.archive.checkpoints if config else "")
    if config is not None and not offline:
        app.out.note("connecting to hosts …")
        found += asyncio.run(network_findings(config, timeout))
    for each in found:
        if app.settings.json:
            app.out.data(asdict(each))
            continue
        app.out.wrapped(f"{_SIGNS[each.state]}  {one_line(each.what)}: {one_line(each.detail)}", _INDENT)
        if each.remedy:
            app.out.wrapped(f"{_INDENT}-> {one_line(each.remedy)}", f"{_INDENT}   ")
    return ERROR if any(each.state == "broken" for each in found) else OK
