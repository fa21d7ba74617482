"""Addresses: canonical forms, the owners of hosts, the aliases of articles, and redirects."""

from . import urls as urls
