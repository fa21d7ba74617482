"""Ask the package index for known vulnerabilities of all that is locked; exit 1 where there are any.

    .venv/bin/python .ci/audit.py

Where no index answers (a machine without a network, a mirror without advisories) it says so and exits 0.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
SECONDS = 180


def main() -> int:
    """Audit the lock file and say what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        export = "export --frozen --all-extras --no-emit-project --no-hashes -q -o".split()
        subprocess.run([BIN / "uv", *export, wanted], check=True, stdout=subprocess.DEVNULL)
        audit = [BIN / "pip-audit", *"--no-deps --disable-pip -f json --progress-spinner off -r".split(), wanted]
        try:
            done = subprocess.run(audit, check=False, capture_output=True, text=True, timeout=SECONDS)
            found = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError):
            return say("no index answered: what is locked was NOT audited for known vulnerabilities", 0)
    audited = [each for each in found if "skip_reason" not in each]
    bad = [f"{each['name']} {each['version']}: {vuln['id']}" for each in audited for vuln in each["vulns"]]
    if bad:
        return say("known vulnerabilities:\n  " + "\n  ".join(bad), 1)
    if not audited:
        return say("the index here knows no advisories: what is locked was NOT audited for known vulnerabilities", 0)
    return say(f"{len(audited)} of {len(found)} locked packages audited, no known vulnerability", 0)


def say(text: str, code: int) -> int:
    """Print *text* and return *code*."""
    sys.stdout.write(f"audit: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
