"""The tutorial, command by command, as a reader would type it, on a web site of this machine; and the guide to SQL."""

import os
import re
import shlex
from pathlib import Path
from types import SimpleNamespace

from tests.command_line import objects

DOCS = Path(__file__).parents[3] / "docs"
TUTORIAL = DOCS / "tutorial" / "first-hour.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_HERE = ("make demo", "source .venv")
"""The demo is played by `e2e/test_demo.py` and `e2e/test_wheel.py`."""


def lines_of(block: str) -> list[str]:
    """Return the commands of a block, without the remarks behind them."""
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]


def test_every_command_of_the_tutorial_works(run, site):
    address = f"http://{site.address}"
    story = "/2026/harbour-bridge-closed"
    site.article("three", story)
    site.pages["/rss.xml"] = site.pages["/feed.xml"]
    site.pages["/"] = (
        "text/html",
        '<title>Herald</title><link rel="alternate" type="application/rss+xml" href="/feed.xml">',
    )
    said: dict[str, str] = {}
    Path("writethru-demo").mkdir()
    os.chdir("writethru-demo")
    ident = ""
    for kind, block in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        if block.startswith(NOT_HERE):
            continue
        if kind == "toml":
            with Path("writethru.toml").open("a", encoding="utf-8") as file:
                file.write(block)
            continue
        for line in lines_of(block):
            words = shlex.split(line.replace("https://www.example.org", address).replace("ID", ident))
            if words[0] == "cd":
                os.chdir(words[1])
            elif line == "writethru run":
                # `e2e/test_wheel.py` starts the service; here it is a check, an edit, and another check.
                run("check", "--no-pace")
                site.article("four", story)
                run("check", "--all", "--no-pace")
                ident = objects(run("log", "--json"))[0]["article"][:8]
            elif ">" in words:
                Path(words[-1]).write_bytes(run(*words[1 : words.index(">")]).stdout_bytes)
            else:
                said[line] = run(*words[1:]).output
    assert "“Harbour closed”" in next(text for line, text in said.items() if "add --story" in line)
    assert "[-three-]{+four+}" in said["writethru diff ID first..last"]
    assert "number" in said["writethru diff ID --facts"]
    assert b"after three boats" in Path("page.html").read_bytes()
    assert '"type": "article.changed"' in Path("alerts.jsonl").read_text("utf-8").replace('":"', '": "')


def test_every_query_of_the_guide_to_sql_works(kept):
    guide = (DOCS / "how-to" / "query-it.md").read_text("utf-8")
    queries = re.findall(r'^writethru (sql(?: --\w+)?) "([^"]+)"', guide, re.MULTILINE)
    assert len(queries) >= 5
    for words, query in queries:
        kept(*words.split(), query)
    texts = kept(*queries[-1][0].split(), queries[-1][1]).output.splitlines()
    assert texts[0] == "article,version,source,url,seen,title,text"


def test_the_data_frames_of_the_guide_to_sql_get_rows(kept):
    (code,) = re.findall(
        r"^```python\n(.*?)^```$", (DOCS / "how-to" / "query-it.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    frames: list[list[object]] = []
    library = SimpleNamespace(DataFrame=lambda rows, **_: frames.append(rows))
    exec(
        re.sub(r"^import \w+\n", "", code, flags=re.MULTILINE).replace('(source="Herald")', "()"),
        {"pandas": library, "polars": library},
    )
    assert all(frames)
    assert len(frames) == 2
