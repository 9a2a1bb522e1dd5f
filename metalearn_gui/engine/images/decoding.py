"""One image file made small. No decoder but those of FORMATS is reached, whatever a file is called."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps

from metalearn_gui.engine.backend import Array

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
FORMATS_TEXT = "PNG, JPEG, BMP, GIF, TIFF or WebP"
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
MAX_PIXELS = 25_000_000
MODES = {1: "L", 3: "RGB"}
REDUCING_GAP = 3.0  # large images shrink in two goes, as good as in one
DAMAGED, TOO_LARGE = f"damaged or no {FORMATS_TEXT}", "with more than 25 megapixels"
TOO_DEEP = "with 32 bits a number (8 or 16 are read)"

# Pillow's own word on huge images, for good: MAX_PIXELS refuses them before they are decoded.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# Its word on what else a file holds (of a TIFF, tags that it does not know) is for nobody here.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


class Unusable(ValueError):
    """A file that gives no image; the text is the reason, in words that a number can stand before."""


def small(data: bytes, size: int, channels: int, pads: bool = False) -> Array:
    """The image as uint8 (size, size, channels), antialiased, its longer side squeezed to a square.

    Of several images in a file the first counts.

    Args:
        pads: keep its shape, in the middle of a square of the colour that most of its border has.

    Raises:
        Unusable: damaged, of another format, too large to be decoded, or of numbers whose range is unknown.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unusable(TOO_LARGE)
            image.draft(MODES[channels], (size, size))  # a JPEG is decoded at an eighth where that is enough
            flat = _on_paper(_in_eight_bits(ImageOps.exif_transpose(image))).convert(MODES[channels])
            shape = _fitting(flat.size, size) if pads else (size, size)
            shrunk = flat.resize(shape, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
    except Unusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unusable(TOO_LARGE) from error
    except Exception as error:  # a damaged file makes Pillow's parsers raise whatever they stumble on
        raise Unusable(DAMAGED) from error
    return _in_square(np.asarray(shrunk).reshape(*shape[::-1], channels), size)


def _fitting(sides: tuple[int, int], size: int) -> tuple[int, int]:
    """Width and height in a square of this size; nothing becomes thinner than a pixel."""
    width, height = (max(1, round(size * side / max(sides))) for side in sides)
    return width, height


def _in_square(pixels: Array, size: int) -> Array:
    """Shrunk before it is padded: a square around a long and thin image may be larger than can be."""
    height, width, channels = pixels.shape
    if height == width == size:
        return pixels
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    square = np.full((size, size, channels), np.median(border, axis=0), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """16-bit greys keep their upper half; Pillow would clip them to white. Of 32 bits no file says what is white."""
    if image.mode in ("I", "F"):
        raise Unusable(TOO_DEEP)
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    return image


def _on_paper(image: Image.Image) -> Image.Image:
    """Transparent images lie on white, or on black where their ink is light."""
    if not image.has_transparency_data:
        return image
    layers = image.convert("RGBA")
    opacity = np.asarray(layers.getchannel("A"), np.float64)
    ink = np.average(np.asarray(layers.convert("L"), np.float64), weights=opacity) if opacity.any() else 0.0
    paper = Image.new("RGBA", layers.size, "white" if ink < 128.0 else "black")
    return Image.alpha_composite(paper, layers)
