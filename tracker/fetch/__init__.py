"""Everything that touches the network: the client, which addresses it may reach, and how often it asks a host.

`robots` and `politeness` are pure; only the client loads httpx.
"""
