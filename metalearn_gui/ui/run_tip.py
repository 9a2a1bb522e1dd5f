"""What a row of the runs says when the pointer rests on it: settings, whence the run came, remarks and figures."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QCoreApplication

from metalearn_gui.engine.params import params_of
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.text import count_text, counted
from metalearn_gui.ui.wording import episode_text, protocol_text, score_text


def run_tip(run: RunRecord, texts: tuple[str, ...], parent: str) -> str:
    """texts: of the run's row. parent: what the run that it went on from is called; empty where that is gone."""
    settings = run.settings
    parts = [settings.learner, settings.tasks, settings.episodes, settings.network, settings.outer]
    lines = [f"<b>{html.escape(texts[0])}</b>"] + [_settings_line(part) for part in parts]
    lines.append(_tr("seed {seed}").format(seed=settings.seed))
    lines += [*_origin_lines(run, parent), *(html.escape(text) for text in (run.tags, run.note) if text)]
    lines.append(_figures_line(run, texts))
    if run.latest_scores is not None and episode_text(settings):
        scores = run.latest_scores.evaluation.learner
        accuracy = score_text(scores, len(scores.loss) - 1, in_percent=True)
        lines.append(" · ".join((accuracy, episode_text(settings), protocol_text(settings))))
    return "<p style='white-space: pre-wrap'>" + "<br>".join(lines) + "</p>"


def _origin_lines(run: RunRecord, parent: str) -> list[str]:
    lines = []
    if run.start is not None:
        start = _tr("{taken} of {total} parameters started from {name}")
        name = html.escape(run.start.name)
        lines.append(start.format(taken=run.start.taken, total=run.start.total, name=name))
    if run.went_on_from is not None:
        went = (
            _tr("went on from meta-iteration {count} of {name}")
            if parent
            else _tr("went on from meta-iteration {count}")
        )
        lines.append(went.format(count=count_text(run.went_on_from), name=html.escape(parent)))
    if run.went_back_to is not None:
        back = _tr("diverged, and went back to its last good state, of meta-iteration {count}")
        lines.append(back.format(count=count_text(run.went_back_to)))
    return lines


def _figures_line(run: RunRecord, texts: tuple[str, ...]) -> str:
    _, _, first, last, time = texts
    figures = _tr("{iterations} in {time}; unseen {first} after 1 step, {last} after {steps}")
    count = counted(run.iteration, _tr("1 meta-iteration"), _tr("{count} meta-iterations"))
    steps = run.settings.outer.test_steps
    return figures.format(iterations=count, time=time, first=first, last=last, steps=steps)


def _settings_line(part: Any) -> str:
    values = [f"{spec.label} {getattr(part, spec.name)}" for spec in params_of(part) if not spec.advanced]
    return html.escape(f"{part.label}: {', '.join(values)}" if values else part.label)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunTip", text)
