"""Recognise notices: what an outlet says about its own edits.

Used by the extractor for the lines of a page, and by the classifier for the new blocks of a change.
"""
