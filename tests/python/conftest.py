"""Settings of all tests: a slow machine makes no property fail."""

from hypothesis import settings

settings.register_profile("libblock", deadline=None)
settings.load_profile("libblock")
