"""What every test may use."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A busy machine is no failure: no example is timed. In CI, Hypothesis' own profile stays below this one.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


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
