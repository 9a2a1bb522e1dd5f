"""What each picture format is, without what draws it: the command line names them where there is no Qt."""

from __future__ import annotations

from metalearn_gui.engine.export.described import Described


class PictureFormat(Described):
    """Of what the canvas shows."""

    group = "pictures"


class PngFormat(PictureFormat):
    """Twice the resolution of the canvas."""

    key = "png"
    label = "Picture: PNG"
    file_name = "canvas@2x.png"
    suffix = ".png"
    opens_in = "slides, posts"
    summary = "The unseen task as the canvas shows it, at the adaptation step that is chosen there."


class SvgFormat(PictureFormat):
    """Lines and letters, not pixels."""

    key = "svg"
    label = "Picture: SVG"
    file_name = "canvas.svg"
    suffix = ".svg"
    opens_in = "papers, Inkscape"
    summary = "The same drawing as lines and letters: sharp at any size, and open to changes."


class GifFormat(PictureFormat):
    """One frame for each adaptation step, over and over; the start and the end are held longer."""

    key = "gif"
    label = "Animation: GIF"
    file_name = "adapting.gif"
    suffix = ".gif"
    opens_in = "slides, chats, web pages"
    summary = "The unseen task while the learner adapts to it: one frame for each adaptation step, over and over."


PICTURE_FORMATS: tuple[type[PictureFormat], ...] = (PngFormat, SvgFormat, GifFormat)
