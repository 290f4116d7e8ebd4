"""Every source, and what a run reads from it."""
