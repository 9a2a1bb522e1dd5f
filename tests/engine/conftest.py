"""What many tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cheaper import choose_among_few_rates, trace_what_is_not_compiled


@pytest.fixture(scope="module")
def cheaper() -> Iterator[None]:
    """Learners of the same few structures, again and again; which rates baselines take is test_evaluation's."""
    with pytest.MonkeyPatch.context() as patch:
        trace_what_is_not_compiled(patch)
        choose_among_few_rates(patch)
        yield
