import os
import stat
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config import edits
from tracker.config.database import find_database
from tracker.config.file import find_config, read_config
from tracker.config.root import load, parse
from tracker.errors import ConfigError, UsageError

pytestmark = pytest.mark.usefixtures("folder")


def write(text: str, path: str = "writethru.toml") -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def test_the_file_is_the_one_named_or_in_the_environment_or_in_the_folder_or_the_user_s(monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(Path("user").absolute()))
    assert find_config() == Path("writethru.toml")
    Path("user/writethru").mkdir(parents=True)
    write('contact = "user"', "user/writethru/writethru.toml")
    assert load().contact == "user"
    write('contact = "below"', "config/writethru.toml")
    assert load().contact == "below"
    write('contact = "here"')
    assert find_config() == Path("writethru.toml")
    assert load().contact == "here"
    monkeypatch.setenv("WRITETHRU_CONFIG", "/etc/writethru.toml")
    assert find_config() == Path("/etc/writethru.toml")
    assert find_config("mine.toml") == Path("mine.toml")


def test_a_folder_without_a_file_says_what_to_do():
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value) == "there is no writethru.toml here"
    assert caught.value.hint == "run `writethru init`, or name one with --config"


def test_a_named_file_that_is_missing_or_cannot_be_read_is_named(folder):
    with pytest.raises(ConfigError) as caught:
        load(Path("none.toml"))
    assert str(caught.value) == "none.toml: there is no such file"
    assert "run `writethru init`" in caught.value.hint
    with pytest.raises(ConfigError) as caught:
        read_config(folder)
    assert str(caught.value) == f"{folder}: the file cannot be read: is a directory"


def test_the_database_comes_from_the_flag_the_environment_the_file_or_the_default(monkeypatch):
    assert find_database() == "sqlite:///writethru.db"
    write("[fetch]\n")
    assert find_database() == "sqlite:///writethru.db"
    write('[archive]\ndatabase = "sqlite:///file.db"')
    assert find_database() == "sqlite:///file.db"
    write('[archive]\ndatabase = "other.db"', "other.toml")
    assert find_database(config="other.toml") == "sqlite:///other.db"
    monkeypatch.setenv("WRITETHRU_DB", "postgresql+psycopg://host/name")
    assert find_database() == "postgresql+psycopg://host/name"
    assert find_database("flag.db", "none.toml") == "sqlite:///flag.db"


def test_the_database_needs_nothing_else_in_the_file_to_be_right():
    write('contcat = "x"\n[archive]\ndatabase = "sqlite:///file.db"')
    assert find_database() == "sqlite:///file.db"


@pytest.mark.parametrize("text", ["x = ", "archive = 3", "[archive]\ndatabase = 3", '[archive]\ndatabase = ""'])
def test_a_file_without_a_usable_database_is_refused_as_when_all_of_it_is_read(text):
    write(text)
    with pytest.raises(ConfigError) as whole:
        load()
    with pytest.raises(ConfigError) as light:
        find_database()
    assert str(light.value) == str(whole.value)


def test_a_named_file_must_exist_for_the_database_too(monkeypatch):
    with pytest.raises(ConfigError, match="no such file"):
        find_database(config="none.toml")
    monkeypatch.setenv("WRITETHRU_CONFIG", "none.toml")
    with pytest.raises(ConfigError, match="no such file"):
        find_database()


def test_the_database_is_found_without_pydantic():
    write('[archive]\ndatabase = "sqlite:///file.db"')
    code = "import sys, tracker.config.database as d; print(d.find_database(), 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "sqlite:///file.db False\n"


