"""Which proof covers each column of the archive: an alteration of one `verify` names, of any other column it does not.

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

# Table → proof → its columns. Columns that only name a row are covered where rows of other tables must find it.
COVERED: Final[dict[str, dict[str, str]]] = {
    "address": {EVENT: "key article_id url"},
    "article": {ENTRY: "id ident source_id url", EVENT: "state", NUMBER: "versions", TEXT: "title"},
    "blob": {BYTES: "id base_id raw_len sha256 crc data"},
    "capture": {ENTRY: "version_id fetched_at status sha256 head_id body_id"},
    "change": {ENTRY: "version_id words significance announced raw_len crc data classifier"},
    "checkpoint": {LOG: "size root at note"},
    "event": {LOG: "article_id kind n record leaf position"},
    "handin": {EVENT: "article_id n content_id file_id removed"},
    "label": {ENTRY: "version_id kind"},
    "leaf": {ENTRY: "version_id hash change_sha256", LOG: "position"},
    "reading": {EVENT: "version_id extractor at superseded_at came_to no_edit signature sha256 content_id"},
    "recapture": {
        RECAPTURE: "article_id n fetched_at status sha256 head_id body_id leaf",
        LOG: "position",
        EVENT: "removed",
    },
    "source": {ENTRY: "id name"},
    "tombstone": {EVENT: "version_id parts reason at"},
    "verdict": {EVENT: "version_id at author weight shown labels note link"},
    "version": {ENTRY: "id article_id n seen_at previous_seen_at status extractor signature sha256 content_id"},
}


def uncovered() -> list[str]:
    """Return every other column, as "table.column"."""
    from tracker.archive.schema import METADATA  # it takes long to load

    covered = {
        f"{table}.{column}"
        for table, proofs in COVERED.items()
        for columns in proofs.values()
        for column in columns.split()
    }
    return sorted({str(column) for table in METADATA.sorted_tables for column in table.columns} - covered)
