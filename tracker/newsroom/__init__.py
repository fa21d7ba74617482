"""A living newspaper on loopback: the demo and the tests play it, and know what it really printed.

`play` is the timetable, `newspaper` serves it, `sink` takes the alerts, `truth` knows what should have been seen,
`scorer` compares an archive with it; `stage` puts the unmodified service in front of it all.
"""
