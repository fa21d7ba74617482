"""The alerts that rules would have sent for stored versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tracker.alerts.matching import match_rules
from tracker.model.labels import LabelKind

if TYPE_CHECKING:
    from tracker.config.rules import RuleConfig
    from tracker.model.alert import Alert
    from tracker.model.version import Version


def replayed_alerts(
    rules: Sequence[RuleConfig], versions: Iterable[Version], link: str, *, first: bool
) -> Iterator[tuple[Version, Alert]]:
    """Yield the alerts that `rules` would have sent for `versions`, oldest first.

    Args:
        rules: the rules.
        versions: stored versions, in the order in which they were seen.
        link: the base address of the web page, which may be empty.
        first: whether only the first matching rule sends alerts.

    As when versions are stored: of the versions in which an article flaps, only the first sends alerts.
    """
    flapping: dict[str, bool] = {}
    for version in versions:
        flaps = version.change is not None and LabelKind.FLAP in version.change.kinds
        silent = flaps and flapping.get(version.article, False)
        flapping[version.article] = flaps
        if not silent and not version.removed:
            yield from ((version, alert) for alert in match_rules(rules, version, None, link=link, first=first))
