"""Compiled programs that learners share."""

from __future__ import annotations

from metalearn_gui.engine import Options, preset, trained


def test_learners_that_share_an_adaptation_need_not_share_their_live_settings() -> None:
    small = {"hidden_dim": 4, "num_iterations": 1, "meta_batch": 2, "activation": "elu", "test_steps": 1}
    options = Options(compile=False, num_tasks=5)
    for key in ("article-meta", "maml"):  # transfer and scratch are tried beside both
        assert trained(preset(key).replaced(**small), options).iteration == 1
