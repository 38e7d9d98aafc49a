"""Municipal bots, written once, published once, configured locally."""

__version__ = "0.1.0"
__all__ = ["__version__"]
