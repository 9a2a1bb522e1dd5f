"""What a run has to give to an exporter."""

from __future__ import annotations

from metalearn_gui.engine.export import ExportSubject
from metalearn_gui.store.records import RunRecord


def export_subject(run: RunRecord) -> ExportSubject:
    """The run as it was at its newest state, in copies: an export may go on while the run does."""
    run = run.settled()
    return ExportSubject(
        settings=run.settings,
        state=run.latest,
        curves={name: curve.values.copy() for name, curve in run.curves.items()},
        scores=tuple((scored.iteration, scored.evaluation) for scored in run.scores),
    )
