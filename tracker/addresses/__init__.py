"""Addresses: their canonical form, the owners of hosts, and which addresses are one article, what a redirect does."""

from . import urls as urls
