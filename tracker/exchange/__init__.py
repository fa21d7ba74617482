"""What is kept, in the formats that others read: written from the archive, and read back into it.

One module a format. A writer takes the archive, a `Selection` and a file; it streams, and says how far it is through a
callback. What is read back is idempotent: an import that was stopped is taken up by running it again.
"""
