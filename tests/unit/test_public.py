"""What others build on."""

from __future__ import annotations

import subprocess
import sys

PAGE = b"""<!doctype html><html lang="en"><head><title>Bridge closed</title></head><body><article><h1>Bridge closed</h1>
<p>The council voted on Tuesday to close the bridge until the spring, after divers found cracks in two piers.</p>
<p>Drivers are sent over the ring road, which takes twenty minutes longer, the council said on its page.</p>
</article></body></html>"""

SCRIPT = f"""
import tracker
from tracker import Article, compare
page = {PAGE!r}
first = tracker.extract(page, "https://s.test/a")
second = tracker.extract(page.replace(b"Tuesday", b"Monday"), url="https://s.test/a")
from tracker import extract
assert extract(page) == tracker.extract(page) == first, "it works as often as it is called"
assert isinstance(first, Article) and first.title == "Bridge closed" and len(first.blocks) >= 2
change = compare(first, second)
assert "date" in {{str(kind) for kind in change.kinds}}, change.labels
assert compare(first, first).is_empty
"""


def test_extract_and_compare_work_in_a_fresh_process_as_often_as_they_are_called():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=60)
