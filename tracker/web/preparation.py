"""Load what requests would have to wait for: before the server listens, and in the background after the first page.

Before it listens, only what every first request needs is loaded, because starting must stay fast. The rest, which takes
more time and memory, is loaded only by a server that somebody asks for a page. Words are looked up in English: lexicons
of other languages are loaded with the first change that needs them.
"""

from __future__ import annotations

import importlib
from typing import Final

from .templating import environment

FIRST_TEMPLATES: Final = ("base.html", "macros.html", "start.html")


def prepare_first_page() -> None:
    """Load the start page's templates, the modules that it imports late, and the thread pool's event loop backend."""
    # anyio imports its backend when the first thread is asked for.
    for name in ("anyio._backends._asyncio", "tracker.service.source_status", "tracker.service.story_editions"):
        importlib.import_module(name)
    for name in FIRST_TEMPLATES:
        environment().get_template(name)


def prepare_pages() -> None:
    """Load the templates of all pages, the modules that only some pages import, and the English lexicon."""
    from tracker.classify.label import classify  # noqa: F401 - loaded for the pages
    from tracker.classify.lemmas import is_word
    from tracker.pipeline.storm import held_source  # noqa: F401
    from tracker.service.story_timelines import gather  # noqa: F401

    templates = environment()
    for name in templates.list_templates():
        templates.get_template(name)
    is_word("bridge", "en")
