"""inspector: hears every call, judges it against compliance and service rules, queues what needs a person."""

__all__ = ["__version__"]

__version__ = "0.1.0"
