"""Digests: what is news to whom, and how it is put into one mail."""
