"""Everything that touches the network: the client, which addresses it may reach, and how often it asks a host.

`robots` and `politeness` are pure; only the client loads httpx.
"""

import sys
from types import ModuleType

# Without this, httpx imports its own command line program, and rich and pygments for it: 6 % of a short run.
sys.modules.setdefault("httpx._main", ModuleType("httpx._main"))
