"""Extract articles from pages: metadata, typed blocks, notices.

`extractor` works in this process; `pool` does in child processes that can be killed.
"""

from typing import Final

EXTRACTOR: Final = "22"
"""The version of the extractor. Increase it when the same page may read differently: stored pages are read again."""
