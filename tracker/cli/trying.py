"""One invented alert, sent for real."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

from tracker import __version__
from tracker.alerts import notifiers, sample, tell
from tracker.errors import ConfigError, TrackerError
from tracker.fetch import HttpFetcher
from tracker.model import Delivery
from tracker.render import one_line

from .choosing import unknown

if TYPE_CHECKING:
    from tracker.config import Config, Target

    from .app import App


def wanted(config: Config, rule: str | None, names: tuple[str, ...]) -> list[Target]:
    """Return the targets that are meant: the named, those of a rule, or all. Raises NotKnown, ConfigError."""
    known = {target.name: target for target in config.targets}
    if not known:
        raise ConfigError("no target is configured", resource="[[targets]]", hint="writethru config path says where")
    chosen = list(names)
    if rule is not None:
        found = next((each for each in config.rules if each.name == rule), None)
        if found is None:
            raise unknown("rule", rule, [each.name for each in config.rules])
        chosen += found.to
    for name in chosen:
        if name not in known:
            raise unknown("target", name, list(known))
    return [known[name] for name in dict.fromkeys(chosen or known)]


async def send_samples(app: App, targets: list[Target], rule: str, kind: str) -> int:
    """Send the sample to each target, say what came of it, and return how many took it."""
    config = app.config
    version, previous = sample(kind, app.now)
    fetcher = HttpFetcher(config.fetch, contact=config.contact, version=__version__)
    took = 0
    try:
        for target in targets:
            alert = tell(rule, target.name, version, previous, link=config.service.link, salt=uuid4().hex)
            delivery = Delivery(
                0, alert.key, rule, target.name, alert.article, alert.version, alert.payload, app.now, app.now
            )
            began, trouble = monotonic(), ""
            try:
                # one target at a time, so that a secret that is missing spoils only its own
                made = notifiers(config.model_copy(update={"targets": (target,)}), fetcher)
                await made[target.name].send(delivery, app.now)
            except TrackerError as error:
                trouble = str(error) + (f" ({error.hint})" if error.hint else "")
            took += not trouble
            _tell(app, target, alert.key, trouble, monotonic() - began)
    finally:
        await fetcher.aclose()
    return took


def _tell(app: App, target: Target, key: str, trouble: str, seconds: float) -> None:
    if app.settings.json:
        value = {"schema": 1, "target": target.name, "type": target.type, "id": key, "ok": not trouble}
        app.out.data(value | {"seconds": round(seconds, 3), "error": trouble})
        return
    what = f"failed: {one_line(trouble)}" if trouble else f"taken in {seconds:.1f} s"
    app.out.line(f"{target.name} ({target.type}): {what}")
