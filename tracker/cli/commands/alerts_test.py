"""`writethru alerts test`: show which alerts an invented change would send, or send them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.exit_codes import ERROR, PARTIAL
from tracker.render import one_line
from tracker.render.times import iso, moment

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.cli.sample_alerts import SampleAlert

# As in `tracker.alerts.SAMPLES`, which `--help` must not load.
_SAMPLES = ["correction", "headline", "update", "silent"]


@verb()
@click.option("--rule", metavar="NAME", help="Test only this rule, with its targets.")
@click.option("--to", "targets", metavar="TARGET", multiple=True, help="Test this target; can be repeated.")
@click.option("--sample", type=click.Choice(_SAMPLES), default="correction", show_default=True, help="Kind of change.")
@click.option("--send", is_flag=True, help="Send the alert now and show the results.")
def test(app: App, rule: str | None, targets: tuple[str, ...], sample: str, *, send: bool) -> None:
    """Show which alerts an invented change would send: by every rule that matches it, or by one rule.

    Nothing leaves this machine without --send. With it, the exit code is 1 if no target accepted the alert and 4 if
    some did not.
    """
    import asyncio

    from tracker.cli.sample_alerts import chosen_targets, sample_alerts, send_samples

    chosen = chosen_targets(app.config, rule, targets)
    if send:
        accepted = asyncio.run(send_samples(app, chosen, rule, sample))
        if accepted < len(chosen):
            click.get_current_context().exit(PARTIAL if accepted else ERROR)
        return
    shown = sample_alerts(app.config, rule, chosen, sample, app.now)
    for place, each in enumerate(shown):
        if app.settings.json:
            app.out.data(_object(each))
        else:
            if place:
                app.out.line()
            _write(app, each)
    if not shown:
        app.out.note(f"No rule sends this sample to {', '.join(target.name for target in chosen)}.")
    app.out.note("Nothing was sent. Add --send to send it.")


def _write(app: App, each: SampleAlert) -> None:
    when = "at once"
    if each.alert.due_at is not None:
        when = f"in one message with others at {moment(each.alert.due_at, app.now)} UTC"
    app.out.wrapped(f"== {one_line(each.rule)} → {one_line(each.target.name)} ({each.target.type}): {when}")
    if not each.matches:
        app.out.wrapped("!  This rule does not match the sample; this is what its alert would look like.")
    app.out.line()
    for line in each.preview.rstrip("\n").split("\n"):
        app.out.line(f"   {line}".rstrip())


def _object(each: SampleAlert) -> dict[str, Any]:
    return {
        "schema": 1,
        "rule": each.rule,
        "target": each.target.name,
        "type": each.target.type,
        "meets": each.matches,
        "due": iso(each.alert.due_at),
        "subject": each.message.subject,
        "text": each.message.text,
        "short": each.message.short,
        "event": json.loads(each.preview) if each.is_json else None,
    }
