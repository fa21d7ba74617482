"""Commands of Alembic that only tests need: back to an older schema, and whether tables and their classes agree."""

from alembic import command

from tracker.archive import migrations


def downgrade(url: str, revision: str) -> None:
    """Downgrade an archive to *revision*; "base" removes all tables."""
    command.downgrade(migrations.config(url), revision)


def check(url: str) -> None:
    """Raise CommandError, which names them, for differences between an archive and the tables that we define."""
    command.check(migrations.config(url))
