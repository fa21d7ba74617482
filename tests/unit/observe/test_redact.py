import pytest

from tracker.observe.redact import HIDDEN, database, hide

SECRET = "Zx9Secret"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://desk:{SECRET}@db.example:5432/news",
        f"postgresql+psycopg://desk:a/b@{SECRET}@db.example/news",
        f"postgresql+psycopg://desk:a?{SECRET}@db.example/news",
        f"postgresql+psycopg://desk:{SECRET}",
        f"postgresql+psycopg://desk@db.example/news?application_name=x&password={SECRET}",
        f"postgresql+psycopg://desk@db.example/news?sslpassword={SECRET}",
        f"desk:{SECRET}@db.example/news",
        f"host=db.example user=desk password={SECRET}",
    ],
)
def test_no_password_of_a_database_is_shown_however_it_was_written(url: str) -> None:
    shown = database(url)
    assert SECRET not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/writethru/a@b:c.db",
        "sqlite:///writethru.db",
        "writethru.db",
        "postgresql+psycopg://news@db.example:5432/news?connect_timeout=3",
        "postgresql+psycopg://[::1]:5432/news",
        "postgresql+psycopg:///news",
    ],
)
def test_what_holds_no_password_is_shown_as_it_is(url: str) -> None:
    assert database(url) == url


def test_secrets_are_hidden_even_if_one_begins_with_another() -> None:
    assert hide("told abc and abcdef", ["abc", "", "abcdef"]) == f"told {HIDDEN} and {HIDDEN}"
    assert hide("nothing to hide", []) == "nothing to hide"
