"""The values that every package passes to others: frozen, comparable, and without behaviour that needs anything else.

Times are aware datetimes in UTC. Hashes are SHA-256 in lower-case hexadecimal.
"""
