"""What a window gives to the clipboard and takes from it: links, scripts, pictures."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Message, Session
from metalearn_gui.engine.script import script
from metalearn_gui.store.link import is_link
from metalearn_gui.ui.canvas.picture_source import has_picture, picture_in
from metalearn_gui.ui.canvas.pictures import PicturesCanvas
from metalearn_gui.ui.export.pictures import canvas_image


class Clip(QObject):
    """Each says in the message bar what it has done."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window

    def copy_link(self) -> None:
        """What is set and the touched task as a line of text."""
        link = self._session.documents.link()
        if link:
            self._copy(link, self.tr("The link is in the clipboard: it holds all settings and the task as it lies."))

    def copy_python(self) -> None:
        """A script of what is set."""
        self._copy(script(self._session.settings), self.tr("The script is in the clipboard."))

    def copy_picture(self) -> None:
        """The touched task as the canvas shows it."""
        QGuiApplication.clipboard().setImage(canvas_image(self._session))
        self._say(self.tr("The task's picture is in the clipboard."))

    def paste(self) -> None:
        """Take up the link that is in the clipboard, or the picture where the task is one of pictures."""
        data = QGuiApplication.clipboard().mimeData() or QMimeData()  # some platforms have none before the first copy
        pictures = self._pictures()
        if is_link(data.text()):
            self._session.documents.open_link(data.text())
        elif pictures is not None and has_picture(data):
            pictures.desk.take(picture_in(data))
        elif has_picture(data):
            self._say(self.tr("A picture can be pasted where the tasks are pictures: choose Glyphs or Images first."))
        else:
            self._say(self.tr("There is neither a link, which begins with metalearn:, nor a picture in the clipboard."))

    def _pictures(self) -> PicturesCanvas | None:
        """The canvas that has the keyboard, or one in sight: a comparison has its own beside the task's card."""
        found = self._window.findChildren(PicturesCanvas)
        return max(found, key=lambda canvas: (canvas.hasFocus(), canvas.isVisible()), default=None)

    def _copy(self, text: str, said: str) -> None:
        QGuiApplication.clipboard().setText(text)  # not data made by Python: Qt keeps them for longer than Python lasts
        self._say(said)

    def _say(self, text: str) -> None:
        self._session.messageRaised.emit(Message(text))
