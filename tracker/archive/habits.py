"""What a source's pages have taught: in how many articles each short line stands, and which lines are no news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from tracker.archive.database.base import upsert
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import article, source
from tracker.archive.schema.habits import habit, line
from tracker.model import Habit, LineCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import Line

_CHUNK: Final = 32
_PLACES: Final = [f"key_{place}" for place in range(_CHUNK)]
_KEPT: Final = Prepared(
    select(
        source.c.id,
        select(func.count())
        .select_from(article)
        .where(article.c.source_id == source.c.id, article.c.versions > literal_column("0"))
        .scalar_subquery()
        .label("articles"),
    ).where(source.c.name == bindparam("wanted"))
)
_STANDS: Final = Prepared(
    select(line.c.key, line.c.articles).where(
        line.c.source_id == bindparam("owner"),
        line.c.key.in_([bindparam(name, type_=line.c.key.type) for name in _PLACES]),
    )
)
_HABITS: Final = Prepared(
    select(habit)
    .join(source, habit.c.source_id == source.c.id)
    .where(source.c.name == bindparam("wanted"))
    .order_by(habit.c.id)
)
_COUNTED: Final = ("source_id", "key", "articles")
_COUNT: Final = {
    dialect: Prepared(
        insert(line).on_conflict_do_update(
            index_elements=["source_id", "key"], set_={"articles": line.c.articles + literal_column("1")}
        ),
        _COUNTED,
    )
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def list_habits(archive: Archive, source: str) -> list[Habit]:
    """Return the lines of *source* that are no news, in the order they were learned."""
    with archive.database.read() as connection:
        return known(connection, source)


def count_lines(archive: Archive, source: str, keys: Sequence[str]) -> LineCounts:
    """Return in how many articles of *source* the lines of these keys stand, and how many articles were counted."""
    with archive.database.read() as connection:
        kept = _KEPT.first(connection, {"wanted": source})
        if kept is None:
            return LineCounts()
        found: list[tuple[str, int]] = []
        for start in range(0, len(keys), _CHUNK):
            some = keys[start : start + _CHUNK]
            # The last ones again where there are fewer: the statement stays the same.
            given = {name: some[min(place, len(some) - 1)] for place, name in enumerate(_PLACES)}
            found += _STANDS.ask_plain(connection, {"owner": kept.id, **given})()
        return LineCounts(kept.articles, tuple((key, articles) for key, articles in found))


def known(connection: Connection, source: str) -> list[Habit]:
    """Return the lines of *source* that are no news, in the order they were learned."""
    found = _HABITS.all(connection, {"wanted": source})
    return [Habit(row.kind, row.key, row.sample, row.articles, row.learned_at) for row in found]


def count(connection: Connection, owner: int, lines: Sequence[Line]) -> None:
    """Count that one more article of a source has these lines."""
    given = [{"source_id": owner, "key": each.key, "articles": 1} for each in lines]
    _COUNT[connection.dialect.name].run_many(connection, given)


def learn(connection: Connection, owner: int, habits: Sequence[Habit]) -> None:
    """Keep what was learned of a source's lines; what is known already stays as it is."""
    for each in habits:
        row = {
            "source_id": owner,
            "kind": each.kind,
            "key": each.key,
            "sample": each.sample,
            "articles": each.articles,
            "learned_at": each.learned_at,
        }
        connection.execute(upsert(connection, habit, row, on=[habit.c.source_id, habit.c.key]))
