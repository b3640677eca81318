"""The version, in one place that every room may read."""

__all__ = ["__version__"]

__version__ = "0.4.0"
