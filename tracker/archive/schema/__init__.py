"""The stored tables, one SQLModel class each. `METADATA` has all of them, for Alembic and `writethru db move`."""

from . import core, derived
from .core import METADATA

__all__ = ["METADATA", "core", "derived"]
