"""The clipboard: links, scripts and pictures, by key."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from metalearn_gui.store.link import is_link
from metalearn_gui.ui.canvas.pictures import PicturesCanvas

CONTROL = Qt.KeyboardModifier.ControlModifier
BOTH = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(window, qtbot):
    qtbot.waitUntil(window.isActiveWindow)  # shortcuts are the active window's
    return window


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


@pytest.mark.parametrize("way", ["window", "palette"])
def test_a_copied_link_is_taken_up_where_it_is_pasted(window, session, qtbot, way):
    session.change(shots=3)
    qtbot.keyClick(window, Qt.Key.Key_L, BOTH)
    assert is_link(clipboard())
    session.change(shots=8)
    if way == "window":
        qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    else:
        qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
        line = window.findChild(QWidget, "palette_input")
        line.paste()
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert session.settings.episodes.shots == 3


def test_pasting_something_else_says_what_is_expected(window, session, qtbot):
    said = []
    session.messageRaised.connect(said.append)
    QGuiApplication.clipboard().setText("shots 5")
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert "metalearn:" in said[-1].text


def test_a_pasted_picture_takes_the_place_of_the_chosen_one_where_tasks_are_pictures(window, session, qtbot):
    image, said = QImage(40, 40, QImage.Format.Format_RGB32), []
    session.messageRaised.connect(said.append)
    image.fill(0)
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert "Glyphs" in said[-1].text
    window.choose_family("glyphs")
    before = np.array(session.unseen.touched.query.x)
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: not np.array_equal(session.unseen.touched.query.x, before))
    changed = np.flatnonzero((session.unseen.touched.query.x != before).any(axis=1))
    assert changed.tolist() == [0]
    assert not session.unseen.touched.query.x[0].any()


def test_a_pasted_picture_goes_where_the_hand_is_and_not_behind_another_view(window, session, qtbot):
    window.choose_family("glyphs")
    behind = window.findChild(PicturesCanvas)
    before = PicturesCanvas(session, behind.parentWidget())
    before.resize(684, 352)
    before.show()
    behind.hide()
    before.choose_row(3)
    image, support = QImage(40, 40, QImage.Format.Format_RGB32), np.array(session.unseen.touched.support.x)
    image.fill(0)
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: not np.array_equal(session.unseen.touched.support.x, support))
    assert np.flatnonzero((session.unseen.touched.support.x != support).any(axis=1)).tolist() == [3]


def test_a_script_and_a_picture_go_to_the_clipboard(window, session, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_P, BOTH)
    assert "default_settings().replaced(" in clipboard()
    qtbot.keyClick(window, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.AltModifier)
    assert QGuiApplication.clipboard().image().width() == 1920


def test_what_was_copied_does_not_outlive_python_in_the_clipboard():
    code = """
from PySide6.QtWidgets import QWidget
from metalearn_gui.ui.application import build_application
from metalearn_gui.ui.clip import Clip
from tests.ui.fake_session import FakeSession
application, session = build_application(), FakeSession()
window = QWidget()
Clip(session, window).copy_link()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_before_anything_was_copied_a_paste_says_so(window, session, monkeypatch):
    said = []
    session.messageRaised.connect(said.append)
    monkeypatch.setattr(QClipboard, "mimeData", lambda *_: None)  # as the platform does until somebody copies
    window.clip.paste()
    assert "nor a picture" in said[-1].text
