"""`metalearn-gui train`: meta-train without a window, saving as it goes."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from metalearn_gui.cli.command import BAD_INPUT, DONE, INTERRUPTED, say
from metalearn_gui.cli.inputs import asked_settings, load_run, read_data, refuse_data, with_assigned
from metalearn_gui.cli.interrupt import stopping_on_interrupt
from metalearn_gui.cli.output import check_place, finite, number, print_json
from metalearn_gui.cli.parser import BadInput, Options, Parser, assigned
from metalearn_gui.cli.progress import training_progress
from metalearn_gui.engine import training
from metalearn_gui.engine.compare import Budget
from metalearn_gui.engine.control import Gate, LiveValues
from metalearn_gui.engine.events import Change, Diverged, Event
from metalearn_gui.engine.footprint import check_memory
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.locking import only_writer
from metalearn_gui.store.records import RunRecord, run_from_weights
from metalearn_gui.store.recovery import RecoveryFile
from metalearn_gui.store.session_file import SavedSession, StoreError, load, save

SAVE_SECONDS = 10.0


def parser() -> Parser:
    """The arguments of `train`."""
    parser = Parser("train", "Meta-train without a window. Ctrl+C saves and stops; --resume goes on.")
    source = parser.add_source()
    source.add_argument("--resume", metavar="FILE", help="go on from a session, to num_iterations in all")
    parser.add_argument("--data", metavar="PATH", help="tasks of your own: a table, images or ratings")
    parser.add_set("a setting by its name; on --resume only one that may change in a run")
    parser.add_budget("of a new run")
    parser.add_argument(
        "--start-from", metavar="FILE", help="begin with the weights of a session's run, where they fit"
    )
    parser.add_argument("--start-run", metavar="ID", help="which run of that session; by default the shown one")
    parser.add_argument("--output", metavar="FILE.metalearn", help="where to save; by default the resumed file")
    parser.add_json()
    return parser


@dataclasses.dataclass
class Job:
    """A run to train, the session it is saved in, and what changes as it goes on."""

    saved: SavedSession
    run: RunRecord
    path: str
    most_seconds: float = math.inf
    compile_seconds: float = 0.0  # now: the run keeps those of whoever began it
    live: LiveValues = dataclasses.field(default_factory=LiveValues)
    gate: Gate = dataclasses.field(default_factory=Gate)

    def events(self) -> Iterator[Event]:
        """Meta-training, from where the run stands."""
        return training.meta_train(
            self.run.settings,
            resume=self.run.latest,
            gate=self.gate,
            live=self.live,
            options=training.DEFAULT_OPTIONS,
            run_id=self.run.run_id,
            gradient_evaluations=self.run.gradient_evaluations,
            compute_seconds=self.run.compute_seconds,
            most_seconds=self.most_seconds,
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to train, for which nothing need be compiled."""
        return self.run.iteration >= self.run.settings.outer.num_iterations

    def session(self) -> SavedSession:
        """As it can be gone on from."""
        return dataclasses.replace(self.saved, settings=self.run.settings).copy()

    def save(self) -> None:
        """Write the session."""
        save(self.path, self.session())


def run(options: Options) -> int:
    """Train, save, and say how it went."""
    started = time.perf_counter()
    _check_start(options)
    place = options.output or options.resume
    if place:
        check_place(place, "run.metalearn")
    with only_writer(Path(place)) if place else contextlib.nullcontext(True) as is_only:
        if not is_only:
            raise BadInput(f"Another `train` is writing {place}; wait for its end, or choose another --output")
        return _run(options, started)


