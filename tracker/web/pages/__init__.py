"""Pages: each reads what it needs and makes a frozen view of it."""
