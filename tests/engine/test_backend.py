"""What TensorFlow's import brings along, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from metalearn_gui.engine import backend
tensorflow = backend.load()
print([name for name in ("keras", "pandas", "sklearn") if name in sys.modules])
import keras, pandas
print(tensorflow.keras.Model is keras.Model, pandas.Series([1, 2]).sum())
"""


def test_tensorflow_is_loaded_without_what_only_an_export_needs_and_all_of_it_works_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["[]", "True 3"], done.stderr
