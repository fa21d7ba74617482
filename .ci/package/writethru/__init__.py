"""The package `tracker` under the name of its distribution.

`import writethru` gives the package `tracker` itself, and `writethru.model` the module `tracker.model`, not a copy.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

import tracker

if TYPE_CHECKING:
    from tracker import *  # noqa: F403 - for type checkers; `import tracker` itself loads no library
    from tracker import __version__ as __version__


class _SameModules(MetaPathFinder, Loader):
    """Finds the module `tracker.NAME` for `writethru.NAME`."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name.startswith("writethru.") else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(f"tracker.{spec.name.removeprefix('writethru.')}")
        # The import system is about to replace it, and relative imports in the module go by it.
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


# First: otherwise modules would be found a second time in the folder of `tracker`.
sys.meta_path.insert(0, _SameModules())
sys.modules[__name__] = tracker
