"""The examples of docs/how-to/extend.md are run, so that whoever follows them ends with something that works."""

import io
import re
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.archive_samples import NOW, grow, watch
from tests.archives import inline, temporary_archive
from tests.unit.render.samples import NOON
from tracker.alerts.channels import Channel
from tracker.archive.database.connection import to_instant
from tracker.archive.state import save_state
from tracker.cli.commands.export import ExportFormat
from tracker.config.field_types import ConfigModel, Name
from tracker.config.tables import AppriseTarget, CommandTarget, EmailTarget, WebhookTarget
from tracker.errors import ConfigError, DeliveryError
from tracker.exchange.export import Job, Selection
from tracker.model.alert import Delivery, Payload
from tracker.model.change import Label, LabelDefinition
from tracker.render.json import dumps

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "extend.md"


def example(heading: str, without: str = "", package: str = "", **names: Any) -> dict[str, Any]:
    """Return what the code below a heading defines in a `package` with `names`; what matches `without` is not run."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    defined = {"__package__": package, **names}
    exec("from __future__ import annotations\n" + re.sub(without or "$^", "", code, flags=re.DOTALL), defined)
    return defined


def test_a_label():
    class Kinds:
        EXPANDED = "expanded"

    class Context:
        class old:  # noqa: N801
            words = 10

        class new:  # noqa: N801
            words = 25

    made = example(
        "Add a label", r"class LabelKind.*?\n\n\n", LabelKind=Kinds, LabelDefinition=LabelDefinition, Label=Label
    )
    (rule,) = made["RULES"].values()
    assert [label.evidence for label in rule(Context)] == ["10 → 25 words"]
    assert list(made["LABELS"]) == list(made["RULES"])


async def _sent(notifier: Any, path: Path) -> str:
    await notifier.send(Delivery(1, "wt_1", "R", "log", "a7f3", 2, {"schema": 1}, NOON, NOON), NOON)
    return path.read_text(encoding="utf-8")


async def test_a_channel(tmp_path: Path):
    import asyncio
    from typing import Annotated, Final, Literal

    from pydantic import Field

    made = example(
        "Add a channel",
        ConfigModel=ConfigModel, Name=Name, Literal=Literal, Annotated=Annotated, Final=Final, Field=Field,
        EmailTarget=EmailTarget, WebhookTarget=WebhookTarget, AppriseTarget=AppriseTarget, CommandTarget=CommandTarget,
        Path=Path, asyncio=asyncio, ConfigError=ConfigError, DeliveryError=DeliveryError, Channel=Channel,
        Payload=Payload, dumps=dumps,
    )  # fmt: skip
    channel, options = made["CHANNEL"], made["FileTarget"]
    options.model_rebuild(_types_namespace=made)
    target = options(name="log", type="file", path=str(tmp_path / "alerts.jsonl"))
    channel.check(target, None)
    assert await _sent(channel.open(target, None, None), tmp_path / "alerts.jsonl") == '{"schema":1}\n'
    with pytest.raises(ConfigError):
        channel.check(options(name="log", type="file", path="/nowhere/at/all"), None)


def test_an_export_format():
    archive = temporary_archive()
    grow(archive, watch(archive), 2)
    out = io.BytesIO()
    made = example("Add an export format", package="tracker.exchange", ExportFormat=ExportFormat)
    job = Job(archive, Selection(), None, out, NOW, "0")
    made["FORMATS"]["headlines"].write(job)
    lines = out.getvalue().decode().splitlines()
    assert len(lines) == job.tally.versions == 2
    assert all(datetime.fromisoformat(line.split("\t")[0]).tzinfo for line in lines)


async def test_a_question_to_the_archive():
    archive = temporary_archive()
    made = example("Add a question to the archive", to_instant=to_instant, save_state=save_state, NOW=NOW)
    made["test_a_value_knows_when_it_was_saved"](archive)
    assert await inline(archive).run(made["state_saved_at"], "pulse") == NOW


def test_a_command(monkeypatch: pytest.MonkeyPatch):
    from tracker.cli.app import App
    from tracker.cli.output import Output

    archive = temporary_archive()
    watch(archive)
    made = example("Add a command", package="tracker.cli.commands", _AT="")
    said: list[Any] = []
    monkeypatch.setattr(Output, "say", lambda _self, value, text: said.append((value, text)))
    monkeypatch.setattr(App, "archive", lambda _self: nullcontext(archive))
    made["hosts"].main([], standalone_mode=False)
    assert said
    assert said[0][0] == {"host": said[0][1]}
