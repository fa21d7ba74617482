"""Which archive to use, found without pydantic, so that commands that only read it start fast."""

from __future__ import annotations

import os

from .file import CONFIG_PATHS, DEFAULT_DATABASE, database_url, find_config, parse_toml, read_config


def find_database(database: str = "", config: str = "") -> str:
    """Return the URL of the archive: `database`, $WRITETHRU_DB, the configuration's, or DEFAULT_DATABASE.

    `database` and `config`, whose file must exist, are given by --db and --config. Raises ConfigError where the
    configuration cannot be read, is not valid TOML or gives no usable database.
    """
    chosen = database or os.environ.get("WRITETHRU_DB")
    if chosen:
        return database_url(chosen)
    # A file that is named must exist; one that is only looked for need not.
    path = find_config(config)
    if path in CONFIG_PATHS and not (config or path.exists()):
        return DEFAULT_DATABASE
    archive = parse_toml(read_config(path), str(path)).get("archive", {})
    found = archive.get("database", DEFAULT_DATABASE) if isinstance(archive, dict) else None
    if isinstance(found, str) and found:
        return database_url(found)
    from .root import load  # imported here for its validation, which names the problem as for any other key

    return load(path).archive.database
