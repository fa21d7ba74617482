"""Removing from the configuration: what was named goes, comments around it stay, and nothing else changes."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config import edits
from tracker.errors import UsageError

FILE = """# top

# The Ledger, our paper
[[sources]]   # first
name = "Ledger"  # x
urls = ["https://l.example/a", "https://l.example/b"]
[[sources.pages]]
url = "https://l.example/p"
selector = "a"

# The Courier
[[sources]]
name = "Courier"
feeds = ["https://c.example/f"]

# a story
[[stories]]
name = "S"
urls = ["https://l.example/a"]
"""
ADDRESSES = ("https://l.example/a", "https://l.example/b", "https://l.example/p", "https://c.example/f")


def test_a_source_goes_with_its_tables_and_leaves_comments():
    after = edits.remove(FILE, "sources", "Ledger")
    assert [each["name"] for each in tomllib.loads(after)["sources"]] == ["Courier"]
    assert "# The Ledger, our paper\n\n# The Courier\n[[sources]]\nname" in after
    after = edits.remove(after, "sources", "Courier")
    assert "sources" not in tomllib.loads(after)
    assert "# a story\n[[stories]]" in after
    with pytest.raises(UsageError, match="no source named"):
        edits.remove(after, "sources", "Courier")


def test_an_address_goes_wherever_it_is_named():
    after = edits.remove_address(FILE, "https://l.example/a")
    assert tomllib.loads(after)["sources"][0]["urls"] == ["https://l.example/b"]
    assert "urls" not in tomllib.loads(after)["stories"][0]
    after = edits.remove_address(FILE, "https://l.example/p")
    assert "pages" not in tomllib.loads(after)["sources"][0]
    assert "# The Courier\n[[sources]]" in after
    with pytest.raises(UsageError, match="does not name"):
        edits.remove_address(FILE, "https://no.example/")


@given(st.permutations(ADDRESSES), st.sampled_from(["\n", "\r\n"]))
def test_all_go_in_any_order(order, newline):
    text = FILE.replace("\n", newline)
    for url in order:
        text = edits.remove_address(text, url)
    assert tomllib.loads(text) == {"sources": [{"name": "Ledger"}, {"name": "Courier"}], "stories": [{"name": "S"}]}
    assert all(line in text for line in FILE.splitlines() if line.startswith("# "))


def test_a_key_is_set_and_taken_back():
    after = edits.set_source(FILE, "Courier", "poll", "5m", "10m")
    assert 'feeds = ["https://c.example/f"]\npoll = "5m"\n' in after
    assert edits.set_source(after, "Courier", "poll", "10m", "10m") == FILE
    assert edits.set_source(FILE, "Courier", "include", [], []) == FILE
