"""Property tests of the engine: few examples, and no deadline on a machine that does other things too."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("engine", deadline=None, max_examples=50)
settings.load_profile("engine")
