"""Shared by commands that need the web pages: the optional dependencies, and a default configuration."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker.config import Config
    from tracker.service.webpage import OpenPage, WebPage

    from .app import App

_PARTS = ("jinja2", "markupsafe", "python_multipart", "starlette", "uvicorn")


@contextmanager
def needs_web() -> Iterator[None]:
    """Turn a missing optional dependency into a ConfigError that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PARTS:
            raise
        raise ConfigError(
            "the web pages need an optional package", resource=error.name or "", hint="pip install 'writethru[web]'"
        ) from None


def opener(app: App) -> OpenPage:
    """Return a function that opens the web pages inside the service. It raises ConfigError if they cannot be served."""

    def opened(config: Config, current: Callable[[], Config]) -> WebPage:
        with needs_web():
            from tracker.web.serve import open_site
        return open_site(config, current=current, config_path=app.config_path)

    return opened
