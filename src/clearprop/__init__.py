"""A neural-network library in which every number shows its work."""

__version__ = "0.1.0"
