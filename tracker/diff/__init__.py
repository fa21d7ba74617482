"""Compare two articles: which paragraphs, sentences and words differ."""
