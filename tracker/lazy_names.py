"""Names that a package offers and imports when they are first looked up (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of *package*; *modules* holds the names of each of its modules, separated by spaces."""
    modules_by_name = {name: module for module, names in modules.items() for name in names.split()}

    def found(name: str) -> object:
        if name not in modules_by_name:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(f".{modules_by_name[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return found
