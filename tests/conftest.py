"""What every test may use."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own WRITETHRU_* settings out of the tests."""
    import os

    for name in list(os.environ):
        if name.startswith("WRITETHRU_") and name != "WRITETHRU_TEST_POSTGRES":
            monkeypatch.delenv(name)
