"""Articles: outlets, addresses, stories, and how each gets into the record."""
