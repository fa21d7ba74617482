"""Tables and columns for the state that was kept as texts by name, and for remarks on visits that were sentences."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Memos of what is gone: the last pass of cron, the last page repacked, subscriptions of WebSub.
GONE = ("idle", "repacked", "websub")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BYLINE = "byline: in one place of the page only, and for the first time: "
CLOCK = "clock: nothing changed, and the page says it was modified "
LAYOUT = "layout: same text, different markup"
FAULT = "internal error"
FILL = """
UPDATE visit SET remark = :remark, subject = substr(detail, CAST(:length AS INTEGER) + 1) WHERE substr(detail, 1, CAST(:length AS INTEGER)) = :prefix
"""


def upgrade() -> None:
    op.add_column("visit", sa.Column("remark", sa.Text(), nullable=True))
    op.add_column("visit", sa.Column("subject", sa.Text(), nullable=True))
    run(FILL, remark="byline", prefix=BYLINE, length=len(BYLINE))
    run(FILL, remark="clock", prefix=CLOCK, length=len(CLOCK))
    run("UPDATE visit SET remark = 'layout' WHERE detail = :detail", detail=LAYOUT)
    run(
        "UPDATE visit SET remark = 'internal-error' WHERE substr(detail, 1, CAST(:length AS INTEGER)) = :prefix",
        prefix=FAULT,
        length=len(FAULT),
    )
    op.add_column("source", sa.Column("every", sa.Float(), nullable=True))
    op.add_column("source", sa.Column("filters", sa.Text(), nullable=True))
    create_tables()
    memos = all_of("SELECT name, at, text FROM memo ORDER BY name")
    for memo in memos:
        prefix, _, rest = memo.name.partition("|")
        if memo.name == "watchlist":
            read_watchlist(json.loads(memo.text))
        elif memo.name.startswith("reader:"):
            newest, seconds, *_ = memo.text.split(".")
            insert("reader_mark", reader=memo.name.removeprefix("reader:"), newest=int(newest), at=int(seconds) * 1000)
        elif memo.name == "cadence":
            read_schedule(memo.text)
        elif prefix in READ and rest and memo.name != "wayback|after":
            READ[prefix](rest, memo.text)
        elif memo.name not in GONE:
            insert("state", name=memo.name.replace("|", "-"), at=memo.at, value=memo.text)
    op.drop_table("memo")


def create_tables() -> None:
    create("state", text("name", primary=True), instant("at"), text("value"))
    create(
        "threshold",
        text("scope", primary=True),
        text("name", primary=True),
        sa.Column("value", sa.Float(), nullable=False),
    )
    create(
        "storm",
        reference("source"),
        instant("began_at"),
        instant("until_at"),
        number("changed"),
        number("seen"),
        instant("spared_until", nullable=True),
    )
    create("layout", reference("source"), instant("began_at"), instant("last_at"), text("articles"))
    create(
        "quarantine",
        text("name", primary=True),
        text("url"),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        instant("fetched_at"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        text("reason"),
        text("headers"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    create(
        "address_event",
        sa.Column("id", KEY, primary_key=True),
        reference("article", primary=False),
        instant("at"),
        text("url"),
        text("event"),
    )
    op.create_index("ix_address_event_article_id", "address_event", ["article_id", "id"])
    create("outside_job", reference("article"), number("n", primary=True), text("job"), number("attempts"))
    reader = sa.Column("reader", sa.String(32), primary_key=True)
    create("reader_mark", reader, sa.Column("newest", sa.BigInteger(), nullable=False), instant("at"))
    create("named_url", text("url", primary=True))
    create("unwatched", reference("article"), text("reason"))


def create(name: str, *columns: sa.Column[Any]) -> None:
    key = [column.name for column in columns if column.primary_key]
    foreign = [column.name for column in columns if column.name in {"source_id", "article_id"}]
    op.create_table(
        name,
        *(sa.Column(column.name, column.type, nullable=bool(column.nullable)) for column in columns),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{column.removesuffix('_id')}.id"],
                name=f"fk_{name}_{column}_{column.removesuffix('_id')}",
            )
            for column in foreign
        ),
    )


def text(name: str, *, primary: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), primary_key=primary, nullable=False)


def instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def number(name: str, *, primary: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), primary_key=primary, nullable=False)


def reference(table: str, *, primary: bool = True) -> sa.Column[Any]:
    return sa.Column(f"{table}_id", KEY, primary_key=primary, nullable=False)


def read_schedule(stored: str) -> None:
    """Keep the thresholds; rates that an earlier release had learned are no longer used."""
    try:
        schedule = json.loads(stored)
        rows = [("all", "", float(schedule.get("curve", schedule)["threshold"]))]
        rows += [(scope, name, value) for scope in ("source", "host") for name, value in schedule[f"{scope}s"].items()]
    except (ValueError, TypeError, KeyError, AttributeError):
        return  # thresholds are found again within minutes
    for scope, name, value in rows:
        insert("threshold", scope=scope, name=name, value=value)


def read_storm(source: str, stored: str) -> None:
    storm = json.loads(stored)
    for source_id in source_ids(source):
        insert(
            "storm",
            source_id=source_id,
            began_at=to_ms(storm["began"]),
            until_at=to_ms(storm["until"]),
            changed=storm["changed"],
            seen=storm["seen"],
            spared_until=to_ms(storm["spared"]) if storm.get("spared") else None,
        )


def read_layout(source: str, stored: str) -> None:
    layout = json.loads(stored)
    began, last, articles = to_ms(layout["began"]), to_ms(layout["last"]), " ".join(layout["articles"])
    for source_id in source_ids(source):
        insert("layout", source_id=source_id, began_at=began, last_at=last, articles=articles)


def read_quarantine(name: str, stored: str) -> None:
    head, _, body = stored.partition("\n")
    page = json.loads(head)
    insert(
        "quarantine",
        name=name,
        url=page["url"],
        status=page["status"],
        fetched_at=to_ms(page["fetched"]),
        sha256=bytes.fromhex(page["sha256"]),
        reason=page["reason"],
        headers=json.dumps(page["headers"], ensure_ascii=False, separators=(",", ":")),
        body=base64.b64decode(body),
    )


def read_addresses(ident: str, stored: str) -> None:
    for article_id in article_ids(ident):
        for event in map(json.loads, stored.splitlines()):
            at = to_ms(event["at"])
            insert("address_event", article_id=article_id, at=at, url=event["url"], event=event["event"])


def read_outside_job(name: str, stored: str) -> None:
    ident, _, n = name.partition("@")
    job, _, attempts = stored.partition(" ")
    for article_id in article_ids(ident):
        insert("outside_job", article_id=article_id, n=int(n), job=job, attempts=int(attempts or 0))


READ: dict[str, Callable[[str, str], None]] = {
    "storm": read_storm,
    "layout": read_layout,
    "quarantine": read_quarantine,
    "addresses": read_addresses,
    "wayback": read_outside_job,
}


def read_watchlist(named: dict[str, Any]) -> None:
    for url in named["urls"]:
        insert("named_url", url=url)
    for name, filters in named["filters"].items():
        every = named["intervals"].get(name, 0)
        run("UPDATE source SET every = :every, filters = :filters WHERE name = :name", every=every, filters=filters, name=name)
    for ident, reason in named["left"].items():
        for article_id in article_ids(ident):
            insert("unwatched", article_id=article_id, reason=reason)


def run(statement: str, **values: object) -> None:
    op.get_bind().execute(sa.text(statement), values)


def all_of(statement: str, **values: object) -> list[sa.Row[Any]]:
    return list(op.get_bind().execute(sa.text(statement), values))


def insert(table: str, **row: object) -> None:
    run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", **row)


def source_ids(name: str) -> list[int]:
    return [row.id for row in all_of("SELECT id FROM source WHERE name = :name", name=name)]


def article_ids(ident: str) -> list[int]:
    return [row.id for row in all_of("SELECT id FROM article WHERE ident = :ident", ident=ident)]


def to_ms(iso: str) -> int:
    return (datetime.fromisoformat(iso) - EPOCH) // timedelta(milliseconds=1)
