"""Knows the web and nothing else: what a source said, as it said it."""
