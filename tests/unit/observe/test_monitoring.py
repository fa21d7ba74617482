"""The dashboard and the alert rules in cron/monitoring/ ask for metrics that exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tracker.observe import metrics

FOLDER = Path(__file__).parents[3] / "cron" / "monitoring"
RULES, DASHBOARD = FOLDER / "prometheus-rules.yml", FOLDER / "grafana-dashboard.json"
COURSES = Path(__file__).with_name("prometheus_rules.test.yml")
OTHERS = {"up", "process_resident_memory_bytes"}


def exposed() -> set[str]:
    """Return the names of all series that /metrics may show."""
    found = set()
    for family in metrics.REGISTRY.collect():
        found |= {family.name, f"{family.name}_total", f"{family.name}_info", f"{family.name}_bucket"}
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [str(rule["expr"]) for rule in rules()] + [each["expr"] for panel in panels for each in panel["targets"]]


def test_each_metric_that_is_asked_for_exists():
    named = {name for each in expressions() for name in re.findall(r"\b(?:writethru|process)_[a-z_]+", each)}
    assert len(named) > 15
    assert named - exposed() - OTHERS == set()


def test_each_rule_says_what_happened():
    names = [str(rule["alert"]) for rule in rules()]
    assert len(set(names)) == len(names) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["annotations"]["summary"]


def test_panels_do_not_overlap():
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("arguments", [("check", RULES), ("test", COURSES)], ids=["accepts", "runs"])
def test_promtool_agrees_with_the_rules(arguments: tuple[str, Path]):
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("SKIPPED, NOT PASSED: no promtool here to check the rules with (Debian's package promtool has it)")
    action, file = arguments
    done = subprocess.run([tool, action, "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_rule_has_a_course_of_values_in_which_it_fires():
    courses = yaml.safe_load(COURSES.read_text())["tests"]
    fired = {each["alertname"] for course in courses for each in course["alert_rule_test"] if each.get("exp_alerts")}
    assert fired == {rule["alert"] for rule in rules()}
