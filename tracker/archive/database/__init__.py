"""The database itself: its two drivers, connections and locks."""
