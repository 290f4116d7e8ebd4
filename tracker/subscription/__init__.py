"""Who asked for what, and what becomes of their addresses."""
