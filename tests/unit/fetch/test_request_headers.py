import pytest

from tracker.fetch.client import conditional_headers, identity_headers
from tracker.model.capture import Request


@pytest.mark.parametrize(
    ("contact", "agent", "sender"),
    [
        ("https://desk.example/bot", "Mozilla/5.0 (compatible; writethru/1.2; +https://desk.example/bot)", ""),
        ("desk@desk.example", "Mozilla/5.0 (compatible; writethru/1.2; +desk@desk.example)", "desk@desk.example"),
        (
            "mailto:desk@desk.example ",
            "Mozilla/5.0 (compatible; writethru/1.2; +desk@desk.example)",
            "desk@desk.example",
        ),
        ("", "Mozilla/5.0 (compatible; writethru/1.2)", ""),
        ("x\r\nEvil: 1)", "Mozilla/5.0 (compatible; writethru/1.2; +xEvil:1)", ""),
    ],
)
def test_the_user_agent_names_the_contact(contact: str, agent: str, sender: str) -> None:
    headers = dict(identity_headers(contact, "1.2"))
    assert headers["User-Agent"] == agent
    assert headers.get("From", "") == sender


def test_a_request_is_conditional_if_anything_is_known_of_the_page() -> None:
    assert conditional_headers(Request("u")) == ()
    assert conditional_headers(Request("u", etag='"x"', last_modified="Wed")) == (
        ("If-None-Match", '"x"'),
        ("If-Modified-Since", "Wed"),
    )
