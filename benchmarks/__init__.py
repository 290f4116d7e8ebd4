"""Measurements of the tracker at full size: ``python -m benchmarks``, or ``make bench``."""
