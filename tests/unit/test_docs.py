"""What the program can do is written down, and what is written down is true."""

import hashlib
import importlib.util
import io
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.archive_samples import NOW, grow, watch
from tests.archives import inline, temporary_archive
from tests.unit.render.samples import NOON
from tracker.alerts.channels import Channel
from tracker.archive.database.connection import to_instant
from tracker.archive.state import save_state
from tracker.cli import exit_codes
from tracker.cli.commands.export import ExportFormat
from tracker.config.root import Config
from tracker.config.tables import (
    AppriseTarget,
    CommandTarget,
    ConfigModel,
    DesktopTarget,
    EmailTarget,
    Name,
    Secret,
    WebhookTarget,
)
from tracker.errors import ConfigError, DeliveryError
from tracker.evidence.packing import verifier_source
from tracker.exchange.export import Job, Selection
from tracker.extraction.site_rules import SiteRules
from tracker.model.alert import Delivery, Payload
from tracker.model.change import Label, LabelDefinition, LabelKind
from tracker.render.json import dumps
from tracker.views.alert import AlertView
from tracker.views.article import ArticleView
from tracker.views.source import HubView
from tracker.views.story import ListedArticle
from tracker.views.version import ListedVersion
from tracker.web.api import ENDPOINTS
from tracker.web.operations import OPERATIONS
from tracker.web.pages.change import CitedChange
from tracker.web.pages.version import WholeVersion

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts]


