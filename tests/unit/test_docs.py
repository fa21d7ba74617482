"""What the program can do is written down, and what is written down is true."""

import hashlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tracker.cli import exit_codes
from tracker.config.root import Config
from tracker.evidence.packing import verifier_source
from tracker.model.change import LabelKind
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


def test_the_reference_is_what_help_says():
    assert text("docs/reference/commands.md") == make_reference().text(), "run: python docs/make_reference.py"


def test_the_man_page_is_what_help_says():
    assert text("docs/reference/writethru.1") == make_reference("make_man").text(), "run: python docs/make_man.py"


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


def test_every_command_is_in_the_readme():
    readme = text("README.md")
    for words in make_reference().names(make_reference().cli):
        assert re.search(rf"`{words[0]}\b", readme), words


def test_every_exit_code_is_documented():
    names = ("OK", "ERROR", "USAGE", "CHANGES", "PARTIAL", "VERIFICATION", "LOCKED", "CONFIG", "INTERRUPTED")
    for code in (getattr(exit_codes, name) for name in names):
        assert f"\n| {code} | " in text("docs/reference/exit-codes.md")
        assert re.search(rf"\b{code} [a-z]", text("README.md")), code


def test_every_label_is_documented():
    for kind in LabelKind:
        assert f"`{kind}`" in text("docs/reference/json.md")
        listed = text("config/writethru.toml").partition("# Kinds of change:")[2].partition("\n#\n")[0]
        assert kind in listed.replace("#", " ").split(), f"{kind} is not in the list of config/writethru.toml"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_pages_name_exist(page):
    known = {words[0] for words in make_reference().names(make_reference().cli)}
    for block in re.findall(
        r"^```(?:sh|bash|console)?\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        for word in re.findall(r"^(?:\$ )?writethru ([a-z]+)", block, re.MULTILINE):
            assert word in known, word


def test_tests_and_benchmarks_that_pages_name_exist():
    pages = [page for page in PAGES if page.parent.name != "adr"]  # a decision record keeps the paths of its day
    for page in pages:
        for path in re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)`", page.read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), f"{page.name}: {path}"


def test_every_address_of_the_api_is_documented():
    described = text("docs/reference/http.md")
    addresses = [*(each.template for each in ENDPOINTS), *(each.template for each in OPERATIONS)]
    assert [each for each in addresses if f"`{each}" not in described] == []


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
    for row in targets.rows(found):
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


def test_a_figure_that_is_from_nowhere_is_replaced():
    region = "<!-- figures\n{diff[figures][share]:.1%} of {diff[figures][pairs]:,}\n-->\n{}\n<!-- end of figures -->"
    found = {"diff": {"figures": {"share": 0.5, "pairs": 1200}}}
    drifted = region.replace("{}", "49.0% of 1,100")
    assert loaded("benchmarks/_figures.py").filled(drifted, found) == region.replace("{}", "50.0% of 1,200")


def test_a_benchmark_run_in_parts_keeps_the_other_parts():
    before = {"pages": 1000, "figures": {"ours": {"ms": 2}, "theirs": {"ms": 3}}}
    found = loaded("benchmarks/_record.py").merged(before, {"pages": 1000, "figures": {"theirs": {"ms": 4}}})
    assert found == {"pages": 1000, "figures": {"ours": {"ms": 2}, "theirs": {"ms": 4}}}
