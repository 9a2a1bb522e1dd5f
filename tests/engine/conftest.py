"""Property tests of the engine: few examples, and no deadline on a machine that does other things too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.cheaper import choose_among_few_rates, trace_what_is_not_compiled

settings.register_profile("engine", deadline=None, max_examples=50)
settings.load_profile("engine")


@pytest.fixture(scope="module")
def cheaper() -> Iterator[None]:
    """Learners of the same few structures, again and again; which rates baselines take is test_evaluation's."""
    with pytest.MonkeyPatch.context() as patch:
        trace_what_is_not_compiled(patch)
        choose_among_few_rates(patch)
        yield
