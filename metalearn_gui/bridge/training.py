"""The live run under way: TensorFlow is loaded, its structure compiled, its events brought to the session."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.compiling import Compiling
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.runner import Job, Runner
from metalearn_gui.engine import backend
from metalearn_gui.engine.control import Gate, LiveValues
from metalearn_gui.engine.events import Event
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train, prepare
from metalearn_gui.store.records import RunRecord

STILL_MS = 1000  # TensorFlow never frees a program, so only a structure that stood still is compiled unasked


class Training(QObject):
    """Steers the worker: load, prepare, run, pause, step, stop."""

    stateChanged = Signal()
    readinessChanged = Signal()
    loaded = Signal()
    stoodStill = Signal()  # the structure that was last given to `prepare_soon` is worth compiling
    failed = Signal(str)  # in one line

    def __init__(
        self, options: Options, on_events: Callable[[list[Event]], None], on_end: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.is_loaded = False
        self._options, self._on_events, self._on_end = options, on_events, on_end
        self._live_values, self._gate = LiveValues(), Gate()
        self._preparing: Job | None = None
        self._lent_to: Job | None = None
        self._under_way: set[str] = set()
        self._wanted: ExperimentSettings | None = None
        self._compiled: ExperimentSettings | None = None  # what the worker was last given to compile
        self._compiling = Compiling(self)
        self._compiling.ticked.connect(self.readinessChanged)
        self._still_timer = QTimer(self)
        self._still_timer.setSingleShot(True)
        self._still_timer.setInterval(STILL_MS)
        self._still_timer.timeout.connect(self._stand_still)
        self._runner = Runner(parent=self)
        self._runner.stateChanged.connect(self.stateChanged)
        self._runner.stateChanged.connect(self._announce_readiness)

    @property
    def state(self) -> RunState:
        return self._runner.state

    @property
    def is_active(self) -> bool:
        """Whether a run is under way, be it paused."""
        return self._runner.is_steering

    @property
    def is_running_on(self) -> bool:
        """Whether a run is under way without a bound."""
        return self._runner.is_running_on

    @property
    def is_lent(self) -> bool:
        """Whether something else has the worker, to be ended before a run can begin. One that ends is waited for."""
        return self._lent_to is not None and not self._lent_to.gate.is_closed

    @property
    def lent_text(self) -> str:
        """What has the worker, in words; "" while nothing has."""
        if self._lent_to is None:
            return ""
        text = self.tr("{name} is paused") if self._lent_to.gate.is_paused else self.tr("{name} is under way")
        return text.format(name=self._lent_to.name)

    def has(self, run_id: str) -> bool:
        """Whether a run trains, or has been stopped and still has something to say."""
        return run_id in self._under_way

    @property
    def readiness(self) -> str:
        """What waits, in words; empty when nothing does."""
        if not self.is_loaded:
            return self.tr("loading TensorFlow")
        return self._compiling.text if self._is_compiling else ""

    @property
    def _is_compiling(self) -> bool:
        return self.is_loaded and (self._preparing is not None or self.state is RunState.PREPARING)

    def _announce_readiness(self) -> None:
        is_stopping = self.state is RunState.STOPPING
        self._compiling.follow(self._compiled if self._is_compiling else None, is_cut_short=is_stopping)
        self.readinessChanged.emit()

    # --- before the run ---------------------------------------------------------------------------

    def load(self) -> None:
        """Import TensorFlow on the worker's thread."""
        self._runner.submit(Job(self.tr("Loading TensorFlow"), _load, on_end=self._take_loaded))

    def prepare_soon(self, settings: ExperimentSettings) -> None:
        """Compile this structure once it has stood still, unless another one comes or Run is pressed."""
        self._wanted = settings
        if self._preparing is not None:
            self._preparing.gate.close()  # of no use where it still waits in the queue
        if self.is_loaded:
            self._still_timer.start()

    # --- the run ----------------------------------------------------------------------------------

    def start(self, run: RunRecord, steps: int | None = None, quiet_ms: int = 0) -> None:
        """Go on with a run from its newest state, without a bound or for so many meta-iterations."""
        self._still_timer.stop()
        self._wanted = None
        self._live_values = LiveValues()
        self._gate = gate = Gate()
        if steps is not None:
            gate.pause()
            gate.step(steps)
        begin = functools.partial(
            meta_train, run.settings, resume=run.latest, gate=gate, live=self._live_values,
            options=self._options, run_id=run.run_id, gradient_evaluations=run.gradient_evaluations,
            compute_seconds=run.compute_seconds,
        )  # fmt: skip
        job = Job(self.tr("Meta-training"), begin, self._on_events, functools.partial(self._take_end, run.run_id), gate)
        self._under_way.add(run.run_id)
        if self._preparing is not None and self._compiled != run.settings:
            self._preparing.gate.close()
        self._compiled = run.settings
        self._runner.steer(job, quiet_ms)
        self._announce_readiness()  # it may compile on, but something else

    def put(self, values: Mapping[str, Any]) -> None:
        """New live values for the run under way."""
        self._live_values.put(values)
        self._gate.wake()

    def run(self) -> None:
        self._runner.run()

    def pause(self) -> None:
        self._runner.pause()

    def step(self) -> None:
        self._runner.step()

    def stop(self) -> None:
        self._runner.stop()

    def lend(self, job: Job) -> None:
        """Let something else train on the worker; the run under way is stopped."""
        self.stop()
        self._lent_to, said = job, job.on_end
        job.on_end = functools.partial(self._take_back, job, said)
        self._runner.submit(job)

    def end(self, job: Job) -> None:
        """End what the worker is lent to: at once where it compiles, else once it has come to what it yields next."""
        self._runner.end(job)

    def give_way(self, gives_way: bool) -> None:
        """Train less, and tell of it less often: a hand waits for its picture."""
        self._gate.give_way(gives_way)
        self._runner.give_way(gives_way)

    def use_pause(self) -> None:
        """The hand's picture is about to be painted: tell what is due right after it, and not before the next."""
        self._runner.use_pause()

    def drain(self) -> None:
        """Bring what has arrived to the session now."""
        self._runner.drain()

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        self._still_timer.stop()
        return self._runner.close(seconds)

    # --- inside -----------------------------------------------------------------------------------

    def _take_loaded(self, error: str) -> None:
        if error:
            self.failed.emit(error)
            return
        self.is_loaded = True
        self.loaded.emit()
        self._stand_still()
        self._announce_readiness()

    def _stand_still(self) -> None:
        if self._wanted is None or self.is_active or self.is_lent:
            return
        begin = functools.partial(_prepare, self._wanted, self._options)
        self._compiled, self._wanted = self._wanted, None
        self._preparing = job = Job(self.tr("Compiling"), begin)
        job.on_end = functools.partial(self._take_prepared, job)
        self._runner.submit(job)
        self.stoodStill.emit()
        self._announce_readiness()

    def _take_back(self, job: Job, said: Callable[[str], None], error: str) -> None:
        if self._lent_to is job:
            self._lent_to = None
            self._still_timer.start()  # what was set meanwhile may be worth compiling
        said(error)

    def _take_prepared(self, job: Job, error: str) -> None:
        if self._preparing is job:
            self._preparing = None
        if error:
            self.failed.emit(error)
        self._announce_readiness()

    def _take_end(self, run_id: str, error: str) -> None:
        self._under_way.discard(run_id)
        if error:
            self.failed.emit(error)
        self._on_end(run_id)


def _load() -> Iterator[None]:
    backend.load()
    yield


def _prepare(settings: ExperimentSettings, options: Options) -> Iterator[None]:
    prepare(settings, options)
    yield
