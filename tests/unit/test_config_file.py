import subprocess
import sys
from pathlib import Path

import pytest

from tracker.config.database import find_database
from tracker.config.file import find_config, read_config
from tracker.config.root import load
from tracker.errors import ConfigError

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
