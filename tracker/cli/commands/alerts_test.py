"""`writethru alerts test`: what would be sent where, and with --send, sending it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.exit_codes import ERROR, PARTIAL

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from tracker.cli.sample_alerts import Trial

_SAMPLES = ["correction", "headline", "update", "silent"]


@click.command(cls=Verb)
@click.option("--rule", metavar="NAME", help="Only this rule, with its targets.")
@click.option("--to", "targets", metavar="TARGET", multiple=True, help="To this target; may be repeated.")
@click.option("--sample", type=click.Choice(_SAMPLES), default="correction", help="What is told (correction).")
@click.option("--send", is_flag=True, help="Send it for real, now, and say what came of it.")
@pass_app
def test(app: App, rule: str | None, targets: tuple[str, ...], sample: str, *, send: bool) -> None:
    """Show what would be sent where for an invented change: by one rule, or by every rule that it meets.

    Nothing leaves this machine without --send. That exits with 1 where no target took it, with 4 where some did not.
    """
    import asyncio

    from tracker.cli.sample_alerts import send_samples, trials, wanted

    chosen = wanted(app.config, rule, targets)
    if send:
        took = asyncio.run(send_samples(app, chosen, rule, sample))
        if took < len(chosen):
            click.get_current_context().exit(PARTIAL if took else ERROR)
        return
    shown = trials(app.config, rule, [target.name for target in chosen], sample, app.now)
    for place, each in enumerate(shown):
        if app.settings.json:
            app.out.data(_object(each))
        else:
            if place:
                app.out.line()
            _write(app, each)
    if not shown:
        app.out.note(f"no rule tells {', '.join(target.name for target in chosen)} of such a change")
    app.out.note("nothing was sent; --send sends it")


def _write(app: App, each: Trial) -> None:
    from tracker.render import one_line
    from tracker.render.times import moment

    head = f"{one_line(each.rule)} → {one_line(each.target)} ({each.kind})"
    when = "at once"
    if each.alert.due_at is not None:
        when = f"with others at {moment(each.alert.due_at, app.now)} UTC"
    app.out.wrapped(f"== {head}: {when}")
    if not each.meets:
        app.out.wrapped("!  the rule does not ask for this sample; this is how it would look")
    app.out.line()
    for line in _said(each).rstrip("\n").split("\n"):
        app.out.line(f"   {line}".rstrip())


def _said(each: Trial) -> str:
    from tracker.render import safe

    if each.kind == "webhook":
        return safe(json.dumps(json.loads(each.event), indent=2, ensure_ascii=False))
    if each.kind == "apprise":
        return f"{each.message.subject}\n\n{each.message.short}"
    return f"Subject: {each.message.subject}\n\n{each.message.text}"


def _object(each: Trial) -> dict[str, Any]:
    from tracker.render.times import iso

    return {
        "schema": 1,
        "rule": each.rule,
        "target": each.target,
        "type": each.kind,
        "meets": each.meets,
        "due": iso(each.alert.due_at),
        "subject": each.message.subject,
        "text": each.message.text,
        "short": each.message.short,
        "event": json.loads(each.event) if each.kind == "webhook" else None,
    }