def _run(options: Options, started: float) -> int:
    job = _resumed(options) if options.resume else _fresh(options)
    _refuse_foreign_file(Path(job.path))
    if not job.is_complete:
        check_memory(job.run.settings)
    before = job.run.iteration, job.run.compute_seconds
    try:
        diverged = None if job.is_complete else _train(job)
    finally:  # a second Ctrl+C, too
        _save_or_keep(job)
    if diverged:
        say(f"{diverged.advice}: --resume {job.path} --set meta_learning_rate=VALUE")
        return BAD_INPUT
    report = _report(job, before, time.perf_counter() - started)
    if job.run.kept_iteration is not None:
        best = job.run.kept_iteration
        say(f"The best state on validation tasks, of meta-iteration {best}, is in use (stop_patience)")
    if options.json:
        print_json(report)
    else:
        interval = report.pop("accuracy_ci95", None)
        told = {name: value for name, value in report.items() if finite(value) is not None}
        words = {name: f"{name.replace('_', ' ')} {number(value)}" for name, value in told.items()}
        if interval is not None:
            margin = f" ± {number(interval)}" if math.isfinite(interval) else ""
            words["accuracy"] += f"{margin} on {report['num_tasks']} unseen tasks"
            del words["num_tasks"]
        print(" · ".join(words.values()))
    return INTERRUPTED if job.run.reason == "stopped" else DONE


def _save_or_keep(job: Job) -> None:
    """Where the place does not take it after all (a full disk), the window's next start offers it.

    Raises:
        StoreError: it is not where it should be; the line says where it is.
    """
    try:
        job.save()
    except StoreError as error:
        kept = RecoveryFile()
        kept.write(job.session())
        kept.close()
        raise StoreError(f"{error}; the run is kept in {kept.path}, and the window's next start offers it") from error


def _fresh(options: Options) -> Job:
    budget = Budget.parse(options.budget)
    settings = budget.applied(_settings_of_new(options))
    if not options.output:
        raise BadInput("There is no --output; name the file to save in, for example --output run.metalearn")
    run = _started_from(options, settings) if options.start_from else RunRecord(settings)
    run.name = options.preset or Path(options.settings or options.data or options.start_from).stem
    return Job(SavedSession([run], run.run_id, run.settings), run, options.output, budget.seconds or math.inf)


def _settings_of_new(options: Options) -> ExperimentSettings:
    """What is asked for; of a run with another one's weights, that one's where nothing else is named."""
    if options.start_from and not (options.preset or options.settings or options.data):
        return with_assigned(_start_run(options.start_from, options.start_run).settings, assigned(options.set))
    return asked_settings(options, "--start-from FILE", "--resume FILE")


def _check_start(options: Options) -> None:
    if options.start_run and not options.start_from:
        raise BadInput("--start-run names a run of a session; add --start-from FILE")
    if options.resume and options.data:
        raise BadInput("--resume goes on with the run's own tasks; leave --data out")
    if options.resume and options.budget:
        raise BadInput("--resume goes on to num_iterations in all; set that, and leave --budget out")
    if options.resume and options.start_from:
        raise BadInput("--resume goes on with a run that has its start; --start-from is for a new one: leave one out")


def _started_from(options: Options, settings: ExperimentSettings) -> RunRecord:
    """A new run with another one's weights; says how many were taken."""
    run = run_from_weights(settings, _start_run(options.start_from, options.start_run))
    if run.start is not None:
        say(f"{run.start.taken} of {run.start.total} parameters start from {run.start.name}; any other is fresh")
    return run


def _start_run(path: str, run_id: str | None) -> RunRecord:
    saved, shown = load_run(path)
    if not run_id:
        return shown
    named = next((run for run in saved.runs if run.run_id == run_id), None)
    if named is None:
        known = ", ".join(f"{run.run_id} ({run.name or run.settings.learner.key})" for run in saved.runs)
        raise BadInput(f"{path} has no run {run_id}; it has {known}")
    return named


