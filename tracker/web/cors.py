"""Let scripts of other sites that are configured call the API. They need the token; no cookie counts for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.middleware.cors import CORSMiddleware

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Receive, Scope, Send

_API: Final = "/api/"
_MAX_AGE_SECONDS: Final = 600


class ApiCors:
    """Middleware that answers CORS for the API alone, to the origins that are configured."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._with_cors = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["etag"],
            max_age=_MAX_AGE_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        app = self._with_cors if scope["type"] == "http" and scope["path"].startswith(_API) else self._app
        await app(scope, receive, send)