SHIPPED = (Path(__file__).parents[2] / "config" / "writethru.toml").read_text(encoding="utf-8")
FILE = """\
# my file
contact = 'me@example.org'   # me

[[sources]]   # first
name = "A"  # n
feeds = [
  "https://a.org/one", # one
  "https://a.org/two"  # two
]
# about A

[[sources]]
name = 'B'
poll = "5m"
[[sources.pages]]
url = "https://b.org/"  # front

# ---- rules
# [[rules]]

[[stories]]
name = "S"
urls = ["https://a.org/s"]
"""
NEW = "https://new.example/x?a=1&b=2"
EDITS = {
    "source": partial(edits.add_source, name="New & Co.", feeds=[NEW], urls=[NEW, f"{NEW}&c=3"], story="S"),
    "source with pages": partial(
        edits.add_source, name="N", sitemaps=[NEW], pages=[{"url": NEW, "selector": "", "pattern": r"/\d+'"}]
    ),
    "feed": partial(edits.add_address, source="A", key="feeds", url=NEW),
    "first feed": partial(edits.add_address, source="B", key="feeds", url=NEW),
    "sitemap": partial(edits.add_address, source="A", key="sitemaps", url=NEW),
    "url": partial(edits.add_address, source="B", key="urls", url=NEW),
    "page": partial(edits.add_page, source="B", url=NEW, selector="h2 a", pattern=r"/20\d\d/"),
    "first page": partial(edits.add_page, source="A", url=NEW),
    "story": partial(edits.add_story, name="Flood", urls=[NEW, NEW]),
    "known story": partial(edits.add_story, name="S", urls=["https://a.org/s", NEW]),
    "pause": partial(edits.pause, source="A"),
    "pause with pages": partial(edits.pause, source="B"),
}


def is_subsequence(old: list[str], new: list[str]) -> bool:
    rest = iter(new)
    return all(line in rest for line in old)  # `in` uses up the iterator: order counts


def unrelated(text: str) -> list[str]:
    """Every line that no edit of a feed list has to touch."""
    return [line for line in text.splitlines(keepends=True) if "https://a.org/" not in line and line.strip() != "]"]


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("end", ["", "\n", "# last words"], ids=["", "blank", "comment"])
def test_an_edit_keeps_unrelated_lines_and_loads(edit, newline, end):
    text = (FILE + end).replace("\n", newline)
    edited = edit(text)
    assert edited != text
    assert is_subsequence(unrelated(text), edited.splitlines(keepends=True))
    assert parse(edited.encode())
    assert edited.count("\r\n") == (edited.count("\n") if newline == "\r\n" else 0)
    assert all(comment in edited for comment in ("# one", "# two", "# n", "# first", "# front", "# about A", "# me"))


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_says_what_was_meant_and_no_more(edit):
    old, new = tomllib.loads(FILE), tomllib.loads(edit(FILE))
    assert str(new).count("new.example") >= 1 or [s.get("paused") for s in new["sources"]].count(True) == 1
    for key in ("sources", "stories"):
        for before, after in zip(old[key], new[key], strict=False):
            assert before.items() <= {**after, **{k: v for k, v in before.items() if isinstance(v, list)}}.items()
            assert all(item in after[k] for k, v in before.items() if isinstance(v, list) for item in v)


def test_new_sources_stand_after_the_last_or_first_and_known_ones_change_nothing():
    edited = edits.add_source(FILE, "C", feeds=[NEW])
    assert edited.index("# front") < edited.index('name = "C"') < edited.index("# ---- rules")
    made = edits.add_source("", "A", feeds=[NEW])
    assert parse(made.encode()).sources[0].feeds == (NEW,)
    made = edits.add_story('contact = "x"', "S", [NEW])
    assert made.startswith('contact = "x"\n\n[[stories]]\n')
    assert parse(made.encode()).stories[0].urls == (NEW,)
    assert edits.add_address(FILE, "A", "feeds", "https://a.org/one") == FILE
    assert edits.add_page(FILE, "B", "https://b.org/") == FILE
    assert edits.add_story(FILE, "S", ["https://a.org/s"]) == FILE
    assert edits.pause(FILE, "A", paused=False) == FILE
    assert edits.pause('[[sources]]\nname = " A "\n', "A") == '[[sources]]\nname = " A "\npaused = true\n'


def test_pausing_touches_one_line_and_inline_pages_stay_inline():
    paused = edits.pause(FILE, "B")
    assert parse(paused.encode()).sources[1].paused
    assert paused.replace("paused = true\n", "") == FILE
    resumed = edits.pause(paused, "B", paused=False)
    assert not parse(resumed.encode()).sources[1].paused
    assert resumed.replace("paused = false\n", "") == FILE
    assert edits.pause(resumed, "B") == paused
    text = '[[sources]]\nname = "A"\npages = [{ url = "https://a.org/" }]  # here\n'
    edited = edits.add_page(text, "A", NEW, selector="h2 a")
    assert "[[sources.pages]]" not in edited
    assert "# here" in edited
    assert [page.url for page in parse(edited.encode()).sources[0].pages] == ["https://a.org/", NEW]


