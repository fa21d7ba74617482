"""The command table. Everything a command needs is imported by that command alone."""

from __future__ import annotations

from typing import Final

import click

from tracker import __version__

from .lazy import Entry, Root

_AT: Final = "tracker.cli.commands."

COMMANDS: Final[dict[str, Entry]] = {
    "init": (f"{_AT}init:init", "Write a configuration and an empty archive."),
    "add": (f"{_AT}add:add", "Watch an article, a feed, a sitemap or a section page."),
    "sources": (f"{_AT}sources:sources", "See, check, pause, import and export what is watched."),
    "check": (f"{_AT}check:check", "Visit what is due, once."),
    "run": (f"{_AT}run:run", "Run the service: visit, keep, alert."),
    "serve": (f"{_AT}serve:serve", "Serve the archive as web pages."),
    "log": (f"{_AT}log:log", "List versions: when, how much, what kind of change."),
    "show": (f"{_AT}show:show", "Show one version, its metadata or its evidence."),
    "diff": (f"{_AT}diff:diff", "Show what changed between two versions or two files."),
    "blame": (f"{_AT}blame:blame", "Show since when each paragraph stands, and when it was edited."),
    "search": (f"{_AT}search:search", "Find paragraphs, also those that were edited away."),
    "stories": (f"{_AT}stories:stories", "List which articles follow one event, across outlets."),
    "story": (f"{_AT}story:story", "Show who runs which version of a story; accept, split, merge it."),
    "extract": (f"{_AT}extract:extract", "Show what is read from a saved page."),
    "alerts": (f"{_AT}alerts:alerts", "List alerts, test rules and targets, send failed alerts again."),
    "watch": (f"{_AT}watch:watch", "Show changes as they come in."),
    "export": (f"{_AT}export:export", "Write versions in a format that others read."),
    "import": (f"{_AT}import_:import_", "Read versions, history from web archives, or lists of addresses."),
    "verify": (f"{_AT}verify:verify", "Check that everything is still what it was."),
    "evidence": (f"{_AT}evidence:evidence", "Pack one change with its proofs, for a court or a standards desk."),
    "backup": (f"{_AT}backup:backup", "Write a copy of the archive while the service runs."),
    "restore": (f"{_AT}restore:restore", "Put a verified backup in the place of the archive."),
    "prune": (f"{_AT}prune:prune", "Take out the pages of old versions; their texts stay."),
    "takedown": (f"{_AT}takedown:takedown", "Take out a version, and keep why."),
    "reextract": (f"{_AT}reextract:reextract", "Read kept pages again with the extractor of today."),
    "doctor": (f"{_AT}doctor:doctor", "Look for what is wrong, and say how to mend it."),
    "stats": (f"{_AT}stats:stats", "Count what the archive holds."),
    "db": (f"{_AT}db:db", "Migrate the archive, or say which schema it has."),
    "config": (f"{_AT}config:config", "Show, check and locate the configuration."),
    "completion": (f"{_AT}completion:completion", "Print a completion script for your shell."),
    "demo": (f"{_AT}demo:demo", "Watch an invented newspaper for a minute."),
}


@click.group(
    "writethru",
    cls=Root,
    table=COMMANDS,
    context_settings={
        "auto_envvar_prefix": "WRITETHRU",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="Every option can be set in the environment: --db is WRITETHRU_DB, `log --since` is WRITETHRU_LOG_SINCE.",
)
@click.version_option(__version__, "--version", prog_name="writethru", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep every version of a news article, and say what changed.

    `writethru init` and `writethru add URL` begin; `writethru run` is the service; `writethru log` and
    `writethru diff` read.
    """


def main() -> None:
    """Run the command line."""
    cli.main()
