"""Addresses: their canonical form, the owners of hosts, and which addresses lead to one article."""

from . import urls as urls
