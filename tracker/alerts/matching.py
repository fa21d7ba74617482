"""Which rules a version matches. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tracker.config.tables import RuleConfig
from tracker.model.alert import Alert
from tracker.model.article import Article
from tracker.model.change import Change, Hunk, HunkOp, LabelKind, Op, PageEvent, Significance
from tracker.model.version import Version
from tracker.patterns import found, spans

from .payload import version_alert
from .schedule import scheduled

# These labels say that a text was there before, not how it differs.
_RETURNS = frozenset({LabelKind.FLAP, LabelKind.RESTORED})
_SUSPICIONS = frozenset({PageEvent.POSSIBLY_UNPUBLISHED, PageEvent.STILL_PUBLISHED})


def match_rules(
    rules: Sequence[RuleConfig],
    version: Version,
    previous: Article | None,
    *,
    link: str,
    event: str = "",
    first: bool = False,
    flapping: bool = False,
) -> tuple[Alert, ...]:
    """Return one alert for each rule that `version` matches and each target of that rule.

    A change without content matches no rule, and a cosmetic one only rules that name that label. `previous` is the
    content that the version replaced, `link` the base address of the web page, which may be empty. `event` is set for a
    change of status, such as "unpublished:…". With `first` only the first matching rule sends alerts.
    `flapping` says whether the version before went back to an earlier text; if this one does so too, nothing is sent.
    """
    if flapping and version.change is not None and LabelKind.FLAP in version.change.kinds:
        return ()
    if not event:
        # A page that only looks different is stored as evidence, but is not news.
        is_empty = version.change is not None and version.change.is_empty
        if is_empty or (previous is not None and previous.sha256 == version.content.sha256):
            return ()
    happened = PageEvent(event.partition(":")[0]) if event else None
    matching = [rule for rule in rules if _matches(rule, version, happened)]
    alerts = []
    for rule in matching[:1] if first else matching:
        for target in dict.fromkeys(rule.to):
            alert = version_alert(rule.name, target, version, previous, link=link, event=event, wording=rule)
            alerts.append(scheduled(alert, rule, version.seen))
    return tuple(alerts)


def replay_rules(
    rules: Sequence[RuleConfig], versions: Iterable[Version], *, link: str, first: bool
) -> Iterator[tuple[Version, Alert]]:
    """Yield the alerts that `rules` would have sent for stored `versions`, oldest first; see `match_rules`."""
    flapping: dict[str, bool] = {}
    for version in versions:
        before, change = flapping.get(version.article, False), version.change
        flapping[version.article] = change is not None and LabelKind.FLAP in change.kinds
        if not version.removed:
            alerts = match_rules(rules, version, None, link=link, first=first, flapping=before)
            yield from ((version, alert) for alert in alerts)


def in_scope(rule: RuleConfig, version: Version) -> bool:
    """Return whether `version` is from one of the sources, stories and addresses that `rule` asks for."""
    return (
        (not rule.sources or version.source in rule.sources)
        and (not rule.stories or not set(rule.stories).isdisjoint(version.stories))
        and (not rule.urls or any(found(pattern, version.url) for pattern in rule.urls))
    )


def _matches(rule: RuleConfig, version: Version, happened: PageEvent | None) -> bool:
    # Rules about stale copies look at stories, and those about citations at passages.
    if rule.stale_copy is not None or rule.cites or not in_scope(rule, version):
        return False
    if rule.gone is not None:
        return happened is not None and (rule.gone == "suspected" or happened is PageEvent.UNPUBLISHED)
    if happened in _SUSPICIONS:
        return False
    change = version.change
    if change is None:
        # All text of a first version counts as added. Nothing is removed, and there are no labels to ask for.
        content = version.content
        return (
            rule.first_version
            and not (rule.removed or rule.headline_only)
            and rule.significance is Significance.LOW
            and rule.announced is None
            and content.words >= rule.min_words
            and (not rule.added or found(rule.added, f"{content.title}\n\n{content.text}"))
        )
    has_label = (
        not change.kinds.isdisjoint(rule.labels) if rule.labels else change.kinds - _RETURNS != {LabelKind.COSMETIC}
    )
    return (
        has_label
        and rule.announced in {None, change.announced}
        and change.significance.is_at_least(rule.significance)
        # A new headline over a new text is not a rewritten headline.
        and (not rule.headline_only or (change.title.changed and change.keeps_text))
        and change.words_added + change.words_removed >= rule.min_words
        and (not rule.added or _touches(rule.added, change, "+"))
        and (not rule.removed or _touches(rule.removed, change, "-"))
    )


def _touches(pattern: str, change: Change, sign: HunkOp) -> bool:
    r"""Return whether `pattern` matches text of which at least one character was added (or removed).

    So ``\d+ dead`` matches "3 dead" that became "5 dead", although the word "dead" was there before.
    """
    edits: list[Sequence[Hunk]] = [change.title.hunks, change.dek.hunks, change.byline.hunks]
    edits += [block.hunks for block in change.blocks]
    signs: dict[Op, HunkOp] = {Op.INSERT: "+", Op.DELETE: "-"}
    edits += [[(signs[notice.op], notice.text)] for notice in change.notices if notice.op in signs]
    for hunks in edits:
        edited, text = [], ""
        for op, part in hunks:
            if op == sign:
                edited.append((len(text), len(text) + len(part)))
            text += part if op in {"=", sign} else ""
        if edited and any(
            begin < end and start < stop for begin, stop in spans(pattern, text) for start, end in edited
        ):
            return True
    return False
