"""`writethru alerts`: list alerts, test rules and targets, send failed alerts again, and drop them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from tracker.alerts import message
from tracker.alerts.message import compose
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.outbox import drop_deliveries, list_deliveries, retry_target, revive_deliveries
from tracker.archive.versions import iter_versions
from tracker.cli.exit_codes import ERROR, OK, PARTIAL
from tracker.errors import NotKnown, UsageError, require_known
from tracker.model.alert import Alert, Delivery, DeliveryState
from tracker.model.change import LABELS, LabelKind
from tracker.model.version import Version, VersionQuery
from tracker.pipeline.settle import held_source, release_storm
from tracker.render.text import counted, one_line, pad, safe, wrap
from tracker.render.times import iso, moment
from tracker.service.source_status import recent_status, source_events
from tracker.views.alert import AlertView

from .. import options
from ..app import App, LazyGroup, verb

# `alerts list` shall start fast: only the commands that try rules and targets load the channels, and with them the HTTP
# client and pydantic.
if TYPE_CHECKING:
    from tracker.config.tables import Target
    from tracker.service.sample_alerts import SampleAlert

MAX_RETRIED_ALERTS = 100_000
MAX_NAMED_ALERTS = 4
MIN_ID_CHARACTERS = len("wt_") + 3


@click.group(cls=LazyGroup)
def alerts() -> None:
    """List alerts, test rules and targets, and send failed alerts again."""


@verb("list", group=alerts)
@options.choice("--state", ("pending", "delivered", "dead"), "List only alerts in this state.")
@click.option("--rule", metavar="NAME", help="List only alerts of this rule.")
@click.option("--target", metavar="NAME", help="List only alerts to this target.")
@click.option("--article", metavar="ID", help="List only alerts about this article.")
@options.limit("List at most this many alerts.", 50)
def list_(
    app: App, *, state: str | None, rule: str | None, target: str | None, article: str | None, limit: int
) -> None:
    """List alerts, newest first, with their targets, reasons, states and errors."""
    with app.archive() as archive:
        ident = get_article(archive, article).id if article else None
        chosen = DeliveryState(state) if state else None
        found = list_deliveries(archive, chosen, limit, rule=rule, target=target, article=ident)
        recent = recent_status(source_events(archive), app.now)
    if app.settings.json:
        app.out.records(AlertView.of(each, held=_state(each, app.now) == "held") for each in found)
        return
    for line in recent.held_lines():
        app.out.note(line)
    if not found:
        filtered = state or rule or target or article
        app.out.note(
            "No alerts match." if filtered else "No alerts yet. They are created by the [[rules]] you configure."
        )
    elif app.out.tty:
        app.out.page(line for each in found for line in lines(each, app.now, app.out.width))
    else:
        head = ("CREATED", "STATE", "ATTEMPTS", "RULE", "TARGET", "ARTICLE", "CHANGE", "ERROR")
        body = [
            (
                app.when(each.created_at),
                _state(each, app.now),
                str(each.attempts),
                each.rule,
                each.target,
                f"{each.article[:8]}@v{each.version}",
                why(each),
                each.last_error,
            )
            for each in found
        ]
        app.out.table(head, body)


@verb(group=alerts)
@click.argument("key", metavar="ID")
def show(app: App, key: str) -> None:
    """Show one alert as its target receives it. ID may be shortened to its beginning."""
    with app.archive() as archive:
        (found,) = _named(archive, (key,), None)
    if not found.payload:
        raise UsageError(
            "the text of this alert is no longer stored",
            resource=key,
            hint="its version was taken down, or it was delivered longer ago than keep_alert_texts",
        )
    if app.settings.json:
        held = _state(found, app.now) == "held"
        app.out.data(AlertView.of(found, held=held).as_json() | {"payload": found.payload})
        return
    words = compose(found.payload)
    for line in (words.subject, "", *words.text.rstrip("\n").split("\n")):
        app.out.wrapped(line)


@verb(group=alerts)
@click.argument("keys", metavar="[ID]…", nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Retry all alerts that failed.")
@click.option("--target", metavar="NAME", help="Retry all alerts to this target that failed.")
def retry(app: App, keys: tuple[str, ...], target: str | None, *, all_: bool) -> None:
    """Send failed alerts again: those that failed permanently or too often.

    With --all or --target, alerts that are waiting for another attempt are sent too. The running service sends them at
    once, or when the quiet hours of their rule end.
    """
    # Neither or both is ambiguous, and sent alerts cannot be taken back.
    if bool(keys) == bool(all_ or target):
        raise UsageError(
            "give alert IDs, --all or --target NAME",
            hint="to see those that failed: writethru alerts list --state dead",
        )
    with app.archive(readonly=False) as archive:
        if keys:
            chosen = [each.key for each in _named(archive, keys, DeliveryState.DEAD)]
        else:
            dead = list_deliveries(archive, DeliveryState.DEAD, MAX_RETRIED_ALERTS, target=target)
            chosen = [each.key for each in dead]
        count, due = revive_deliveries(archive, chosen, app.now), 0
        if not keys:
            pending = list_deliveries(archive, DeliveryState.PENDING, MAX_RETRIED_ALERTS, target=target)
            due = sum(each.due_at <= app.now for each in pending) - count
            names = [target] if target else [each.name for each in app.config.targets]
            count += sum(retry_target(archive, name, app.now) for name in names)
    already = f"; {counted(due, 'alert is', 'alerts are')} already due" if due else ""
    app.out.say({"revived": count, "already_due": due}, f"{counted(count, 'alert')} will be sent again{already}")


@verb(group=alerts)
@click.argument("target")
@click.option("--dead", is_flag=True, help="Delete only failed alerts.")
def drop(app: App, target: str, *, dead: bool) -> None:
    """Delete pending and failed alerts to TARGET, for instance after you remove it from the configuration.

    Alerts to a removed target wait until you configure it again, or drop them. Delivered alerts are kept.
    """
    states = [DeliveryState.DEAD] if dead else [DeliveryState.DEAD, DeliveryState.PENDING]
    with app.archive(readonly=False) as archive:
        count = drop_deliveries(archive, target, states)
    app.out.say({"target": target, "dropped": count}, f"{target}: {counted(count, 'alert')} deleted")


@verb(group=alerts)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True)
def release(app: App, sources: tuple[str, ...]) -> None:
    """Send the alerts that are held because many articles of a source changed at once.

    The running service sends them at once, or when the quiet hours of their rule end, in one message for each rule.
    Alerts of the source are not held again for a day.
    """
    named = app.sources(sources)
    with app.archive(readonly=False) as archive:
        for source in named:
            count = release_storm(archive, source.name, app.now)
            text = f"{source.name}: {counted(count, 'alert')} released"
            app.out.say({"source": source.name, "released": count}, text)


def lines(each: Delivery, now: datetime, width: int) -> Iterator[str]:
    """Return one delivery as lines: time, state, article, rule and target; below them the change and the error."""
    held = held_source(each, now)
    state = _state(each, now)
    head = f"{pad(moment(each.created_at, now), 12)} {state:<9} {each.article[:8]}@v{each.version}  "
    yield from wrap(f"{one_line(each.rule)} → {one_line(each.target)}", width, first=head, rest=" " * 23)
    if reason := why(each):
        yield from wrap(reason, width, first=" " * 13, rest=" " * 13)
    if held:
        hold = f"held until {moment(each.due_at, now)} UTC: many articles of {one_line(held)} changed at once"
        yield from wrap(hold, width, first=" " * 13, rest=" " * 13)
    elif each.batch and each.state == "pending":
        others = "the copies of its edition" if each.batch.alone else "others"
        yield f"{'':13}will be sent with {others} at {moment(each.due_at, now)} UTC"
    if each.last_error:
        failed = each.attempts - (each.state == "delivered")
        times = f"failed {counted(failed, 'time')}: " if failed else "waits because the target fails: "
        yield from wrap(times + one_line(each.last_error), width, first=f"{'':11}! ", rest=" " * 13)


def _state(each: Delivery, now: datetime) -> str:
    """Return the state of a delivery in one word: "held", or the name of its state."""
    return "held" if held_source(each, now) else each.state.value


def why(each: Delivery) -> str:
    """Return what an alert is about: what happened, the kinds of its other labels, and the headline."""
    body = each.payload
    if "labels" not in body:
        return ""
    name = message.name(body)
    kinds = dict.fromkeys(LabelKind(label["kind"]) for label in body["labels"])
    others = ", ".join(kind for kind in kinds if LABELS[kind].alert_name != name)
    return one_line(f"{name}{f' ({others})' if others else ''}: {message.headline(body)}")


def _named(archive: Archive, keys: tuple[str, ...], state: DeliveryState | None) -> list[Delivery]:
    """Return the alerts whose ids begin with `keys`. Raises NotKnown, or UsageError if one is ambiguous."""
    found = []
    for key in keys:
        start = key if key.startswith("wt_") else f"wt_{key}"
        enough = len(start) >= MIN_ID_CHARACTERS
        alike = list_deliveries(archive, state, MAX_NAMED_ALERTS, key=start) if enough else []
        if not alike:
            what = "no such alert" if state is None else f"no {state} alert has this ID"
            raise NotKnown(what, resource=key, hint="see writethru alerts list")
        if len(alike) > 1:
            raise UsageError(
                "several alerts have IDs that begin with this", resource=key, hint=", ".join(e.key for e in alike[:3])
            )
        found += alike
    return found


# As in `tracker.service.sample_alerts.SAMPLES`, which `--help` must not load.
_SAMPLES = ["correction", "headline", "update", "silent"]


@verb(group=alerts)
@click.option("--rule", metavar="NAME", help="Test only this rule, with its targets.")
@click.option("--to", "targets", metavar="TARGET", multiple=True, help="Test this target; can be repeated.")
@options.choice("--sample", _SAMPLES, "Invent this kind of change.", "correction")
@click.option("--send", is_flag=True, help="Send the alert now and show the results.")
def test(app: App, rule: str | None, targets: tuple[str, ...], sample: str, *, send: bool) -> int:
    """Show which alerts an invented change would send: by every rule that matches it, or by one rule.

    Nothing leaves this machine without --send. With it, the exit code is 1 if no target accepted the alert and 4 if
    some did not.
    """
    import asyncio

    from tracker.service.sample_alerts import chosen_targets, sample_alerts

    chosen = chosen_targets(app.config, rule, targets)
    if send:
        accepted = asyncio.run(_send(app, chosen, rule, sample))
        return OK if accepted == len(chosen) else PARTIAL if accepted else ERROR
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
    return OK


async def _send(app: App, targets: list[Target], rule: str | None, sample: str) -> int:
    """Send the sample to each target and print the results; return how many targets accepted it."""
    from tracker.service.sample_alerts import send_samples

    accepted = 0
    async for each in send_samples(app.config, targets, rule, sample, app.now):
        accepted += not each.error
        target, error = each.target, each.error
        value = {"target": target.name, "type": target.type, "id": each.key, "ok": not error}
        value |= {"seconds": round(each.seconds, 3), "error": error}
        result = f"failed: {one_line(error)}" if error else f"sent in {each.seconds:.1f} s"
        app.out.say(value, f"{target.name} ({target.type}): {result}")
    return accepted


def _write(app: App, each: SampleAlert) -> None:
    when = "at once"
    if each.alert.due_at is not None:
        others = "the copies of its edition" if each.alert.batch and each.alert.batch.alone else "others"
        when = f"in one message with {others} at {moment(each.alert.due_at, app.now)} UTC"
    app.out.wrapped(f"== {one_line(each.rule)} → {one_line(each.target.name)} ({each.target.type}): {when}")
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


def _object(each: SampleAlert) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "target": each.target.name,
        "type": each.target.type,
        "meets": each.matches,
        "due": iso(each.alert.due_at),
        "subject": each.message.subject,
        "text": each.message.text,
        "short": each.message.short,
        "event": None if isinstance(each.preview, str) else each.preview,
    }


@verb(group=alerts)
@options.since("Replay only versions seen", default="7d")
@options.until("Replay only versions seen")
@click.option("--rule", "names", metavar="NAME", multiple=True, help="Replay only this rule; can be repeated.")
def replay(app: App, since: datetime, until: datetime | None, names: tuple[str, ...]) -> None:
    """Show which alerts the rules in the current configuration would have sent for stored versions. Nothing is sent.

    Caps are ignored, and so are alerts about pages that were taken down or came back: those are not versions.
    """
    from tracker.alerts.matching import replay_rules

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
