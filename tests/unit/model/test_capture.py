from datetime import UTC, datetime

import pytest

from tracker.model.capture import Capture

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "iso-8859-1"),
        ('text/html; Charset="windows-1252"; x=y', "windows-1252"),
        ("text/html", ""),
        ("", ""),
    ],
)
def test_the_charset_is_that_of_the_content_type(content_type: str, charset: str):
    url = "https://herald.example/"
    assert Capture(url, url, 200, (("content-type", content_type),), b"", NOW, "").charset == charset
