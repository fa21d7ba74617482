"""Find which articles are one story, whose text it is, and who runs which version of it."""
