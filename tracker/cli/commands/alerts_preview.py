"""`writethru alerts test` and `replay`: which alerts an invented change, or stored versions, would send."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import click

from tracker.alerts import message
from tracker.alerts.matching import replay_rules
from tracker.archive.versions import iter_versions
from tracker.cli.exit_codes import ERROR, OK, PARTIAL
from tracker.errors import require_known
from tracker.model.alert import Alert
from tracker.model.version import Version, VersionQuery
from tracker.render.text import counted, one_line, safe, wrap
from tracker.render.times import iso, moment
from tracker.service.sample_alerts import SAMPLES, SampleAlert, chosen_targets, sample_alerts, send_samples

from .. import options
from ..app import App, verb


@verb()
@click.option("--rule", metavar="NAME", help="Test only this rule, with its targets.")
@click.option("--to", "targets", metavar="TARGET", multiple=True, help="Test this target; can be repeated.")
@options.choice("--sample", SAMPLES, "Invent this kind of change.", "correction")
@click.option("--send", is_flag=True, help="Send the alert now and show the results.")
def test(app: App, rule: str | None, targets: tuple[str, ...], sample: str, *, send: bool) -> int:
    """Show which alerts an invented change would send, by all rules or by one.

    Nothing leaves this machine without --send. With it, the exit code is 1 if no target accepted the alert and 4 if
    some did not.
    """
    chosen = chosen_targets(app.config, rule, targets)
    if send:

        async def send_each() -> int:
            accepted = 0
            async for each in send_samples(app.config, chosen, rule, sample, app.now):
                accepted += not each.error
                target, error = each.target, each.error
                value = {"target": target.name, "type": target.type, "id": each.key, "ok": not error}
                value |= {"seconds": round(each.seconds, 3), "error": error}
                result = f"failed: {one_line(error)}" if error else f"sent in {each.seconds:.1f} s"
                app.out.say(value, f"{target.name} ({target.type}): {result}")
            return accepted

        accepted = asyncio.run(send_each())
        return OK if accepted == len(chosen) else PARTIAL if accepted else ERROR
    shown = sample_alerts(app.config, rule, chosen, sample, app.now)
    for place, each in enumerate(shown):
        if place and not app.settings.json:
            app.out.line()
        _write(app, each)
    if not shown:
        app.out.note(f"No rule sends this sample to {', '.join(target.name for target in chosen)}.")
    app.out.note("Nothing was sent. Add --send to send it.")
    return OK


def _write(app: App, each: SampleAlert) -> None:
    """Write one alert that the sample would send, with the message that its target would get."""
    if app.settings.json:
        words = message.compose(each.alert.payload)
        app.out.data(
            {
                "rule": each.alert.rule,
                "target": each.target.name,
                "type": each.target.type,
                "meets": each.matches,
                "due": iso(each.alert.due_at),
                "subject": words.subject,
                "text": words.text,
                "short": words.short,
                "event": None if isinstance(each.preview, str) else each.preview,
            }
        )
        return
    when = "at once"
    if each.alert.due_at is not None:
        others = "the copies of its edition" if each.alert.batch and each.alert.batch.alone else "others"
        when = f"in one message with {others} at {moment(each.alert.due_at, app.now)} UTC"
    app.out.wrapped(f"== {one_line(each.alert.rule)} → {one_line(each.target.name)} ({each.target.type}): {when}")
    if not each.matches:
        app.out.wrapped("!  This rule does not match the sample; this is what its alert would look like.")
    app.out.line()
    preview = each.preview
    if not isinstance(preview, str):
        preview = safe(json.dumps(preview, indent=2, ensure_ascii=False))
    for line in preview.rstrip("\n").split("\n"):
        text = line.lstrip(" ")
        lead = " " * (3 + len(line) - len(text))
        for part in wrap(text, app.out.columns, first=lead, rest=f"{lead}  "):
            app.out.line(part.rstrip())


@verb()
@options.since("Replay only versions seen", default="7d")
@options.until("Replay only versions seen")
@click.option("--rule", "names", metavar="NAME", multiple=True, help="Replay only this rule; can be repeated.")
def replay(app: App, since: datetime, until: datetime | None, names: tuple[str, ...]) -> None:
    """Show which alerts today's rules would have sent for stored versions. Nothing is sent.

    Caps are not applied. Pages that were taken down or came back are left out, because these are not versions.
    """
    require_known("rule", names, [rule.name for rule in app.config.rules])
    rules = [rule for rule in app.config.rules if not names or rule.name in names]
    count: Counter[str] = Counter()
    together: set[tuple[str, str]] = set()
    with app.archive() as archive:
        versions = iter_versions(archive, VersionQuery(since=since, until=until, reverse=True))
        link, first = app.config.service.link, app.config.match == "first"
        replayed = replay_rules(rules, versions, link=link, first=first)
        for _, each in groupby(replayed, key=lambda one: (one[0].article, one[0].n, one[1].rule, one[1].due_at)):
            of_rule = list(each)
            alerts = [alert for _, alert in of_rule]
            count[alerts[0].rule] += len(alerts)
            together |= {(one.target, one.batch.name) for one in alerts if one.batch and not one.batch.alone}
            _write_replayed(app, of_rule[0][0], alerts)
    summary = counted(sum(count.values()), "alert")
    if count:
        summary += f" ({', '.join(f'{name}: {number}' for name, number in count.most_common())})"
    if together:
        summary += f"; those that wait for a digest or quiet hours make {counted(len(together), 'message')}"
    app.out.note(f"{summary}.")
    for rule in rules:
        if rule.stale_copy is not None:
            app.out.note(f"Rule {rule.name!r} is about stale copies and is not replayed; see `writethru story show`.")
        elif rule.cites:
            app.out.note(f"Rule {rule.name!r} is about cited passages and is not replayed; see `writethru cite list`.")
        elif rule.gone is not None:
            app.out.note(f"Rule {rule.name!r} is about pages that were taken down and is not replayed.")
        elif rule.story and count[rule.name]:
            app.out.note(f"Rule {rule.name!r} sends copies of one edition as one alert; here each version is listed.")
        elif not count[rule.name]:
            app.out.note(f"Rule {rule.name!r} matches no version.")


def _write_replayed(app: App, version: Version, alerts: Sequence[Alert]) -> None:
    """Write the alerts of one rule about one version, which differ in their targets alone."""
    alert = alerts[0]
    body = alert.payload
    if app.settings.json:
        value = {"rule": alert.rule, "target": "", "article": alert.article, "version": alert.version}
        value |= {"seen": iso(version.seen), "due": iso(alert.due_at), "type": body["type"], "url": body["url"]}
        value |= {"headline": body["headline"], "labels": body["labels"]}
        for each in alerts:
            app.out.data(value | {"target": each.target})
        return
    targets = ", ".join(one_line(each.target) for each in alerts)
    when = moment(version.seen, app.now)
    held = f", sent {moment(alert.due_at, app.now)}" if alert.due_at else ""
    text = f"{when} {alert.article[:8]}@v{alert.version}  {one_line(alert.rule)} → {targets}{held}: "
    app.out.wrapped(f"{text}{message.name(body)}: {message.headline(body)}", rest=" " * 13)
