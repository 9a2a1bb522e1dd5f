"""What TensorFlow's import brings along, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from metalearn_gui.engine import backend
tensorflow = backend.load()
print([name for name in ("keras", "pandas", "sklearn", "scipy", "h5py") if name in sys.modules])
import keras, pandas
print(tensorflow.keras.Model is keras.Model, pandas.Series([1, 2]).sum())
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.save(sys.argv[1])  # with h5py
print(keras.models.load_model(sys.argv[1]).count_params())
"""


def test_tensorflow_is_loaded_without_what_only_an_export_needs_and_all_of_it_works_afterwards(tmp_path) -> None:
    program = [sys.executable, "-c", PROGRAM, str(tmp_path / "model.keras")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["[]", "True 3", "2"], done.stderr
