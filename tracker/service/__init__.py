"""Writethru as a service, and one pass of it. Import from its modules: commands that only read need few of them."""
