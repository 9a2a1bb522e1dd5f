"""More unseen tasks: small drawings that open."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton

from metalearn_gui.ui.panels.gallery import GalleryPanel, GalleryTile
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme
from tests.engine.small import FAMILIES
from tests.ui.hand import session_for


def shown(qtbot, session, width=712, height=300):
    widget = GalleryPanel(session)
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    return widget


def visible_tiles(panel: GalleryPanel) -> list[GalleryTile]:
    return [tile for tile in panel.findChildren(GalleryTile) if tile.isVisible()]


def test_eight_tasks_are_shown_where_there_is_room(qtbot, session):
    panel = shown(qtbot, session)
    assert panel.objectName() == "task_gallery"
    assert len(visible_tiles(panel)) == 8


def test_low_gallery_shows_one_row_of_four(qtbot, session):
    panel = shown(qtbot, session, height=172)
    tiles = visible_tiles(panel)
    assert len(tiles) == 4
    assert len({tile.y() for tile in tiles}) == 1


def test_click_opens_the_task(qtbot, session):
    panel = shown(qtbot, session)
    wanted = session.unseen.gallery[5]
    panel.findChild(QAbstractButton, "gallery_task_5").click()
    assert session.unseen.touched is wanted


def test_tile_tells_loss_or_accuracy_at_the_shown_step(qtbot, session):
    panel = shown(qtbot, session)
    tile = visible_tiles(panel)[0]
    at_five = tile.score_text()
    session.unseen.set_step(0)
    assert tile.score_text() != at_five
    session.change(task_family="blobs")
    assert tile.score_text().endswith("%")


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_the_figure_of_a_tile_of_bars_lies_over_none(qtbot, mode):
    theme().set_mode(mode)
    tile = visible_tiles(shown(qtbot, session_for("vectors")))[0]
    picture = tile.grab().toImage()
    height = scaled(18)
    bars = {theme().palette.learner.rgb(), theme().palette.unseen.rgb()}
    drawn = [picture.pixel(x, y) for x in range(2, tile.width() - 2) for y in range(5, 5 + height)]
    assert not bars & set(drawn)
    assert theme().palette.text.rgb() in drawn


def test_tile_without_predictions_tells_nothing_and_draws(qtbot, session):
    session.unseen.gallery_adaptations = []
    panel = shown(qtbot, session)
    panel.grab()
    assert visible_tiles(panel)[0].score_text() == ""


def test_tiles_are_named_for_screen_readers(qtbot, session):
    panel = shown(qtbot, session)
    assert all("unseen task" in tile.accessibleName() for tile in visible_tiles(panel))


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_has_small_drawings_in_both_themes(qtbot, family, mode):
    theme().set_mode(mode)
    panel = shown(qtbot, session_for(family))
    first = visible_tiles(panel)[0].grab().toImage()
    second = visible_tiles(panel)[1].grab().toImage()
    assert first != second or family == "vectors"


def test_change_of_family_draws_the_new_tasks(qtbot, session):
    panel, pictures = shown(qtbot, session), []
    for family in ("blobs", "vectors", "sinusoid"):
        session.change(task_family=family)
        pictures.append(visible_tiles(panel)[0].grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]


def test_a_tile_says_in_words_that_a_loss_overflows(qtbot, session):
    panel = shown(qtbot, session)
    session.unseen.gallery_adaptations[0].loss[:] = np.inf
    assert visible_tiles(panel)[0].score_text() == "diverges"


def test_a_task_whose_curve_has_left_the_picture_says_so_instead_of_a_huge_number(session, qtbot):
    panel = GalleryPanel(session)
    qtbot.addWidget(panel)
    tile = panel.findChild(GalleryTile, "gallery_task_0")
    adaptation = session.unseen.gallery_adaptations[0]
    loss = np.asarray(adaptation.loss).copy()
    loss[1:] = 1e32
    session.unseen.gallery_adaptations[0] = dataclasses.replace(adaptation, loss=loss)
    session.unseen.set_step(1)
    assert tile.score_text() == "off the scale"
    session.unseen.set_step(0)
    assert tile.score_text() == number_text(float(loss[0]))
