"""`writethru note`: a person's verdict on a change."""

from __future__ import annotations

import getpass

import click

from tracker.archive.articles import get_article
from tracker.archive.verdicts import list_verdicts, save_verdict
from tracker.archive.versions import get_version
from tracker.errors import UsageError
from tracker.model.change import LabelKind, Verdict, Weight
from tracker.render.text import one_line
from tracker.service.verdicts import Opinion, verdict_on
from tracker.views.change import VerdictView, verdict_line

from .. import options
from ..app import App, verb
from ..versions import Numbers, not_deleted, split


@verb()
@click.argument("ident", metavar="[ID[@V]]", required=False)
@click.argument("text", metavar="[NOTE]", required=False, default="")
@click.option("--significant", "weight", flag_value=Weight.SIGNIFICANT.value, help="Mark the change as significant.")
@click.option("--routine", "weight", flag_value=Weight.ROUTINE.value, help="Mark the change as routine.")
@click.option("--labels-right", is_flag=True, help="Confirm that the labels are right and complete.")
@options.labels("--wrong", text="Reject these labels and confirm the others.")
@options.labels("--right", text="Add these missing labels and confirm the others.")
@click.option("--link", metavar="URL", default="", help="Link to its consequence, such as a correction.")
@click.option("--by", metavar="NAME", help="Sign with this name. [default: the system user]")
@click.option(
    "--find", metavar="TEXT", default="", help="Without ID: list verdicts with these words in note, link or headline."
)
def note(
    app: App, *, ident: str | None, text: str, weight: str | None, labels_right: bool, wrong: tuple[LabelKind, ...],
    right: tuple[LabelKind, ...], link: str, by: str | None, find: str,
) -> None:  # fmt: skip
    """Record your verdict on the change that led to version V of an article (the newest by default).

    Verdicts are added, never changed; if a change has several, the newest counts. They are part of the evidence log and
    of exports, and `stats labels` compares the program's labels with them. Without ID, all verdicts are listed.
    """
    if ident is None:
        with app.archive() as archive:
            show_verdicts(app, list_verdicts(archive, find=find))
        return
    opinion = Opinion(Weight(weight) if weight else None, labels_right, wrong, right, text, link)
    if find:
        raise UsageError("--find lists verdicts of all articles", hint="leave out ID, or --find")
    name, spec = split(ident)
    # Without an opinion it only lists, which must work while the service runs and for other users.
    with app.archive(readonly=opinion == Opinion()) as archive:
        known = get_article(archive, name)
        if opinion == Opinion():
            show_verdicts(app, list_verdicts(archive, known.id))
            return
        version = not_deleted(get_version(archive, known.id, Numbers(archive, known, app.now).one(spec)))
        made = verdict_on(version, opinion, who() if by is None else by, app.now)
        save_verdict(archive, made)
    app.out.say(VerdictView.of(made), f"{made.article[:8]}@v{made.version}  {one_line(verdict_line(made))}")


def who() -> str:
    """Return the name of the system user who runs the command, or "" if it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container, the user may have no name
        return ""


def show_verdicts(app: App, verdicts: list[Verdict]) -> None:
    """Write verdicts as a table, or as JSON lines."""
    if app.settings.json:
        app.out.records(map(VerdictView.of, verdicts))
    else:
        rows = [(app.when(each.at), f"{each.article[:8]}@v{each.version}", verdict_line(each)) for each in verdicts]
        app.out.table(("AT", "CHANGE", "VERDICT"), rows, none="No verdicts yet. To give one: writethru note ID@V NOTE")
