"""The table of commands. A command's module is imported when it is called, so that `--help` starts fast."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Final

import click

from tracker import __version__

from .app import Root, Table

# The default, a collection every 700 new objects, spends a tenth of a short run on imported code that is never garbage.
MAX_NEW_OBJECTS_BEFORE_COLLECTION: Final = 50_000

SECTIONS: Final[dict[str, Table]] = {
    "Start": {
        "init": (".config:init", "Write a configuration and an empty archive."),
        "add": (".add:add", "Watch an article, a feed, a sitemap or a section page."),
        "import": (".import_:import_", "Import versions, web archive history, or lists of addresses."),
        "handin": (".handin:handin", "Hand in a page that you saved in your own browser."),
        "check": (".check:check", "Check everything that is due once, then exit."),
        "run": (".run:run", "Run the service: check sources, store versions, send alerts."),
        "demo": (".demo:demo", "Watch two invented news sites for a minute."),
    },
    "Read": {
        "log": (".log:log", "List versions with the time, size and kind of each change."),
        "diff": (".diff:diff", "Show what changed between two versions or two files."),
        "show": (".show:show", "Show one version, its metadata or its evidence."),
        "blame": (".search:blame", "Show when each paragraph first appeared and when it was edited."),
        "search": (".search:search", "Search paragraphs, including text that has been removed."),
        "watch": (".log:watch", "Show changes as they are found."),
        "serve": (".run:serve", "Serve the archive as web pages."),
        "story": (".story:story", "List stories across outlets, show which outlet runs which version."),
        "stories": (".story:story", ""),
        "note": (".note:note", "Record your verdict on a change."),
        "cite": (".cite:cite", "Record passages that you quoted, and see whether they still stand."),
        "extract": (".sources_rules:extract", "Show the article extracted from a saved page."),
        "sql": (".stats:sql", "Run an SQL query on the archive, read-only."),
    },
    "Prove": {
        "verify": (".db:verify", "Check versions against the log and pages against their hashes."),
        "evidence": (".evidence:evidence", "Pack one change with its proofs, for a court or a standards desk."),
    },
    "Share": {
        "alerts": (".alerts:alerts", "List alerts, test rules and targets, send failed alerts again."),
        "picture": (".diff:picture", "Draw one change as a picture for posts."),
        "export": (".export:export", "Export versions in a format that other programs read."),
    },
    "Look after": {
        "sources": (".sources:sources", "List, check, pause, import and export sources."),
        "doctor": (".doctor:doctor", "Find problems and say how to fix them."),
        "stats": (".stats:stats", "Count what the archive holds."),
        "backup": (".db:backup", "Write a copy of the archive while the service runs."),
        "restore": (".db:restore", "Replace the archive with a verified backup."),
        "prune": (".prune:prune", "Delete stored pages of old versions; texts and diffs are kept."),
        "takedown": (".prune:takedown", "Delete a version and record the reason."),
        "reextract": (".reextract:reextract", "Re-extract stored pages with the current extractor."),
        "db": (".db:db", "Upgrade or move the archive."),
        "config": (".config:config", "Show, check and locate the configuration."),
        "service": (".service:service", "Write the systemd unit that runs Writethru."),
        "completion": (".service:completion", "Print a completion script for your shell."),
        "help": ("..app:help_", "Describe a command; with --all, list the rare ones too."),
    },
}
# Listed by `help --all` alone.
RARE: Final = frozenset({"note", "extract", "sql", "restore", "takedown", "reextract", "db", "completion"})


@click.group(
    "writethru",
    cls=Root,
    sections=SECTIONS,
    rare=RARE,
    context_settings={
        "auto_envvar_prefix": "WRITETHRU",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="`writethru help --all` lists every command, `writethru help COMMAND` describes one. "
    "Options can also be set in the environment: --db by WRITETHRU_DB, `log --since` by WRITETHRU_LOG_SINCE.",
)
@click.version_option(__version__, "--version", prog_name="writethru", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep every version of a news article and show what changed.

    Start with `writethru init` and `writethru add URL`. `writethru run` runs the service; `writethru log` and
    `writethru diff` show what it found.
    """


def main() -> None:
    """Run the command line."""
    # Closed, as by `2>&-`: writes would fail, and the next file opened, such as the archive, would take its number.
    # In the order of the numbers, since each gets the lowest that is free.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end
    gc.set_threshold(MAX_NEW_OBJECTS_BEFORE_COLLECTION)
    # Otherwise the interpreter looks through all of it for garbage as it ends: a sixth of a short run.
    atexit.register(gc.freeze)
    # Pydantic would read the entry points of every installed distribution, to find plugins that we do not use.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Otherwise multiprocessing runs the file of the command in each child, which imports the command line: 30 ms.
    vars(sys.modules["__main__"]).pop("__file__", None)
    cli.main()
