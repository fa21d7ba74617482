"""Load what the first request of a page would have to wait for, in the background, once one page was sent.

A server that nobody asks for a page loads none of it. Words are looked up in English: lexicons of other languages are
loaded with the first change that needs them.
"""

from __future__ import annotations

from .templating import environment


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