def test_names_are_refused_with_what_there_is():
    with pytest.raises(UsageError) as caught:
        edits.add_address(FILE, "Z", "feeds", NEW)
    assert "there is no source named 'Z'" in str(caught.value)
    assert caught.value.hint == "sources are: A, B"
    with pytest.raises(UsageError, match="there is already a source named 'A'"):
        edits.add_source(FILE, "A", feeds=[NEW])
    with pytest.raises(UsageError) as caught:
        edits.pause("", "A")
    assert caught.value.hint == "no source is configured yet"


@pytest.mark.parametrize("text", ["x = ", 'sources = [{name = "A"}]'])
def test_a_file_that_cannot_be_edited_is_refused(text):
    with pytest.raises(ConfigError) as caught:
        edits.add_source(text, "B", feeds=[NEW])
    assert caught.value.hint == "edit the file by hand"


def test_a_file_that_contains_the_comment_used_as_a_mark_is_refused():
    text = f"#\ue000writethru\ue000\n{FILE}"
    with pytest.raises(ConfigError, match="cannot be edited safely"):
        edits.add_source(text, "C", feeds=[NEW])


@pytest.mark.parametrize("text", ["a = 1", "a ="])
def test_an_edit_with_another_meaning_is_refused(text):
    with pytest.raises(ConfigError, match="cannot be edited safely"):
        edits.checked(text, {"a": 2})


NAMES = st.text(st.characters(categories=["L", "N"], max_codepoint=0x24F), min_size=1, max_size=12)
ADDRESSES = st.builds("https://{}.example/{}".format, st.integers(0, 99), st.text("ab'\"\\#$%&", max_size=6))
COMMENTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_characters="\x7f\x85"), max_size=20)


@st.composite
def files(draw):
    """A configuration in somebody's own hand."""
    lines = [f"#{draw(COMMENTS)}", "contact = 'me'", ""]
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        lines += draw(st.lists(COMMENTS.map("#{}".format), max_size=2))
        lines += ["[[sources]]", f'name = "{name}"  #{draw(COMMENTS)}']
        feeds = draw(st.lists(st.integers(0, 99).map("https://f.example/{}".format), max_size=3))
        if draw(st.booleans()):
            lines += ["feeds = [", *(f'\t"{feed}", #{draw(COMMENTS)}' for feed in feeds), "]"]
        if draw(st.booleans()):
            lines += ["  pages = [{url = 'https://p.example/'}]"]
        elif draw(st.booleans()):
            lines += ["[[sources.pages]]", "url='https://p.example/'", f"#{draw(COMMENTS)}"]
        lines += [""] * draw(st.integers(0, 2))
    if draw(st.booleans()):
        lines += ["[fetch]", 'delay = "3s"', f"#{draw(COMMENTS)}"]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


@given(files(), NAMES, ADDRESSES, COMMENTS)
def test_any_file_keeps_its_lines(text, name, address, story):
    old = text.splitlines()
    steps = [
        partial(edits.add_story, name="story", urls=[address, story]),
        partial(edits.add_source, name=f"{name} new", feeds=[address], pages=[{"url": address, "pattern": story}]),
    ]
    for known in [source["name"] for source in tomllib.loads(text).get("sources", [])]:
        steps += [partial(edits.pause, source=known), partial(edits.add_page, source=known, url=address)]
        steps += [partial(edits.add_address, source=known, key="urls", url=address)]
    for step in steps:
        text = step(text)
        assert is_subsequence([line for line in old if "p.example" not in line], text.splitlines())
    stories = tomllib.loads(text)["stories"]
    assert stories == [{"name": "story", "urls": list(dict.fromkeys([address, story]))}]


def test_the_shipped_file_takes_every_edit():
    text = edits.add_source(SHIPPED, "Local", feeds=[NEW])
    text = edits.add_address(text, "NPR", "feeds", NEW)
    text = edits.add_story(text, "Flood", [NEW])
    text = edits.pause(text, "BBC News")
    assert is_subsequence([line for line in SHIPPED.splitlines() if "npr.org" not in line], text.splitlines())
    loaded = parse(text.encode())
    assert loaded.sources[-1].name == "Local"
    assert [source.name for source in loaded.sources if source.paused] == ["BBC News"]


# --- on disk


