"""The record in the formats of others: Atom, iCalendar, sitemaps, JSON-LD, citations. Pure throughout."""
