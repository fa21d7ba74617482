"""What processes cost, read from /proc; and the peers from PyPI, each in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PEERS = Path(__file__).resolve().parent.parent / ".cache" / "peers"


def cpu(pid: int) -> float:
    """Return CPU seconds of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(each) for each in fields[11:15]) / TICKS


def family(root: int) -> list[int]:
    """Return a process and all below it that live."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(parents.get(pid, []))
    return found


def spent(*roots: int) -> float:
    """Return CPU seconds of processes and all below them."""
    return sum(cpu(pid) for root in roots for pid in family(root))


def peak(root: int) -> float:
    """Return the most memory each process of a family ever held, added up, in MB; shared pages count in each."""
    return _held(root, "status", "VmHWM:")


def pss(root: int) -> float:
    """Return the memory that a family of processes holds now, in MB; a shared page counts once (PSS)."""
    return _held(root, "smaps_rollup", "Pss:")


def _held(root: int, file: str, name: str) -> float:
    total = 0
    for pid in family(root):
        try:
            lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(name))
    return total / 1024


def peer(name: str) -> Path | None:
    """Return the folder of a peer's programs, installed where it is not there yet; None where that cannot be done."""
    home = PEERS / name
    program = home / "bin" / name
    if not program.exists():
        uv = Path(sys.executable).with_name("uv")
        try:
            subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
            subprocess.run(
                [uv, "pip", "install", "-q", "--python", home / "bin" / "python", name],
                check=True,
                capture_output=True,
                timeout=600,
            )
        except (subprocess.SubprocessError, OSError):
            return None
    return home / "bin" if program.exists() else None
