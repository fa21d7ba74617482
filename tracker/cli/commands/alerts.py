"""`writethru alerts`: list alerts, test rules and targets, send failed alerts again, and drop them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from tracker.alerts import message
from tracker.alerts.message import compose
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.outbox import drop_deliveries, list_deliveries, retry_target, revive_deliveries
from tracker.errors import NotKnown, UsageError
from tracker.model.alert import Delivery, DeliveryState
from tracker.model.change import LABELS, LabelKind
from tracker.pipeline.settle import held_source, release_storm
from tracker.render.text import counted, one_line, pad, wrap
from tracker.render.times import moment
from tracker.service.source_report import recent_status
from tracker.views.alert import AlertView

from .. import options
from ..app import App, LazyGroup, verb

MAX_RETRIED_ALERTS = 100_000
MAX_NAMED_ALERTS = 4
MIN_ID_CHARACTERS = len("wt_") + 3


@click.group(
    cls=LazyGroup,
    table={
        "replay": (".alerts_preview:replay", "Show which alerts today's rules would have sent for stored versions."),
        "test": (".alerts_preview:test", "Show which alerts an invented change would send, by all rules or by one."),
    },
)
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
        recent = recent_status(archive, app.now)
    if app.settings.json:
        app.out.records(AlertView.of(each, held=bool(held_source(each, app.now))) for each in found)
        return
    for line in recent.held_lines():
        app.out.note(line)
    if not found:
        filtered = state or rule or target or article
        app.out.note("No alerts match." if filtered else "No alerts yet. The [[rules]] you configure create them.")
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
        shown = AlertView.of(found, held=bool(held_source(found, app.now)))
        app.out.data(shown.as_json() | {"payload": found.payload})
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
            what = "there is no such alert" if state is None else "no failed alert has this ID"
            raise NotKnown(what, resource=key, hint="see writethru alerts list")
        if len(alike) > 1:
            raise UsageError("several IDs begin with this", resource=key, hint=", ".join(e.key for e in alike[:3]))
        found += alike
    return found
