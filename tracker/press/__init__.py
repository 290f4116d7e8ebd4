"""Coverage found: which matters an article is about, and by which of its words. Pure throughout."""
