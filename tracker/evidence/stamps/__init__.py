"""Time stamps of checkpoints by others: RFC 3161 authorities and OpenTimestamps calendars.

Pure: what is sent, what is made of the answer. The service sends it; a queue of files survives whatever happens.
"""
