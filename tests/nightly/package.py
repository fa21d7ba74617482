"""P1: the wheel is built, installed into a fresh environment and run as nobody on a read-only file system.

python -m tests.nightly.package

Only the state folder is writable. If this user may not mount or switch users, the script says so and fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.programme.news_site import NewsSite

from .report import progress, report, say

HOME = Path(__file__).parents[2]


def run(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command and return its result; print its output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        say(f"{' '.join(command)[:200]}: {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
    return done  # type: ignore[no-any-return]


def install(folder: Path) -> Path:
    """Build the wheel, install it into a new environment, and return its `writethru`."""
    uv = str(Path(sys.executable).with_name("uv"))
    run([uv, "build", "--wheel", "--quiet", "--out-dir", str(folder / "dist"), str(HOME)])
    (wheel,) = (folder / "dist").glob("*.whl")
    run([sys.executable, "-m", "venv", "--copies", str(folder / "venv")])
    run([uv, "pip", "install", "--quiet", "--python", str(folder / "venv" / "bin" / "python"), str(wheel)])
    return folder / "venv" / "bin" / "writethru"


def run_confined(command: list[str], state: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as nobody where only `state` is writable."""
    script = (
        f'mount --bind "{state}" "{state}" && mount -o remount,bind,ro / && '
        f'mount -o remount,bind,rw "{state}" && cd "{state}" && exec setpriv --reuid=65534 --regid=65534 '
        '--clear-groups "$@"'
    )
    return run(["unshare", "--mount", "sh", "-c", script, "sh", *command], env=env)


def main() -> int:
    if os.geteuid() != 0:
        say("NOT RUN, NOT PASSED: only root can mount a file system read-only and become nobody")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="wt-package-", dir="/opt" if os.access("/opt", os.W_OK) else None))
    folder.chmod(0o755)
    state = folder / "state"
    state.mkdir()
    try:
        with progress("package") as tell, NewsSite() as site:
            tell("building and installing the wheel")
            program = install(folder)
            tell("running as nobody")
            site.write_config(state)
            shutil.chown(state, 65534)
            for each in state.iterdir():
                shutil.chown(each, 65534)
            env = {"PATH": "/usr/bin:/bin", "WRITETHRU_ALLOW_PRIVATE": "1", "LANG": "C.UTF-8"}
            first = run_confined([str(program), "check", "--migrate", "--all", "--no-pace"], state, env)
            site.edition = 2
            second = run_confined([str(program), "check", "--all", "--no-pace"], state, env)
            verified = run_confined([str(program), "verify"], state, env)
            listed = run_confined([str(program), "log", "--all", "--json"], state, env)
            elsewhere = run_confined(["touch", str(folder / "dist" / "x")], state, env)
        figures = {
            "first pass": (first.returncode, "==", 0),
            "second pass": (second.returncode, "==", 0),
            "verify": (verified.returncode, "==", 0),
            "versions stored": (len(listed.stdout.splitlines()), "==", 4),
            "writes elsewhere": (elsewhere.returncode == 0, "==", 0),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report("package", figures)


if __name__ == "__main__":
    sys.exit(main())
