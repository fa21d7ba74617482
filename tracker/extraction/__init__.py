"""Extract articles from pages: metadata, typed blocks, notices.

`extractor` works in the calling process, `pool` in child processes that can be killed.
"""

from typing import Final

EXTRACTOR: Final = "22"
"""The version of the extractor. Increase it when results may differ: stored pages are then extracted again."""
