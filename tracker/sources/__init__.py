"""Find article addresses in feeds, sitemaps, section pages and OPML lists; without network or clock."""
