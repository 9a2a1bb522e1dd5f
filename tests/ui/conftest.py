"""What every test of the window starts from."""

from __future__ import annotations

import pytest

from metalearn_gui.ui.theme import register_fonts, theme, ui_font
from tests.ui.fake_session import FakeSession


@pytest.fixture(autouse=True)
def _dressed(qapp):
    register_fonts()
    qapp.setStyle("Fusion")
    qapp.setFont(ui_font(13))
    theme().set_mode("dark")


@pytest.fixture
def session():
    """A FakeSession; see fake_session.py."""
    return FakeSession()
