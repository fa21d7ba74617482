"""The Dockerfile and the compose files, read as Docker reads them, and their commands run without Docker."""

import json
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.loopback import free_port
from tests.service import PROGRAM, RunningService, environment, run_program, until

ROOT = Path(__file__).parents[3]
COMPOSE = {name: ROOT / "cron" / f"{name}.yaml" for name in ("compose", "compose.single")}
TOKEN = "0123456789abcdef"


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with their arguments, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def argument(name: str) -> str:
    return [value for each, value in instructions() if each == name][-1]


def services(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE[name].read_text())["services"]
    return found


def healthcheck(command: list[str], **ports: int) -> int:
    """Run a health check's command on this machine and return its exit code."""
    assert command[:2] == ["python", "-c"]
    code = command[2]
    for old, new in ports.items():
        code = code.replace(old.removeprefix("p"), str(new))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode


def _is_healthy(command: list[str], port: int) -> bool:
    return healthcheck(command, p8765=port, p8766=port) == 0


def test_the_image_is_slim_not_root_and_holds_what_is_copied_and_hashed():
    names = [name for name, _ in instructions()]
    assert all(value.startswith("python:") and "slim" in value for name, value in instructions() if name == "FROM")
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert argument("USER") == "10001"
    assert any("useradd" in value and "--uid 10001" in value for name, value in instructions() if name == "RUN")
    assert (argument("VOLUME"), argument("EXPOSE")) == ("/data", "8766")
    assert any("--compile-bytecode" in value for name, value in instructions() if name == "RUN")
    assert (json.loads(argument("ENTRYPOINT")), json.loads(argument("CMD"))) == (["writethru"], ["run", "--migrate"])
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    # `init` copies config/writethru.toml, so the image needs it as much as the wheel does.
    assert not [line for line in ignored if (ROOT / line).is_file()]
    for name, value in instructions():
        if name == "COPY" and not value.startswith("--from"):
            for source in value.split()[:-1]:
                assert any(ROOT.glob(source)), source
                assert source in kept
    files = [(ROOT / name).read_text() for name in ("Dockerfile", "Makefile")]
    installs = [line for text in files for line in re.findall(r"(?<!uv )pip install ([^\n]*)", text)]
    assert len(installs) == 2
    assert all("--require-hashes" in line and line.endswith("-r .ci/uv.txt") for line in installs)


@pytest.mark.parametrize("name", list(COMPOSE))
def test_compose_reads_the_file(name):
    tools = (shutil.which("docker-compose"), "/usr/libexec/docker/cli-plugins/docker-compose")
    tool = next((each for each in tools if each and Path(each).exists()), None)
    if tool is None:
        pytest.skip("SKIPPED, NOT PASSED: no docker-compose here to read the file with (Debian's package has it)")
    done = subprocess.run([tool, "-f", COMPOSE[name], "config"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(services(name))


@pytest.mark.parametrize("name", list(COMPOSE))
def test_each_service_has_a_health_check_and_what_it_mounts_exists(name):
    document = yaml.safe_load(COMPOSE[name].read_text())
    for service, each in document["services"].items():
        built = each.get("build", {}).get("context") == ".."
        assert built or each["healthcheck"]["test"], service  # the Dockerfile has one
        for volume in each.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in document["volumes"] or (ROOT / "cron" / source).exists(), volume
        assert set(each.get("secrets", ())) <= set(document["secrets"])
        assert set(each.get("depends_on", ())) <= set(document["services"])
    published = [port for each in document["services"].values() for port in each.get("ports", ())]
    assert published == ["127.0.0.1:8766:8766"]


def test_the_single_container_runs_and_answers_its_health_check(tmp_path):
    health, web = free_port(), free_port()
    one = services("compose.single")["writethru"]
    settings = (ROOT / "cron" / "container.toml").read_text()
    (tmp_path / "web-token").write_text(TOKEN)
    config = tmp_path / "container.toml"
    config.write_text(settings.replace("/run/secrets/web-token", str(tmp_path / "web-token")))
    assert one["environment"]["WRITETHRU_WEB_LISTEN"] == "0.0.0.0:8766"
    env = {
        "WRITETHRU_CONFIG": str(config),
        "WRITETHRU_DB": f"sqlite:///{tmp_path}/writethru.db",
        "WRITETHRU_LISTEN": f"127.0.0.1:{health}",
        "WRITETHRU_WEB_LISTEN": f"0.0.0.0:{web}",
        "WRITETHRU_LOG": "json",
    }
    check = json.loads(argument("HEALTHCHECK").partition("CMD ")[2])
    with RunningService(tmp_path, *json.loads(argument("CMD"))[1:], env=env) as service:
        service.until("its health check passes", lambda: healthcheck(check, p8765=health) == 0)
        service.until("the web page answers", lambda: healthcheck(check, p8765=web) == 0)
        assert service.stop() == 0
    assert healthcheck(check, p8765=health) == 1


@pytest.mark.postgres
def test_the_services_on_postgresql_run_with_the_commands_of_the_compose_file(tmp_path, postgres_url):
    found = services("compose")
    (tmp_path / "web-token").write_text(TOKEN)
    config = tmp_path / "container.toml"
    settings = (ROOT / "cron" / "container.toml").read_text()
    config.write_text(settings.replace("/run/secrets/web-token", str(tmp_path / "web-token")))
    web = free_port()
    env = {"WRITETHRU_CONFIG": str(config), "WRITETHRU_DB": postgres_url, "WRITETHRU_WEB_LISTEN": ""}
    assert run_program(tmp_path, *found["schema"]["command"], env=env).returncode == 0
    with ExitStack() as stack:
        for name in ("scheduler", "worker", "web"):
            port = web if name == "web" else free_port()
            command = [part.replace("0.0.0.0:8766", f"0.0.0.0:{web}") for part in found[name]["command"]]
            process = stack.enter_context(
                subprocess.Popen(
                    [*PROGRAM, *command],
                    cwd=tmp_path,
                    env=environment(**env, WRITETHRU_LISTEN=f"127.0.0.1:{port}"),
                    stderr=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
            )
            stack.callback(process.terminate)
            healthy = partial(_is_healthy, found[name]["healthcheck"]["test"][1:], port)
            until(f"{name} is healthy", healthy, 90)
            assert process.poll() is None