def loaded(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_reference(name: str = "make_reference") -> ModuleType:
    return loaded(f"docs/{name}.py")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_reference_and_the_man_page_are_what_help_says():
    assert text("docs/reference/commands.md") == make_reference().text(), "run: python docs/make_reference.py"
    assert text("docs/reference/writethru.1") == make_reference("make_man").text(), "run: python docs/make_man.py"


def test_the_table_of_what_is_proved_is_that_of_the_code():
    page = make_reference("make_coverage").text()
    assert text("docs/reference/coverage.md") == page, "run: python docs/make_coverage.py"


def test_the_page_of_the_configuration_is_what_its_models_say():
    page = make_reference("make_configuration")
    assert text("docs/reference/configuration.md") == page.text(), "run: python docs/make_configuration.py"
    tables = {name for name, each in Config.model_json_schema()["$defs"].items() if "properties" in each}
    assert tables == {each.__name__ for each in page.TABLES.values()} - {"Config"}


def test_every_setting_is_in_the_configuration_that_is_shipped():
    shipped = text("config/writethru.toml")
    for table in make_reference("make_configuration").TABLES.values():
        for name in table.model_fields:
            assert re.search(rf"\b{name}\b", shipped), f"{table.__name__}.{name}"


def test_troff_takes_the_man_page_without_a_warning():
    if (groff := shutil.which("groff")) is None:
        pytest.skip("groff is not installed")
    page = ROOT / "docs" / "reference" / "writethru.1"
    done = subprocess.run([groff, "-man", "-Tutf8", "-ww", page], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "EXIT STATUS" in done.stdout


def test_every_command_exit_code_label_and_address_of_the_api_is_documented():
    table = text("docs/reference/overview.md")
    for words in make_reference().names(make_reference().cli):
        assert re.search(rf"^\| .*`{words[0]}\b.* \| ", table, re.MULTILINE), words
    names = ("OK", "ERROR", "USAGE", "CHANGES", "PARTIAL", "VERIFICATION", "LOCKED", "CONFIG", "INTERRUPTED")
    for code in (getattr(exit_codes, name) for name in names):
        assert f"\n| {code} | " in text("docs/reference/exit-codes.md")
        assert re.search(rf"\b{code} [a-z]", text("README.md")), code
    for kind in LabelKind:
        assert f"`{kind}`" in text("docs/reference/json.md")
        listed = text("config/writethru.toml").partition("# Kinds of change:")[2].partition("\n#\n")[0]
        # No rule takes that label.
        is_listed = kind in listed.replace("#", " ").split()
        assert is_listed is not (kind is LabelKind.ADDRESS), f"{kind} is not in the list of config/writethru.toml"
    described = text("docs/reference/http.md")
    addresses = [*(each.template for each in ENDPOINTS), *(each.template for each in OPERATIONS)]
    assert [each for each in addresses if f"`{each}" not in described] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def blocks(page: Path, *languages: str) -> list[str]:
    """Return the code blocks of a page in these languages."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for language, block in found if language in languages]


def commands(block: str) -> Iterator[list[str]]:
    """Yield the arguments of each `writethru` in a block, without remarks, pipes and the output that is shown."""
    for line in re.findall(r"""^(?:[$#] )?writethru ((?:"[^"]*"|'[^']*'|\\\n|[^\n"'])*)""", block, re.MULTILINE):
        yield list(takewhile(lambda word: word[0] not in "#&<>|", shlex.split(line.replace("\\\n", " "))))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_pages_show_can_be_called(page, monkeypatch):
    monkeypatch.setattr(click.Command, "invoke", lambda _command, _context: None)
    for words in (each for block in blocks(page, "", "sh", "console") for each in commands(block)):
        done = CliRunner().invoke(make_reference().cli, words)
        assert done.exit_code == 0 or "does not exist" in done.output, f"{words}: {done.output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_configuration_that_pages_show_is_accepted(page, monkeypatch):
    for name in re.findall(r'env = "(\w+)"', page.read_text(encoding="utf-8")):
        monkeypatch.setenv(name, "0123456789abcdef")
    for shown in map(tomllib.loads, blocks(page, "toml")):
        if "hosts" in shown:
            SiteRules.model_validate(shown)
        elif "password" in shown:  # one line of a table
            Secret.model_validate(shown["password"])
        else:
            targets = shown.setdefault("targets", [])
            missing = {"desk", "chat"} - {target["name"] for target in targets}  # configured elsewhere on the page
            targets += [{"name": name, "type": "desktop"} for name in sorted(missing)]
            named = {story for rule in shown.get("rules", []) for story in rule.get("stories", [])}
            shown.setdefault("stories", [{"name": name} for name in sorted(named)])
            Config.model_validate(shown)


def test_tests_and_benchmarks_that_pages_name_exist():
    pages = [page for page in PAGES if page.parent.name != "adr"]  # a decision record keeps the paths of its day
    for page in pages:
        for path in re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)`", page.read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), f"{page.name}: {path}"


@pytest.mark.parametrize(
    "described", [ListedVersion, WholeVersion, CitedChange, ArticleView, HubView, AlertView, ListedArticle]
)
def test_every_key_of_the_json_is_documented(described):
    written = text("docs/reference/json.md") + text("docs/reference/http.md")
    keys = getattr(described, "__struct_encode_fields__", None) or list(described.model_fields)
    assert [key for key in keys if f"`{key}`" not in written and key != "schema"] == []


def test_every_package_is_in_the_picture_of_the_architecture():
    drawn = set(re.findall(r'class="package"[^>]*>([^<]+)<', text("docs/explanation/architecture.svg")))
    packages = {file.parent.name for file in (ROOT / "tracker").glob("*/__init__.py")}
    assert packages <= drawn, "run: python docs/make_architecture.py"


def test_every_data_file_made_from_the_data_of_others_is_in_the_notice():
    makers = [*(ROOT / ".ci").glob("*.py"), ROOT / "benchmarks" / "story_background.py"]
    scripts = "".join(each.read_text(encoding="utf-8") for each in makers)
    data = [path for each in ("classify/data", "dates", "stories") for path in (ROOT / "tracker" / each).iterdir()]
    made = [str(path.relative_to(ROOT)) for path in data if path.suffix in {".txt", ".json"} and path.name in scripts]
    assert len(made) == 8
    assert sorted(re.findall(r"^tracker/\S+", text("NOTICE"), re.MULTILINE)) == sorted(made)


def test_the_changelog_is_short_enough_to_be_read():
    releases = re.split(r"^## ", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert max(len(each.splitlines()) for each in releases) < 120, "merge entries: one line for what a user can do"


def test_the_verifier_of_packages_is_the_one_in_them():
    data = (ROOT / "docs" / "reference" / "verify.py").read_bytes()
    assert data == verifier_source(), "run: python docs/make_verifier.py"
    assert hashlib.sha256(data).hexdigest() in text("docs/how-to/keep-and-prove.md")


def test_figures_are_those_of_the_last_runs():
    figures = loaded("benchmarks/_figures.py")
    found = figures.results()
    for page in figures.pages():
        shown = page.read_text(encoding="utf-8")
        assert shown == figures.filled(shown, found), f"{page.name}: run: make figures"


def test_the_page_of_targets_is_that_of_the_last_runs(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    targets = loaded("benchmarks/_targets.py")
    found = targets.results()
    assert text("docs/explanation/targets.md") == targets.page(found), "run: make figures"
    table = list(targets.rows(found))
    assert len(table) < 80, "leave out what nobody decides by"
    for row in table:
        assert not re.search(r"\bms\b", row.measure), f"{row.measure}: times vary with the machine, give a ratio"
        assert bool(row.why) == (row.met is False), f"{row.measure}: say why it is missed, and nothing where it is met"


def test_a_missed_target_is_called_missed(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    targets = loaded("benchmarks/_targets.py")
    found = {"ours": {"figures": {"a": {"ms": 3.0, "n": [4, 5]}, "b": {"ms": 1.0}}}}
    assert targets.figure({"figure": "ours/*/ms", "take": "max"}, found) == 3
    assert targets.figure({"figure": "ours/*/ms", "over": "ours/a/n/1"}, found) == 0.8
    assert targets.figure({"figure": "ours/a/n/0", "minus": "ours/b/ms"}, found) == 3
    assert targets.figure({"figure": "ours/c/ms"}, found) is None
    assert targets.figure({"figure": "ours/a/ms", "over": "theirs/a/ms"}, found) is None


def test_a_target_shows_its_peer_and_the_figure_of_it(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    targets = loaded("benchmarks/_targets.py")
    found = {"theirs": {"figures": {"hunks": 9.8512}}}
    assert targets.peer({"peer": {"name": "wikidiff2", "figure": "theirs/hunks"}}, found) == "9.851 (wikidiff2)"
    assert targets.peer({"peer": {"name": "urlwatch"}}, found) == "urlwatch"
    assert targets.peer({}, found) == ""


def test_the_month_of_an_article_weighs_its_visits(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    pipeline = importlib.import_module("pipeline")
    passes = {"new": {"cpu": 10.0}, "noise": {"cpu": 2.0}, "304": {"cpu": 1.0}, "changed": {"cpu": 20.0}}
    ours = pipeline.month_of(passes, 1000)
    assert ours == {"with_304": 10 + 44 * 1 + 2.6 * 20, "without_304": 10 + 44 * 2 + 2.6 * 20}
    theirs = {"with_304": 212.0, "without_304": 200.0}
    assert pipeline.ratios_of({"writethru": ours, "urlwatch-css": theirs}) == {"with_304": 0.5, "without_304": 0.75}
    assert pipeline.ratios_of({"writethru": ours}) == {}


def test_figures_from_nowhere_are_replaced_and_runs_in_parts_keep_the_other_parts():
    region = "<!-- figures\n{diff[figures][share]:.1%} of {diff[figures][pairs]:,}\n-->\n{}\n<!-- end of figures -->"
    found = {"diff": {"figures": {"share": 0.5, "pairs": 1200}}}
    drifted = region.replace("{}", "49.0% of 1,100")
    assert loaded("benchmarks/_figures.py").filled(drifted, found) == region.replace("{}", "50.0% of 1,200")
    before = {"pages": 1000, "figures": {"ours": {"ms": 2}, "theirs": {"ms": 3}}}
    found = loaded("benchmarks/_record.py").merged(before, {"pages": 1000, "figures": {"theirs": {"ms": 4}}})
    assert found == {"pages": 1000, "figures": {"ours": {"ms": 2}, "theirs": {"ms": 4}}}


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
    delivery = Delivery("wt_1", "R", "log", "a7f3", 2, {"schema": 1}, id=1, created_at=NOON, due_at=NOON)
    await notifier.send(delivery, NOON)
    return path.read_text(encoding="utf-8")


async def test_a_channel(tmp_path: Path):
    import asyncio
    from typing import Annotated, Final, Literal

    from pydantic import Field

    made = example(
        "Add a channel",
        ConfigModel=ConfigModel, Name=Name, Literal=Literal, Annotated=Annotated, Final=Final, Field=Field,
        EmailTarget=EmailTarget, WebhookTarget=WebhookTarget, AppriseTarget=AppriseTarget, CommandTarget=CommandTarget,
        DesktopTarget=DesktopTarget,
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
    made = example("Add a command", package="tracker.cli.commands")
    said: list[Any] = []
    monkeypatch.setattr(Output, "say", lambda _self, value, text: said.append((value, text)))
    monkeypatch.setattr(App, "archive", lambda _self: nullcontext(archive))
    made["hosts"].main([], standalone_mode=False)
    assert said
    assert said[0][0] == {"host": said[0][1]}
