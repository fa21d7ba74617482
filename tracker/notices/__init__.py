"""Recognise notices: what an outlet says about its own edits.

The extractor asks about the lines of a page, the classifier about the new blocks of a change.
"""
