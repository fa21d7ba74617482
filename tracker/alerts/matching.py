"""Which rules a version meets. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import LabelKind, Op
from ..patterns import found, spans
from .payload import Style, version_alert
from .schedule import scheduled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..config import RuleConfig
    from ..model import Alert, Article, Change, Hunk, HunkOp, Version

_COSMETIC = frozenset({LabelKind.COSMETIC})


def match_rules(
    rules: Sequence[RuleConfig],
    version: Version,
    previous: Article | None,
    *,
    link: str,
    event: str = "",
    first: bool = False,
) -> tuple[Alert, ...]:
    """Return one alert for each rule that *version* meets and each target the rule names.

    *previous* is the version it replaces, *link* the base address of the web page. *event* marks a change of status
    ("unpublished:…"), whose change carries a label and no text. With *first* only the first rule that is met tells.
    Nothing is told of a change without content; of a cosmetic one only to rules that ask for it.
    """
    if not event and _is_nothing(version, previous):
        return ()
    met = [rule for rule in rules if _holds(rule, version)]
    return tuple(
        scheduled(
            version_alert(rule.name, target, version, previous, link=link, event=event, style=style_of(rule)),
            rule,
            version.seen,
        )
        for rule in (met[:1] if first else met)
        for target in dict.fromkeys(rule.to)
    )


def style_of(rule: RuleConfig) -> Style:
    """Return how *rule* wants its alerts worded."""
    return Style(rule.format, rule.subject, rule.body)


def _is_nothing(version: Version, previous: Article | None) -> bool:
    if version.change is not None and version.change.is_empty:
        return True
    return previous is not None and previous.sha256 == version.content.sha256


def _holds(rule: RuleConfig, version: Version) -> bool:
    if rule.stale_copy is not None:  # such a rule is asked about stories, not about single changes
        return False
    return in_scope(rule, version) and (
        _first(rule, version) if version.change is None else _changed(rule, version.change)
    )


def in_scope(rule: RuleConfig, version: Version) -> bool:
    """Say whether *version* is of a source, a story and an address that *rule* asks for."""
    return (
        (not rule.sources or version.source in rule.sources)
        and (not rule.stories or not set(rule.stories).isdisjoint(version.stories))
        and (not rule.urls or any(found(pattern, version.url) for pattern in rule.urls))
    )


def _first(rule: RuleConfig, version: Version) -> bool:
    """Judge a first version: its whole text is new, nothing is removed, and it has no labels to ask for."""
    content = version.content
    return (
        rule.first_version
        and not (rule.removed or rule.headline_only or rule.significance)
        and rule.announced is None
        and content.words >= rule.min_words
        and (not rule.added or found(rule.added, f"{content.title}\n\n{content.text}"))
    )


def _changed(rule: RuleConfig, change: Change) -> bool:
    wanted = not change.kinds.isdisjoint(rule.labels) if rule.labels else change.kinds != _COSMETIC
    return (
        wanted
        and rule.announced in {None, change.announced}
        and change.significance >= rule.significance
        and (not rule.headline_only or _headline_alone(change))
        and change.words_added + change.words_removed >= rule.min_words
        and (not rule.added or _touches(rule.added, change, "+"))
        and (not rule.removed or _touches(rule.removed, change, "-"))
    )


def _headline_alone(change: Change) -> bool:
    return change.title.changed and (change.layout_only or all(block.op is Op.SAME for block in change.blocks))


def _touches(pattern: str, change: Change, sign: HunkOp) -> bool:
    r"""Say whether *pattern* matches one side of a paragraph where at least one character is added (or removed).

    So ``\d+ dead`` meets "3 dead" turned into "5 dead", although the word "dead" stood there before.
    """
    other: HunkOp = "-" if sign == "+" else "+"
    return any(_meets(pattern, [hunk for hunk in hunks if hunk[0] != other]) for hunks in _pieces(change))


def _meets(pattern: str, hunks: list[Hunk]) -> bool:
    edited, text = [], ""
    for op, part in hunks:
        if op != "=":
            edited.append((len(text), len(text) + len(part)))
        text += part
    if not edited:
        return False
    return any(begin < end and start < stop for begin, stop in spans(pattern, text) for start, end in edited)


def _pieces(change: Change) -> Iterator[Sequence[Hunk]]:
    yield from (change.title.hunks, change.dek.hunks, change.byline.hunks)
    for block in change.blocks:
        yield block.hunks
    for notice in change.notices:
        if notice.op is Op.INSERT:
            yield [("+", notice.text)]
        elif notice.op is Op.DELETE:
            yield [("-", notice.text)]
