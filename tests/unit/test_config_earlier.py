"""A configuration with keys of an earlier release starts, with a warning that says what to do."""

import pytest

from tracker.config.root import parse
from tracker.errors import ConfigError

TARGET = '[[targets]]\nname = "desk"\ntype = "webhook"\nurl = "https://example.org"\n'
ARCHIVE = '[archive]\ncheckpoints = "notes"\n'


@pytest.mark.parametrize(
    ("line", "target", "warning"),
    [
        ('checkpoint_mail = "desk"', "desk", "called checkpoint_target; rename this key"),
        (
            'checkpoint_mail = "x"\ncheckpoint_target = "desk"',
            "desk",
            "ignored: checkpoint_target is set; remove this key",
        ),
    ],
)
def test_a_key_with_a_new_name_is_read(line: str, target: str, warning: str) -> None:
    found = parse(f"{ARCHIVE}{line}\n{TARGET}".encode())
    assert found.archive.checkpoint_target == target
    (said,) = found.warnings
    assert said == f"archive.checkpoint_mail is {warning}"


def test_calendars_of_opentimestamps_are_ignored() -> None:
    stamps = 'timestamp = [{type = "rfc3161", url = "https://t.org"}, {type = "opentimestamps"}]\n'
    found = parse(f"{ARCHIVE}{stamps}".encode())
    assert [each.url for each in found.archive.timestamp] == ["https://t.org"]
    (said,) = found.warnings
    assert said.startswith("archive.timestamp[2] is ignored: calendars are no longer asked")


@pytest.mark.parametrize("odd", ["archive = 3", "[archive]\ntimestamp = 'x'", "[[archive]]\ncheckpoint_mail = 'x'"])
def test_what_is_no_table_is_left_to_validation(odd: str) -> None:
    with pytest.raises(ConfigError, match="archive"):
        parse(odd.encode())
