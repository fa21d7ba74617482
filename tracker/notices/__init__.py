"""Recognise notices: what an outlet says about its own edits. A page's lines and a change's new blocks are asked here."""
