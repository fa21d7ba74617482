"""All network access: the HTTP client, the addresses that it may reach, and the pauses between requests to a host.

`robots` and `politeness` are pure; only the client loads httpx.
"""

import sys
from types import ModuleType

# Without this, httpx imports its own command line program, and rich and pygments for it: 6 % of a short run.
sys.modules.setdefault("httpx._main", ModuleType("httpx._main"))
