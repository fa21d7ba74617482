"""The metrics by name, for those that count: nothing is counted in a process that serves no metrics page.

`prometheus_client` takes a tenth of a second to import. The service imports `metrics` when it starts, commands do not.
"""

from __future__ import annotations

import sys
from typing import Any

_METRICS = f"{__package__}.metrics"


class _Uncounted:
    """Stands in for every metric: does nothing, whatever is asked of it."""

    def __getattr__(self, _name: str) -> _Uncounted:
        return self

    def __call__(self, *_values: object, **_labels: object) -> _Uncounted:
        return self


_UNCOUNTED = _Uncounted()


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a counter, gauge or function of `metrics`
    # Asked each time, because the service imports it after the modules that count.
    module = sys.modules.get(_METRICS)
    return _UNCOUNTED if module is None else getattr(module, name)
