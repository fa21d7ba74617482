"""`writethru demo`: the service watching invented news sites on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.app import App, verb
from tracker.demo import messages


@verb()
@click.option("--exit", "leave", is_flag=True, help="Exit at the end instead of leaving the sites running.")
@click.option("--seed", type=int, default=0, show_default=True, help="Vary the times at which edits are published.")
@click.option(
    "--speed", type=click.FloatRange(0.1, 5), default=1.0, show_default=True, help="Run this many times as fast."
)
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("writethru-demo"),
    show_default=True,
    help="Write all files to this directory, replacing an earlier demo.",
)
def demo(app: App, *, leave: bool, seed: int, speed: float, directory: Path) -> int:
    """Watch two invented news sites for a minute.

    The sites run on this machine and publish a developing story, a correction, an edit without a note and more. The
    service watches them as it would watch real sites. You see each version as it is captured, then a timeline, a diff
    and the alerts. At the end, everything captured is compared with what was published. Exits with 1 if a version or
    an alert is missing, wrong or duplicated.
    """
    from tracker.cli.demo_output import DemoOutput
    from tracker.demo.demo_schedule import demo_schedule
    from tracker.demo.harness import Harness
    from tracker.demo.workspace import create_workspace

    with Harness(demo_schedule(seed), create_workspace(directory, speed), speed) as harness:
        output = DemoOutput(harness, app.out)
        output.write(messages.opening(harness.schedule, harness.news_server.bases, directory, speed))
        harness.service.start()
        output.watch()
        if leave:
            output.stop_service()
        perfect = output.summarize()
        if not leave:
            output.write([messages.BLANK, messages.heading("The sites keep running. Press Ctrl-C to stop.")])
            output.write([messages.BLANK])
            output.watch_until_interrupted()
    return 0 if perfect else 1
