"""How far a run is, on stderr."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)
from rich.text import Text

from metalearn_gui.engine.evaluation import Watch
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.text import duration_text


class TimeLeft(ProgressColumn):
    """How long it still takes, in the window's words; rich counts hours for weeks."""

    max_refresh = 0.5  # as rich's own: a number that jumps four times a second cannot be read

    def render(self, task: Task) -> Text:
        seconds = task.time_remaining
        if seconds is None or task.finished:
            return Text()
        return Text(f"{duration_text(seconds)} left", style="progress.remaining")


class TrainingProgress:
    """A bar with the iteration, the objective and the time left."""

    def __init__(self, run: RunRecord, last: int | None, bar: Progress, task: TaskID) -> None:
        self._run, self._last, self._bar, self._task = run, last, bar, task

    def show(self, tries: bool = False) -> None:
        """As the run is now. tries: whether it is tried on unseen tasks, which takes conv4 a minute or more."""
        run, objectives = self._run, self._run.curve("objective")
        total, said = self._last or run.settings.outer.num_iterations, ""
        if len(objectives):  # the summary's word, and its number
            so_far = run.settings.learner.reported_loss(objectives, float(objectives[-1]))
            said = f"loss last {run.reported_loss if run.reason else so_far:.4g}"
        if said and tries and not run.reason and (not run.scores or run.iteration >= total):
            said += ", trying unseen tasks"
        self._bar.update(self._task, completed=run.iteration, total=total, loss=said)


@contextlib.contextmanager
def training_progress(run: RunRecord, last: int | None = None) -> Iterator[TrainingProgress]:
    """The bar, for as long as the run trains. last: where it ends, if not at num_iterations."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TimeLeft(),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task(
            f"{run.settings.learner.label} on {run.settings.tasks.label}",
            total=last or run.settings.outer.num_iterations,
            completed=run.iteration,
            loss="compiling",
        )
        yield TrainingProgress(run, last, bar, task)


@contextlib.contextmanager
def trying_progress(name: str) -> Iterator[Watch]:
    """A bar over the unseen tasks that a learner and its baselines are tried on, which goes away then."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeLeft())
    with _passing_bar(*columns) as bar:
        task = bar.add_task(f"{name} and its baselines on unseen tasks", total=None)
        yield lambda tried, total: bar.update(task, completed=tried, total=total)


def show_reading(reading: Iterator[ReadSoFar]) -> None:
    """Read to the end under a bar, which goes away then."""
    with _passing_bar(TextColumn("Reading"), BarColumn(), TaskProgressColumn(), TimeLeft()) as bar:
        task = bar.add_task("", total=None)
        for so_far in reading:
            bar.update(task, completed=so_far.done, total=so_far.total or None)


def _passing_bar(*columns: ProgressColumn) -> Progress:
    """One that goes away at its end; a file, which would get an empty line of it, gets nothing."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, refresh_per_second=4, transient=True, disable=not console.is_terminal)
