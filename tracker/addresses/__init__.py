"""Addresses: their canonical form, the owners of hosts, which of them are one article, and what a redirect does."""

from . import urls as urls