def test_writing_replaces_the_file_and_keeps_its_mode_which_is_private_for_a_new_one(tmp_path):
    path = tmp_path / "writethru.toml"
    path.write_bytes(b"a = 1\r\n")
    path.chmod(0o604)
    edits.write(path, edits.read(path) + "b = 'ü'\r\n")
    assert path.read_bytes() == "a = 1\r\nb = 'ü'\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert [each.name for each in tmp_path.iterdir()] == ["writethru.toml"]
    edits.write(tmp_path / "new.toml", "a = 1\n")
    assert stat.S_IMODE((tmp_path / "new.toml").stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_that_root_edits_stays_its_owner_s_and_a_new_one_is_the_folder_owner_s(tmp_path):
    path, new = tmp_path / "writethru.toml", tmp_path / "new.toml"
    path.write_text("a = 1\n", encoding="utf-8")
    for each in (path, tmp_path):
        os.chown(each, 4321, 4321)
    edits.write(path, "a = 2\n")
    edits.write(new, "a = 1\n")
    assert [(each.stat().st_uid, each.stat().st_gid) for each in (path, new)] == [(4321, 4321)] * 2


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("a = 1\n", encoding="utf-8")
    link.symlink_to(real)
    edits.write(link, "a = 2\n")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "a = 2\n"


def test_a_file_that_cannot_be_written_or_is_missing_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match="cannot be written"):
        edits.write(tmp_path / "none" / "x.toml", "a = 1\n")
    with pytest.raises(ConfigError) as caught:
        edits.read(tmp_path / "none.toml")
    assert "run `writethru init`" in caught.value.hint


def test_a_source_is_renamed_with_the_rules_that_name_it():
    text = """# ours
[[sources]]
name = "Herald"  # the paper

[[rules]]
name = "all"
to = []
sources = [
    "Post",  # other
    "Herald",
]
"""
    renamed = edits.rename_source(text, "Herald", "Port Alder Herald")
    assert renamed == text.replace('"Herald"', '"Port Alder Herald"')
    with pytest.raises(UsageError, match="no source named 'None'"):
        edits.rename_source(text, "None", "Other")
    with pytest.raises(UsageError, match="already a source named 'Herald'"):
        edits.rename_source(text, "Herald", "Herald")


TO_CUT = """# top

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
CUT_ADDRESSES = ("https://l.example/a", "https://l.example/b", "https://l.example/p", "https://c.example/f")


def test_sources_and_addresses_go_wherever_they_are_named_and_keys_are_taken_back():
    after = edits.remove(TO_CUT, "sources", "Ledger")
    assert [each["name"] for each in tomllib.loads(after)["sources"]] == ["Courier"]
    assert "# The Ledger, our paper\n\n# The Courier\n[[sources]]\nname" in after
    after = edits.remove(after, "sources", "Courier")
    assert "sources" not in tomllib.loads(after)
    assert "# a story\n[[stories]]" in after
    with pytest.raises(UsageError, match="no source named"):
        edits.remove(after, "sources", "Courier")
    after = edits.remove_address(TO_CUT, "https://l.example/a")
    assert tomllib.loads(after)["sources"][0]["urls"] == ["https://l.example/b"]
    assert "urls" not in tomllib.loads(after)["stories"][0]
    after = edits.remove_address(TO_CUT, "https://l.example/p")
    assert "pages" not in tomllib.loads(after)["sources"][0]
    assert "# The Courier\n[[sources]]" in after
    with pytest.raises(UsageError, match="does not name"):
        edits.remove_address(TO_CUT, "https://no.example/")
    after = edits.set_key(TO_CUT, "sources", "Courier", "poll", "5m", "10m")
    assert 'feeds = ["https://c.example/f"]\npoll = "5m"\n' in after
    assert edits.set_key(after, "sources", "Courier", "poll", "10m", "10m") == TO_CUT
    assert edits.set_key(TO_CUT, "sources", "Courier", "include", [], []) == TO_CUT


@given(st.permutations(CUT_ADDRESSES), st.sampled_from(["\n", "\r\n"]))
def test_all_go_in_any_order(order, newline):
    text = TO_CUT.replace("\n", newline)
    for url in order:
        text = edits.remove_address(text, url)
    assert tomllib.loads(text) == {"sources": [{"name": "Ledger"}, {"name": "Courier"}], "stories": [{"name": "S"}]}
    assert all(line in text for line in TO_CUT.splitlines() if line.startswith("# "))
