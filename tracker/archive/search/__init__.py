"""Full-text search over passages: paragraphs and how long they stood."""
