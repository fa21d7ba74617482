"""Processes that keep versions until they are killed, and say of each that it is kept.

``python -m … URL WORKER`` reads lines; each makes it fork such a process, so that a kill costs no start of Python. On
stdout: ``pid N``, then ``ARTICLE VERSION`` after each commit, then ``end`` when the process is dead.
"""

import os
import sys

from tests.archive_samples import NOW, alert, intent, minutes
from tracker.archive.articles import add_targets, get_article
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.model.source import Target


def write(url: str, worker: str) -> None:
    """Keep versions of three articles for ever."""
    store = open_archive(url)
    targets = [Target(f"https://herald.example/{worker}/{place}") for place in range(3)]
    add_targets(store, "Herald", targets, NOW)
    articles = [get_article(store, target.url) for target in targets]
    while True:
        for tracked in articles:
            n = get_article(store, tracked.id).versions + 1
            told = (alert(f"{tracked.id}:{n}", article=tracked.id, version=n),)
            done = commit_check(store, intent(tracked, n, minutes(n), alerts=told))
            say(f"{tracked.id} {done.version}")


def say(line: str) -> None:
    """Write a line whole: one call, and pipes take it undivided."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            write(sys.argv[1], sys.argv[2])
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("end")
