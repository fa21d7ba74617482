"""Write the rules in force for a source: those of rule files, and the lines learned from its own pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model import Habit, HabitKind
from ..views.values import SCHEMA
from .safe import one_line
from .times import day, iso
from .wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEAD = ("KIND", "RULE OR LINE", "ARTICLES", "LEARNED", "FILE")
_TITLES = {
    HabitKind.HOUSE: "house lines: found in many articles",
    HabitKind.VOLATILE: "volatile lines: different at every fetch",
}


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of one file, for the hosts of the source that it names, as (key, value)."""

    file: str
    hosts: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]


def rows(rules: Sequence[RuleFile], habits: Sequence[Habit]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rule and each learned line: kind, rule or line, articles, day learned, file."""
    for each in rules:
        yield from ((key, value, "", "", each.file) for key, value in each.entries)
    for habit in habits:
        learned = f"{habit.learned_at:%Y-%m-%d}" if habit.learned_at else ""
        yield habit.kind.value, habit.sample, str(habit.articles), learned, ""


def lines(source: str, rules: Sequence[RuleFile], habits: Sequence[Habit], width: int | None) -> Iterator[str]:
    """Yield the rules and learned lines for people, in lines of at most *width* columns."""
    yield one_line(source)
    yield ""
    for each in rules:
        yield from wrap(
            f"rules from {one_line(each.file)}, for {', '.join(map(one_line, each.hosts))}", width, rest="  "
        )
        for key, value in each.entries:
            yield from wrap(one_line(value), width, first=f"  {key:<11} ", rest=" " * 14)
        yield ""
    if not rules:
        none = "no rule files; run `writethru sources test URL --save-rule KEY=VALUE` to write one"
        yield from wrap(none, width, rest="  ")
        yield ""
    # Both kinds are listed, so that it is clear that nothing was learned.
    for kind, title in _TITLES.items():
        found = [habit for habit in habits if habit.kind is kind]
        yield from wrap(title if found else f"no {title.partition(':')[0]} learned yet", width, rest="  ")
        for habit in found:
            learned = f", learned on {day(habit.learned_at)}" if habit.learned_at else ""
            seen = f"{habit.articles} article{'s' * (habit.articles != 1)}"
            yield from wrap(f"“{one_line(habit.sample)}” ({seen}{learned})", width, first="  ", rest="    ")


def as_json(source: str, rules: Sequence[RuleFile], habits: Sequence[Habit]) -> Iterator[dict[str, Any]]:
    """Yield the objects of `sources rules --json`."""
    for each in rules:
        for key, value in each.entries:
            of: dict[str, Any] = {"schema": SCHEMA, "source": source, "origin": "file", "kind": key, "rule": value}
            yield of | {"file": each.file, "hosts": list(each.hosts)}
    for habit in habits:
        yield {
            "schema": SCHEMA,
            "source": source,
            "origin": "learned",
            "kind": habit.kind.value,
            "sample": habit.sample,
            "key": habit.key,
            "articles": habit.articles,
            "learned": iso(habit.learned_at),
        }
