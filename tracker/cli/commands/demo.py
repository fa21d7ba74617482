"""`writethru demo`: the service against a newspaper of our own, which knows what it printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.app import pass_app
from tracker.cli.lazy import Verb

if TYPE_CHECKING:
    from tracker.cli.app import App


@click.command("demo", cls=Verb)
@click.option("--exit", "leave", is_flag=True, help="Stop when the play is over; without it the newspaper stays open.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another timetable.")
@click.option("--speed", type=click.FloatRange(0.1, 5), default=1.0, show_default=True, help="Play faster or slower.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("writethru-demo"),
    show_default=True,
    help="Write everything to this folder, which is replaced on each run.",
)
@pass_app
def demo(app: App, *, leave: bool, seed: int, speed: float, directory: Path) -> int:
    """Watch an invented newspaper for a minute.

    Two outlets on this machine print a story that grows, a correction, a silent edit and more. The service runs as it
    always does; what it captures is shown live, then a timeline, a diff and the alerts. At the end the newspaper says
    what it really printed. Exits 1 where something was missed, invented, or told twice.
    """
    from tracker.cli.stage import Stage
    from tracker.newsroom import play, playbill, setting
    from tracker.newsroom.performance import Performance

    with Performance(play.demo(seed), setting.prepare(directory, speed), speed) as performance:
        stage = Stage(performance, app.out)
        stage.say(playbill.opening(performance.play, performance.newspaper.bases, directory, speed))
        performance.service.start()
        stage.watch()
        if leave:
            stage.stop()
        perfect = stage.close()
        if not leave:
            stage.say([playbill.BLANK, playbill.heading("The newspaper stays open. Ctrl-C ends it."), playbill.BLANK])
            stage.linger()
    return 0 if perfect else 1
