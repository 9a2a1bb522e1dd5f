"""The import sheet of images: what was found, a sample of it, and who is held out."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.tasks.images import Images
from metalearn_gui.ui.import_sheet.family import FamilySheet
from metalearn_gui.ui.import_sheet.thumbnails import Thumbnails
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.wording import first_names_text

PLACES = {"split_by": 0, "held_out": 0, "image_size": 1, "inverted": 1, "colour": 1, "ways": 2, "turns": 2}


class ImageSheet(FamilySheet[Images]):
    """A zip or a folder of class folders."""

    family = Images
    chosen = ("data", *PLACES)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, PLACES, parent)
        self._samples = Thumbnails(self.paper)
        self.lay_out(self._samples)

    def forget(self) -> None:
        self._samples.clear()

    def show_found(self, found: Images) -> None:
        """A few images, and how many there are; of few classes as many ways as they allow."""
        self.wanted = self.wanted.replaced(ways=found.ways)
        self._samples.show_pictures(found.pictures, found.inverts)

    def texts(self, found: Images) -> tuple[list[str], list[str], str]:
        pictures = found.pictures
        names = [
            self.tr("{ways} classes at a time").format(ways=found.ways),
            self.tr("an image, {size} × {size}").format(size=found.image_size),
            self.tr("one of {ways} classes").format(ways=found.ways),
        ]
        counts = {split: count_text(len(found.classes_of(split))) for split in ("train", "validation", "test")}
        results = [
            self.tr("{train} train · {validation} validation · {test} unseen classes").format(**counts),
            self.tr("Numbers for the network: {count}").format(count=count_text(found.input_dim)),
            self.tr("In training, classes: {count}").format(count=count_text(found.num_classes)),
        ]
        said = self.tr("{images} images of {classes} classes in {groups} groups: {names}")
        if pictures.num_groups == 1:
            said = self.tr("{images} images of {classes} classes: {names}")
        said = said.format(
            images=count_text(len(pictures.pixels)), classes=count_text(len(pictures.names)),
            groups=count_text(pictures.num_groups), names=first_names_text(pictures.folder_names),
        )  # fmt: skip
        return names, results, said

    def retranslate(self) -> None:
        self._samples.setAccessibleName(self.tr("A sample of the classes, one image of each"))
        self._samples.setToolTip(self._samples.accessibleName())
        super().retranslate()
