"""`writethru doctor`: find problems and say how to fix them."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracker.cli.exit_codes import ERROR
from tracker.render import one_line

from ..app import App, verb

_SIGNS = {"ok": "ok     ", "warning": "warning", "broken": "BROKEN "}
_INDENT = " " * 9


@verb()
@click.option("--offline", is_flag=True, help="Do not connect to any host.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=10.0,
    show_default=True,
    help="Wait this many seconds for each host.",
)
def doctor(app: App, *, offline: bool, timeout: float) -> None:
    """Check the configuration, archive, disk, clock, hosts and alert targets. Exits with 1 if something is broken."""
    import asyncio

    from ..health import of_archive, of_config, of_network

    config, found = of_config(app)
    found += of_archive(app)
    if config is not None and not offline:
        app.out.note("connecting to hosts …")
        found += asyncio.run(of_network(config, timeout))
    for each in found:
        if app.settings.json:
            app.out.data({"schema": 1, **asdict(each)})
            continue
        app.out.wrapped(f"{_SIGNS[each.state]}  {one_line(each.what)}: {one_line(each.detail)}", _INDENT)
        if each.remedy:
            app.out.wrapped(f"{_INDENT}-> {one_line(each.remedy)}", f"{_INDENT}   ")
    if any(each.state == "broken" for each in found):
        click.get_current_context().exit(ERROR)
