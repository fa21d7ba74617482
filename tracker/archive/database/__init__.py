"""The database itself: connections, locks, the schema's history, what it says when something goes wrong."""
