"""The record of New York City's laws and orders on cooperation with federal immigration enforcement."""

__version__ = "0.1.0"
