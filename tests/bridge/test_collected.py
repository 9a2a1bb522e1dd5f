"""What a closed session leaves to the garbage collector."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from PySide6.QtWidgets import QApplication
app = QApplication([])
from metalearn_gui.bridge.session import Session
for _ in range(6):
    session = Session()
    session.change(shots=2)
    session.close()
    del session
    gc.collect()
    app.processEvents()
print("left")
"""


def test_closed_sessions_with_changes_to_undo_are_collected_without_a_crash() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "left"), done.stderr[-500:]
