"""Which proof covers each column of the archive, and which columns none does: what `verify` would not miss, or would.

`docs/make_coverage.py` makes the table of docs/reference/coverage.md from this, and a test alters every column.
"""

from __future__ import annotations

from typing import Final

ENTRY: Final = "the entry of the version in the log"
RECAPTURE: Final = "the entry of the stored page in the log"
EVENT: Final = "an event in the log"
LOG: Final = "the log and its checkpoints"
BYTES: Final = "the hash of the bytes in an entry"
TEXT: Final = "the text of the newest version"
NUMBER: Final = "the numbers of the versions"
NONE: Final = "not covered"

# Table → proof → its columns. Columns that only name a row are covered where rows of other tables must find it.
COVERAGE: Final[dict[str, dict[str, str]]] = {
    "address": {EVENT: "key article_id url"},
    "address_event": {NONE: "id article_id at url event"},
    "article": {
        ENTRY: "id ident source_id url",
        EVENT: "state",
        NUMBER: "versions",
        TEXT: "title",
        NONE: "host first_seen_at next_check_at last_check_at last_seen_at last_change_at checks failures etag"
        " last_modified signature feed_title published_at told_at touched_at listed_until",
    },
    "blob": {BYTES: "id base_id raw_len sha256 crc data"},
    "capture": {ENTRY: "version_id fetched_at status sha256 head_id body_id"},
    "change": {ENTRY: "version_id words significance announced raw_len crc data classifier"},
    "change_count": {NONE: "article_id kind changes"},
    "checkpoint": {LOG: "size root at note"},
    "delivery": {
        NONE: "id key rule target article version payload state created_at due_at leased_until attempts last_error"
        " delivered_at batch alone storm"
    },
    "event": {LOG: "article_id kind n record leaf position", NONE: "id"},
    "habit": {NONE: "id source_id kind key sample articles learned_at"},
    "host": {NONE: "name not_before failures last_failure_at robots_status robots_body robots_at"},
    "hub": {
        NONE: "id source_id key kind url selector pattern host position next_poll_at last_poll_at last_ok_at failures"
        " last_error etag last_modified articles"
    },
    "label": {ENTRY: "version_id kind", NONE: "position"},
    "layout": {NONE: "source_id began_at last_at articles"},
    "leaf": {ENTRY: "version_id hash change_sha256", LOG: "position"},
    "line": {NONE: "source_id key articles"},
    "named_url": {NONE: "url"},
    "outside_job": {NONE: "article_id n job attempts"},
    "passage": {NONE: "id article_id first_n last_n block digest"},
    "quarantine": {NONE: "name url status fetched_at sha256 reason headers body"},
    "reader_mark": {NONE: "reader newest at"},
    "reading": {EVENT: "version_id extractor at superseded_at came_to no_edit signature sha256 content_id", NONE: "id"},
    "recapture": {
        RECAPTURE: "article_id n fetched_at status sha256 head_id body_id leaf",
        LOG: "position",
        EVENT: "removed",
        NONE: "id",
    },
    "reference": {NONE: "id source_id head_id body_id poor"},
    "source": {ENTRY: "id name", NONE: "paused created_at every filters"},
    "state": {NONE: "name at value"},
    "storm": {NONE: "source_id began_at until_at changed seen spared_until"},
    "story": {NONE: "id article_id name"},
    "story_copy": {NONE: "first_id second_id contained reason at"},
    "story_decision": {NONE: "id at by verdict story articles into_story"},
    "story_home": {NONE: "article_id story score is_copy reasons least at"},
    "story_mark": {NONE: "mark article_id"},
    "story_out": {NONE: "article_id name"},
    "story_reading": {NONE: "version_id at"},
    "tally": {NONE: "source_id hits false_touches misses"},
    "threshold": {NONE: "scope name value"},
    "tombstone": {EVENT: "version_id parts reason at"},
    "unwatched": {NONE: "article_id reason"},
    "verdict": {EVENT: "version_id at author weight shown labels note link", NONE: "id"},
    "version": {
        ENTRY: "id article_id n seen_at previous_seen_at status extractor signature sha256 content_id",
    },
    "visit": {NONE: "id article_id at outcome status elapsed detail remark subject"},
    "visit_day": {NONE: "article_id day outcome checks elapsed"},
}

# What may be done to whole rows of covered tables.
UNCOVERED_ROWS: Final[dict[str, str]] = {
    "append blob": "stored bytes may be added that nothing names",
    "append source": "outlets may be added that have no article",
    "remove checkpoint": "checkpoints may be deleted from the archive itself: only the notes kept elsewhere count",
}


def uncovered() -> list[str]:
    """Return every column that no proof covers, as "table.column"."""
    return [
        f"{table}.{column}" for table, proofs in sorted(COVERAGE.items()) for column in proofs.get(NONE, "").split()
    ]
