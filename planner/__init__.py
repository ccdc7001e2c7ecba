"""Tuvāk: where community-based services should go, so that people reach them close to home."""

__version__ = "0.1.0"
