"""An archive with all that a log can cover, sealed, for `test_tampering.py`."""

from dataclasses import replace

from tests.archive_samples import URL, capture, change, content, grow, intent, look, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, set_article_state
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.readings import save_readings
from tracker.archive.recaptures import OutsideCapture, list_unsaved, save_outside_capture
from tracker.archive.takedowns import prune_pages, take_down
from tracker.archive.verdicts import save_verdict
from tracker.model.change import Change, LabelKind, Verdict, Weight
from tracker.model.source import Target
from tracker.model.version import Raw, Reread, Rereading, UpdatedChange
from tracker.model.watch import ArticleState, CheckOutcome, Tracked

SIGNER = Signer.new("herald.example/archive")


def build(store: Archive) -> str:
    """Make an archive with all that a log can cover, seal it, add a version, and return the newest note."""
    plain, all_pages, no_pages, taken, read, aliased, paused, gone, judged = (
        watch(store, f"{URL}/{name}")
        for name in ("plain", "all", "none", "taken", "read", "aliased", "paused", "gone", "judged")
    )
    for tracked in (plain, taken, read, aliased, paused, gone, judged):
        grow(store, tracked, 4)
    commit_check(store, intent(all_pages, 1, minutes(1), raw=Raw.ALL))
    for at in (2, 3, 4):
        seen = capture(at, minutes(at), all_pages.url)
        commit_check(store, look(all_pages, 1, minutes(at), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL))
    for n in (1, 2):
        commit_check(store, intent(no_pages, n, minutes(n), raw=Raw.NONE))
    other = watch(store, f"{URL}/post", source="Post")
    grow(store, other, 2)
    seal_log(store, SIGNER, minutes(60))
    take_down(store, taken.id, "court", minutes(61), 2)
    better = [replace(content(n), title=f"River floods {n} roads") for n in (2, 3)]
    rereads = [Reread(n, "8", Rereading.CODE, text, "main") for n, text in zip((2, 3), better, strict=True)]
    save_readings(store, read.id, rereads, [UpdatedChange(2, change(2, LabelKind.HEADLINE))], minutes(62))
    rereads = [Reread(2, "9", Rereading.CODE, replace(better[0], title="River ebbs"), "main")]
    save_readings(store, read.id, rereads, [UpdatedChange(2, Change())], minutes(63))
    commit_check(store, look(aliased, 4, minutes(64), CheckOutcome.UNCHANGED, aliases=(f"{aliased.url}?print=1",)))
    set_article_state(store, paused.id, ArticleState.PAUSED)
    commit_check(store, replace(intent(other, 3, minutes(3)), imported_at=minutes(65)))
    prune_pages(store, "Post", minutes(66), keep=2)
    judge(store, judged)
    note = seal_log(store, SIGNER, minutes(120))
    commit_check(store, intent(plain, 5, minutes(130)))
    return note


def judge(store: Archive, judged: Tracked) -> None:
    """Do with an article what people and other archives do; it is watched in the end, by another outlet."""
    save_verdict(
        store, Verdict(judged.id, 3, minutes(67), "ada", Weight.ROUTINE, (LabelKind.NUMBER,), note="A recount.")
    )
    save_verdict(store, Verdict(judged.id, 3, minutes(68), "ben", labels=(LabelKind.NAME,), link="https://x.example/1"))
    (version,) = [each for each in list_unsaved(store, ["Herald"], 0, 100) if each.article == judged.id]
    save_outside_capture(store, version, OutsideCapture(4, minutes(69), "wayback", "https://w.example/4", "{}"))
    set_article_state(store, judged.id, ArticleState.PAUSED)
    set_article_state(store, judged.id, ArticleState.ACTIVE)
    add_targets(store, "Post", [Target(judged.url.replace("https:", "http:"))], minutes(70), claimed=[judged.id])
