"""The archive: records, tables, WARC files and search, usable alone from a researcher's script."""

__version__ = "0.1.0"
