"""Write docs/reference/verify.py and its hash in the guide: `python docs/make_verifier.py`."""  # noqa: INP001 - a script

import hashlib
import re
from pathlib import Path

from tracker.evidence.packing import verifier_source

DOCS = Path(__file__).parent
GUIDE = DOCS / "how-to" / "keep-and-prove.md"
HASH = re.compile(r"(sha256sum verify\.py +# )\w+")


def main() -> None:
    """Write the verifier and its hash."""
    data = verifier_source()
    (DOCS / "reference" / "verify.py").write_bytes(data)
    GUIDE.write_text(HASH.sub(rf"\g<1>{hashlib.sha256(data).hexdigest()}", GUIDE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
