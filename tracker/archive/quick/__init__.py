"""A reader of SQLite archives that starts in no time, without SQLAlchemy."""
