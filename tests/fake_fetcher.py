"""A web that lives in a dictionary: the Fetcher the other packages test against."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tracker.errors import DeliveryError
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, Headers, NotModified, Request

MAX_HOPS = 5
Allow = Callable[[str], Awaitable[Failure | None]]
Answer = FetchResult | str | Callable[[Request, datetime], FetchResult]
PostAnswer = int | tuple[int, Headers] | DeliveryError


def page(
    url: str,
    body: bytes | str = b"<html><p>Text.</p></html>",
    *,
    content_type: str = "text/html; charset=utf-8",
    etag: str = "",
    last_modified: str = "",
    status: int = 200,
    elapsed: float = 0.01,
) -> Capture:
    """Return a Capture of *url* as a fetch would give it; the fetch stamps its own time on it."""
    raw = body.encode() if isinstance(body, str) else body
    named = (("Content-Type", content_type), ("ETag", etag), ("Last-Modified", last_modified))
    return Capture(
        url=url,
        final_url=url,
        status=status,
        headers=tuple((name, value) for name, value in named if value),
        body=raw,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        sha256=hashlib.sha256(raw).hexdigest(),
        elapsed=elapsed,
        remote_ip="192.0.2.1",
    )


def status(url: str, code: int, *, retry_after: float | None = None) -> Failure:
    """Return the Failure that an HTTP status gives."""
    return Failure(FailureKind.STATUS, f"the server answered {code}", url, status=code, retry_after=retry_after)


@dataclass(frozen=True)
class Posted:
    """One call of `post`."""

    url: str
    headers: Headers
    body: bytes
    private: bool


class FakeFetcher:
    """Serves *pages* by exact address: a result, a string (a redirect to it), or a callable of request and now.

    An address that is not in *pages* answers 404. A page with an ETag or Last-Modified answers conditional requests.
    *requests* and *posted* list what was asked; *answers* says what a post to an address gets, 202 where it is silent,
    *said* the body of the answer, or what makes it of the body that was sent.
    """

    said: dict[str, bytes | Callable[[bytes], bytes]]

    def __init__(self, pages: dict[str, Answer] | None = None, answers: dict[str, PostAnswer] | None = None) -> None:
        self.pages: dict[str, Answer] = dict(pages or {})
        self.answers: dict[str, PostAnswer] = dict(answers or {})
        self.said = {}
        self.requests: list[Request] = []
        self.posted: list[Posted] = []
        self.closed = False

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        url, hops = request.url, list[str]()
        while True:
            if allow is not None and (refused := await allow(url)) is not None:
                return replace(refused, url=request.url, final_url=url)
            self.requests.append(replace(request, url=url))
            answer = self.pages.get(url) or status(url, 404)
            if not isinstance(answer, str):
                result = answer if not callable(answer) else answer(request, now)
                if isinstance(result, Capture):
                    etag, modified = result.header("ETag"), result.header("Last-Modified")
                    same = (
                        etag == request.etag if request.etag else bool(modified) and modified == request.last_modified
                    )
                    if same:
                        return NotModified(request.url, url, result.headers, result.elapsed)
                    return replace(result, url=request.url, final_url=url, fetched_at=now, hops=tuple(hops))
                return replace(result, url=request.url, final_url=url)
            hops.append(url)
            url = answer
            if url in hops or len(hops) > MAX_HOPS:
                return Failure(FailureKind.REDIRECTS, "the address leads round in a circle", request.url, final_url=url)

    async def post(
        self, url: str, headers: Headers, body: bytes, *, private: bool = False, reads_answer: bool = False
    ) -> tuple[int, Headers, bytes]:
        self.posted.append(Posted(url, headers, body, private))
        answer = self.answers.get(url, 202)
        if isinstance(answer, DeliveryError):
            raise answer
        status, answered = (answer, ()) if isinstance(answer, int) else answer
        said = self.said.get(url, b"") if reads_answer else b""
        return status, answered, said(body) if callable(said) else said

    async def aclose(self) -> None:
        self.closed = True
