"""Time stamps of checkpoints from RFC 3161 authorities and OpenTimestamps calendars.

The modules make requests and read answers; the service sends them. The queue is a set of files.
"""
