"""What holds for every test."""

from hypothesis import settings

settings.register_profile("no test asserts a time", deadline=None)
settings.load_profile("no test asserts a time")