def _resumed(options: Options) -> Job:
    saved, run = load_run(options.resume)
    values = assigned(options.set)
    settings = _changed_live(run.settings, values)
    _check_length(run, settings.outer.num_iterations)
    run.settings = read_data(run.settings)
    job = Job(saved, run, options.output or options.resume)
    changed = {name: settings.value(name) for name in values if settings.value(name) != run.settings.value(name)}
    # The length is set before the start: a run that has reached its end would not look for changes.
    if "num_iterations" in changed:
        length = changed.pop("num_iterations")
        run.changes.append(Change(run.iteration, "num_iterations", length))
        run.settings = run.settings.replaced(num_iterations=length)
    job.live.put(changed)
    return job


def _check_length(run: RunRecord, length: int) -> None:
    """A run that is to end before it stands is refused; one that has come to its end is said to have."""
    more = f"to train it further give more, for example --set num_iterations={2 * max(run.iteration, 1)}"
    if length < run.iteration:
        raise BadInput(f"num_iterations is {length}, and the run has done {run.iteration} already; {more}")
    if length == run.iteration:
        say(f"The run has done all of its {length} meta-iterations; {more}")


def _changed_live(settings: ExperimentSettings, values: dict[str, Any]) -> ExperimentSettings:
    refuse_data(settings, values)
    changed = settings.replaced(**values)
    if not settings.differs_live_only(changed):
        live = ", ".join(sorted(settings.live_values()))
        raise BadInput(f"--set {' '.join(values)} would make it another run; a run that goes on can change {live}")
    return changed


def _refuse_foreign_file(place: Path) -> None:
    """An older session is replaced; what another program wrote is not."""
    if not place.exists():
        return
    try:
        load(place)
    except StoreError as error:
        raise BadInput(f"--output would replace a file that is no session: {error}") from None


def _train(job: Job) -> Diverged | None:
    """Until the run is over; what went wrong, if it diverged."""
    job.run.reason = ""
    diverged, saved_at = None, time.monotonic()
    with stopping_on_interrupt(job.gate), training_progress(job.run) as progress:
        for event in job.events():
            job.run.apply(event)
            progress.show(tries=True)
            diverged = event if isinstance(event, Diverged) else diverged
            if time.monotonic() - saved_at >= SAVE_SECONDS:
                with contextlib.suppress(StoreError):  # a full disk may have room again; the last save tells
                    job.save()
                saved_at = time.monotonic()
    job.compile_seconds = job.run.compile_seconds
    return diverged


def _report(job: Job, before: tuple[int, float], seconds: float) -> dict[str, Any]:
    """evaluation_seconds: all that was neither compiling nor training: unseen tasks, baselines, reading, saving."""
    run = job.run
    iterations, compute_seconds = run.iteration - before[0], run.compute_seconds - before[1]
    objectives = run.curve("objective")
    return {
        "learner": run.settings.learner.key,
        "tasks": run.settings.tasks.key,
        "iterations": run.iteration,
        **_kept(run),
        "seconds": seconds,
        "compile_seconds": job.compile_seconds,
        "evaluation_seconds": max(0.0, seconds - job.compile_seconds - compute_seconds),
        "meta_iterations_per_second": iterations / compute_seconds if iterations and compute_seconds else None,
        "loss_first": float(objectives[0]) if len(objectives) else None,
        "loss_last": run.reported_loss,
        **_accuracy(run),
        "file": job.path,
    }


def _kept(run: RunRecord) -> dict[str, int]:
    """Where the state that is saved is an earlier one, which did best on validation tasks."""
    return {} if run.kept_iteration is None else {"kept_iteration": run.kept_iteration}


def _accuracy(run: RunRecord) -> dict[str, Any]:
    """Of classification: on the unseen tasks that the run was tried on last, after the last adaptation step."""
    if run.latest_scores is None:
        return {}
    evaluation = run.latest_scores.evaluation
    scores = evaluation.learner
    if scores.accuracy is None or scores.accuracy_ci95 is None:
        return {}
    return {
        "accuracy": float(scores.accuracy[-1]),
        "accuracy_ci95": float(scores.accuracy_ci95[-1]),
        "num_tasks": evaluation.num_tasks,
    }
