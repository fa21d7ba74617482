"""The command line, run in this process."""

import json
from collections.abc import Mapping
from typing import Any

from click.testing import CliRunner, Result

from tracker.cli.main import cli


def command(*args: str, code: int = 0, stdin: str | bytes | None = None) -> Result:
    """Run `writethru` with these arguments; it must end with this exit code."""
    result = CliRunner().invoke(cli, list(args), input=stdin)
    assert result.exit_code == code, result.output
    return result


def outputs(*args: str, env: Mapping[str, str] | None = None) -> Result:
    """Run `writethru` with these arguments and return what it wrote, however it ends."""
    result = CliRunner().invoke(cli, list(args), env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def objects(result: Result) -> list[dict[str, Any]]:
    """Return the JSON objects that a command wrote, one a line."""
    return [json.loads(line) for line in result.stdout.splitlines()]
