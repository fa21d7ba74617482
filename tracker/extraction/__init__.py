"""Extract articles from pages: metadata, typed blocks, notices.

`extractor` works in this process; `pool` does in child processes that can be killed.
"""
