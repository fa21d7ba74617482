"""Reading by what is written for the service, whose store is asked by name and waits: here nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from tracker.archive import SqlStore

T = TypeVar("T")


def caller(store: SqlStore) -> Callable[..., Awaitable[Any]]:
    """Return what calls a method of *store* by its name."""

    async def call(name: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - any method of the store
        return getattr(store, name)(*given, **named)

    return call


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine that waits for nothing comes to."""
    try:
        work.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise RuntimeError("it waited")
