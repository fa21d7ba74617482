"""What is read of the archive: articles and versions, pages to leaf through, sources at a glance."""
