"""Storage: SQLModel tables on SQLite or PostgreSQL, one module a noun with its questions and its writes.

Every function takes an open `Archive` first; the service hands such functions to `ArchiveThread.run`.
"""
