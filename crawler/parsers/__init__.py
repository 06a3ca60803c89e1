"""Pure functions that read parts of a page: text, dates, bylines, attachments, metadata."""
