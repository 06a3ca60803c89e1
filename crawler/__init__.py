"""The crawler: one Scrapy spider that takes portals into an archive."""
