"""All that a session file holds, and what is said where it cannot be read or written."""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.compare import Outcome
from metalearn_gui.engine.own_data import DataFile
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store import own_data
from metalearn_gui.store.documents import SavedTask
from metalearn_gui.store.records import RunRecord

SUFFIX = ".metalearn"


class StoreError(ValueError):
    """A file that cannot be read or written; one line: what came, what was expected, what to do."""


def one_line(error: BaseException) -> str:
    """What an error says, for the middle of a sentence."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return " ".join(text.split())[:200]


@dataclasses.dataclass
class SavedSession:
    """All that a session file holds.

    runs: in the order of the list; shown_run_id names one of them, or is empty.
    live_run_id: the run that goes on; empty in files of before it was kept.
    settings: what is set now, which need not be any run's.
    touched: unseen tasks with the points as they lie; the first one is under the hand.
    unseen: by run, the names of its unseen tasks: they stay unseen when the file is another one.
    outcomes: what comparisons came to, newest first.
    data: files that tasks are made of, as far as the settings want them held; `own_data.put` makes them found.
    """

    runs: list[RunRecord]
    shown_run_id: str
    settings: ExperimentSettings
    touched: list[SavedTask] = dataclasses.field(default_factory=list)
    data: list[DataFile] = dataclasses.field(default_factory=list)
    unseen: dict[str, str] = dataclasses.field(default_factory=dict)
    outcomes: list[Outcome] = dataclasses.field(default_factory=list)
    live_run_id: str = ""

    @property
    def live(self) -> RunRecord | None:
        """The run that goes on, where the file names it."""
        return next((run for run in self.runs if run.run_id == self.live_run_id), None)

    @property
    def shown(self) -> RunRecord | None:
        """The run that is shown, else the newest."""
        named = [run for run in self.runs if run.run_id == self.shown_run_id]
        return next(iter(named or reversed(self.runs)), None)

    def copy(self) -> SavedSession:
        """As it is now, every run at its newest state, for another thread to write while the runs go on."""
        runs = [run.settled() for run in self.runs]
        unseen = self.unseen | own_data.held_out({run.run_id: run.settings for run in runs})
        data, touched = self._with_data_in_use(), list(self.touched)
        return dataclasses.replace(self, runs=runs, touched=touched, data=data, unseen=unseen)

    def with_files_as_they_are(self) -> SavedSession:
        """This session on whatever the files of its tasks hold now; unseen tasks stay unseen."""
        anew = {run.run_id: own_data.as_it_is(run.settings, self.unseen.get(run.run_id, "")) for run in self.runs}
        runs = [dataclasses.replace(run, settings=anew[run.run_id]) for run in self.runs]
        alike = next((run.run_id for run in self.runs if run.settings.tasks == self.settings.tasks), "")
        settings = own_data.as_it_is(self.settings, self.unseen.get(alike, ""))
        return dataclasses.replace(self, runs=runs, settings=settings, data=[])

    def resolve(self) -> None:
        """Fill in what files that were read say of the settings, and of the shown and the live run's."""
        self.settings = self.settings.resolved()
        for run in filter(None, (self.shown, self.live)):
            run.settings = run.settings.resolved()

    def _with_data_in_use(self) -> list[DataFile]:
        in_use = own_data.files_of([self.settings, *(run.settings for run in self.runs)])
        return in_use + [file for file in self.data if file.path not in {other.path for other in in_use}]
