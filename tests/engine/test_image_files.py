"""Zips and folders that nobody should trust: bounded, skipped with a count, refused in one line; read once."""

from __future__ import annotations

import io
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.engine.images import ImagesInMemory, Pictures, Wanted, archive, decoding, shelf, sources
from metalearn_gui.engine.images.one import picture_like
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tasks.images import Images


def image_bytes(kind: str = "PNG", shade: int = 90, side: int = 12) -> bytes:
    written = io.BytesIO()
    pixels = np.full((side, side), 250, np.uint8)
    pixels[2:-2, 3:5] = shade
    Image.fromarray(pixels).save(written, kind)
    return written.getvalue()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def good_files(classes: int = 3, copies: int = 2) -> dict[str, bytes]:
    return {f"group/class{one}/{copy}.png": image_bytes(shade=one) for one in range(classes) for copy in range(copies)}


def read(path: Path) -> Pictures:
    return ImagesInMemory().pictures(Wanted(str(path), 8, 1))


def refusal(path: Path) -> str:
    """The line in which it is refused."""
    with pytest.raises(SettingError) as caught:
        read(path)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 400
    return line


def header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has next to nothing in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def wide(kind: type) -> bytes:
    """A TIFF of numbers with 32 bits, of which nothing says what is white."""
    written = io.BytesIO()
    Image.fromarray(np.eye(12, dtype=kind)).save(written, "TIFF")
    return written.getvalue()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"
SKIPPED = {
    "a/b/cut.png": (image_bytes(side=90)[:-40], "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/ppm.png": (image_bytes("PPM"), "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/jpeg2000.jpg": (image_bytes("JPEG2000"), "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/1.tif": (image_bytes("TIFF")[:60], "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/float.tif": (wide(np.float32), "with 32 bits a number (8 or 16 are read)"),
    "a/b/whole.tif": (wide(np.int32), "with 32 bits a number (8 or 16 are read)"),
    "a/b/svg.png": (SVG, "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/empty.bmp": (b"", "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/huge.png": (header(40_000, 40_000), "with more than 25 megapixels"),
    "a/b/large.png": (header(10_000, 10_000), "with more than 25 megapixels"),
    "a/b/large.gif": (
        image_bytes("GIF")[:6] + b"\xff\x7f\xff\x7f" + image_bytes("GIF")[10:],
        "with more than 25 megapixels",
    ),
    "a/b/bad.png": (header(6_000, 4_000), "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP"),
    "a/b/notes.txt": (b"text", "other files"),
    "__MACOSX/a/b/1.png": (b"", "other files"),
    "../../etc/x/1.png": (image_bytes(), "with unsafe names"),
    "/etc/x/1.png": (image_bytes(), "with unsafe names"),
    "C:/x/1.png": (image_bytes(), "with unsafe names"),
    "loose.png": (image_bytes(), "outside a class's folder"),
}


@pytest.mark.parametrize("name", SKIPPED)
def test_a_file_that_is_no_image_is_skipped_and_counted_with_its_reason(tmp_path, name) -> None:
    content, reason = SKIPPED[name]
    pictures = read(zipped(tmp_path / "x.zip", {**good_files(), name: content}))
    assert len(pictures.pixels) == 6
    assert pictures.skipped.startswith(f"1 file was left out: 1 {reason} (")


def test_a_zip_with_windows_paths_is_read_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in {**good_files(), "../away/1.png": image_bytes()}.items():
            info = zipfile.ZipInfo("x")
            info.filename = name.replace("/", "\\")  # its maker would make slashes of them
            packed.writestr(info, content)
    pictures = read(path)
    assert pictures.names == ("group/class0", "group/class1", "group/class2")
    assert "1 with unsafe names" in pictures.skipped


def test_links_and_encrypted_entries_of_a_zip_are_skipped(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", good_files())
    with zipfile.ZipFile(path, "a") as packed:
        link = zipfile.ZipInfo("group/class0/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
        packed.writestr(zipfile.ZipInfo("group/class0/other.png"), image_bytes())
        packed.infolist()[-1].flag_bits |= 1
    assert "2 files were left out: 1 links, 1 encrypted" in read(path).skipped


def test_links_in_a_folder_lead_nowhere(tmp_path: Path) -> None:
    write(tmp_path / "images", good_files())
    write(tmp_path / "elsewhere", {"group/class9/1.png": image_bytes()})
    os.symlink(tmp_path / "elsewhere", tmp_path / "images" / "away")
    os.symlink(tmp_path / "images", tmp_path / "images" / "group" / "circle")
    os.symlink(
        tmp_path / "elsewhere" / "group" / "class9" / "1.png", tmp_path / "images" / "group" / "class0" / "9.png"
    )
    os.mkfifo(tmp_path / "images" / "group" / "class0" / "pipe.png")
    pictures = read(tmp_path / "images")
    assert len(pictures.pixels) == 6
    assert "4 files were left out: 3 links, 1 other files" in pictures.skipped


def test_a_folder_in_it_that_cannot_be_opened_is_left_out_and_named(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, good_files())
    scandir = os.scandir

    def forbidding(path: Path):
        if path.name == "class1":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", forbidding)
    pictures = read(tmp_path)
    assert pictures.names == ("group/class0", "group/class2")
    assert "1 folders that cannot be opened (group/class1)" in pictures.skipped
    with pytest.raises(SettingError, match=r"of 2 classes .* 1 folders that cannot be opened"):
        Images(data=str(tmp_path)).check_data(("train",), 1)
    monkeypatch.setattr(os, "scandir", lambda path: forbidding(Path("class1")))
    assert "cannot be read (Permission denied)" in refusal(tmp_path)


def write(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def test_a_zip_that_unpacks_to_far_more_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was read"))
    zeros = bytes(2**19)  # innocent alone, so small are its parts
    path = zipped(tmp_path / "x.zip", {f"a/b{one}/{one}.png": zeros for one in range(130)})
    assert "unpacks to 68,157,440 bytes, more than 100 times its size" in refusal(path)


def test_one_entry_that_unpacks_to_far_more_is_skipped(tmp_path: Path) -> None:
    pictures = read(zipped(tmp_path / "x.zip", {**good_files(), "a/b/bomb.png": bytes(2**24)}))
    assert "1 too large (a/b/bomb.png)" in pictures.skipped


def test_a_million_entries_are_refused_before_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *_: pytest.fail("an entry was listed"))
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0) + b"a/b/c"
    count, path = 1_000_000, tmp_path / "x.zip"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, count * len(entry), 0, 0)  # it says that there is one
    path.write_bytes(entry * count + end)
    assert "lists more than 200,000 files" in refusal(path)


def test_a_folder_with_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, good_files())
    monkeypatch.setattr(sources, "MAX_ENTRIES", 5)
    assert "holds more than 5 files" in refusal(tmp_path)


def test_more_pixels_than_memory_is_given_to_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", good_files())
    with pytest.raises(SettingError, match=r"6 images would take 67055.2 GB: make image_size smaller"):
        ImagesInMemory().pictures(Wanted(str(path), 2_000_000, 3))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"PK\x03\x04 and nothing more", "cannot be read (File is not a zip file)"),
        (b"no images", "cannot be read (File is not a zip file)"),
        (b"", "cannot be read (File is not a zip file)"),
    ],
)
def test_what_is_no_zip_is_refused_in_one_line(tmp_path: Path, content: bytes, line: str) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    assert line in refusal(tmp_path / "x.zip")


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.zip")
    assert "neither a file nor a folder" in refusal(tmp_path / "x.zip")


def test_a_folder_without_images_says_what_was_expected_and_what_was_there(tmp_path: Path) -> None:
    write(tmp_path, {"a/notes.txt": b"x", "a/1.png": b"no image"})
    line = refusal(tmp_path)
    assert "expected a folder of PNG, JPEG, BMP, GIF, TIFF or WebP for a class" in line
    assert "2 files were left out" in line


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


LOSSLESS = {"GIF": {}, "TIFF": {}, "WEBP": {"lossless": True}}


def halves(left: object, right: object, mode: str = "RGB") -> Image.Image:
    """Its left half is of one colour, its right half of another."""
    image = Image.new(mode, (16, 8), left)
    image.paste(right, (8, 0, 16, 8))
    return image


@pytest.mark.parametrize("kind", LOSSLESS)
def test_every_format_keeps_its_colours(kind: str) -> None:
    made = decoding.small(saved(halves((200, 40, 0), (0, 90, 250)), kind, **LOSSLESS[kind]), 4, 3)
    np.testing.assert_array_equal(made[:, 0], [(200, 40, 0)] * 4)
    np.testing.assert_array_equal(made[:, -1], [(0, 90, 250)] * 4)


@pytest.mark.parametrize("kind", LOSSLESS)
def test_of_several_images_in_a_file_the_first_counts(kind: str) -> None:
    frames = [halves("black", "white"), halves("white", "black")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], **LOSSLESS[kind])
    assert (decoding.small(data, 4, 1)[0, :, 0] > 128).tolist() == [False, False, True, True]


@pytest.mark.parametrize("kind", ["TIFF", "WEBP"])
def test_an_image_stands_as_its_camera_was_held(kind: str) -> None:
    exif = Image.Exif()
    exif[274] = 6  # turned by a quarter
    made = decoding.small(saved(halves("black", "white"), kind, exif=exif, **LOSSLESS[kind]), 4, 1)
    assert (made[:, 0, 0] > 128).tolist() == [False, False, True, True]


@pytest.mark.parametrize("kind", LOSSLESS)
def test_transparent_images_lie_on_white(kind: str) -> None:
    image = halves((0, 0, 0, 255), (0, 0, 0, 0), "RGBA")
    made = decoding.small(saved(image, kind, **LOSSLESS[kind]), 4, 1)
    assert (made[0, :, 0] > 128).tolist() == [False, False, True, True]


@pytest.mark.parametrize(("mode", "kind"), [("I;16", "<u2"), ("I;16B", ">u2")])
def test_greys_of_16_bits_keep_their_upper_half(mode: str, kind: str) -> None:
    greys = np.repeat(np.array([[0, 20_000, 40_000, 65_535]], kind), 4, axis=0)
    data = saved(Image.frombytes(mode, (4, 4), greys.tobytes()), "TIFF")
    np.testing.assert_array_equal(decoding.small(data, 4, 1)[0, :, 0], [0, 78, 156, 255])


def test_every_format_is_found_by_its_name_in_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    kinds = {"a.PNG": "PNG", "b.jpeg": "JPEG", "c.bmp": "BMP", "d.GIF": "GIF", "e.tif": "TIFF", "f.tiff": "TIFF"}
    files = {f"g/c/{name}": image_bytes(kind) for name, kind in {**kinds, "g.webp": "WEBP"}.items()}
    write(tmp_path / "images", files)
    for path in (tmp_path / "images", zipped(tmp_path / "x.zip", files)):
        pictures = read(path)
        assert (len(pictures.pixels), pictures.skipped) == (7, "")
        assert np.abs(pictures.pixels.astype(int) - pictures.pixels[0]).max() <= 8  # JPEG and WebP lose a little


def test_what_an_earlier_version_left_out_of_a_zip_is_not_taken_from_its_cache(tmp_path: Path, monkeypatch) -> None:
    path, cache = zipped(tmp_path / "x.zip", {"g/c/1.png": image_bytes(), "g/c/2.webp": image_bytes("WEBP")}), tmp_path
    with monkeypatch.context() as earlier:
        earlier.setattr(sources, "SUFFIXES", (".png", ".jpg", ".jpeg", ".bmp"))
        earlier.setattr(shelf, "VERSION", 1)
        assert len(finished(ImagesInMemory(), Wanted(str(path), 8, 1), cache).pixels) == 1
    assert len(finished(ImagesInMemory(), Wanted(str(path), 8, 1), cache).pixels) == 2


def disc(width: int, height: int) -> bytes:
    """A white sheet with a round black disc in its middle."""
    y, x = np.mgrid[:height, :width]
    far = np.hypot(x - width / 2 + 0.5, y - height / 2 + 0.5) > 0.4 * min(width, height)
    written = io.BytesIO()
    Image.fromarray(np.where(far, 255, 0).astype(np.uint8)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(("width", "height"), [(200, 100), (100, 200)])
def test_a_picture_for_a_task_keeps_its_shape_in_the_middle_of_a_square(width: int, height: int) -> None:
    others = np.zeros((1, 28 * 28), np.float32)
    others[0, 400:410] = 1.0
    made = picture_like(others, disc(width, height)).reshape(28, 28)
    across, down = (made > 0.5).any(axis=0), (made > 0.5).any(axis=1)
    assert across.sum() == down.sum()
    assert np.array_equal(across, across[::-1])
    assert made[[0, 0, -1, -1], [0, -1, 0, -1]].max() == 0.0  # paper all around
    squeezed = picture_like(others, disc(width, height), pads=False).reshape(28, 28)  # as images of a file are
    assert (squeezed > 0.5).any(axis=0).sum() != (squeezed > 0.5).any(axis=1).sum()


def written(pixels: np.ndarray) -> bytes:
    """A PNG of greys (height, width), or of colours (height, width, 3)."""
    file = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def drawings(is_light: bool) -> np.ndarray:
    """A task's own, on plain paper."""
    others = np.zeros((3, 28 * 28), np.float32)
    others[:, 300:420] = 1.0
    return 1.0 - others if is_light else others


@pytest.mark.parametrize("is_light", [False, True])
def test_a_photograph_of_a_drawing_has_the_paper_and_the_ink_of_the_others(is_light: bool) -> None:
    rng = np.random.default_rng(0)
    sheet = 198 + rng.normal(0, 5, (280, 280)) + np.linspace(-12, 12, 280)  # light falls on it from one side
    sheet[60:220, 120:160] = 70
    made = picture_like(drawings(is_light), written(sheet)).reshape(28, 28)
    ink = 1.0 - made if is_light else made
    assert ink[7:21, 13:15].min() > 0.9
    assert ink[:, :10].max() < 0.1
    assert ink[:, 18:].max() < 0.1


def test_ink_as_light_as_its_coloured_paper_can_be_read() -> None:
    sheet = np.full((280, 280, 3), (20, 160, 60))
    sheet[60:220, 120:160] = (220, 80, 40)
    made = picture_like(drawings(is_light=False), written(sheet)).reshape(28, 28)
    assert made[7:21, 13:15].min() > 0.9
    assert made[:, :10].max() == 0.0


def test_an_empty_sheet_stays_one() -> None:
    rng = np.random.default_rng(0)
    assert picture_like(drawings(is_light=False), written(np.full((90, 90), 255))).max() == 0.0
    assert picture_like(drawings(is_light=False), written(200 + rng.normal(0, 3, (280, 280)))).max() == 0.0


def test_among_pictures_that_are_no_drawings_greys_stay_as_they_are() -> None:
    others = np.linspace(0.2, 0.8, 3 * 28 * 28, dtype=np.float32).reshape(3, -1)
    made = picture_like(others, written(np.full((28, 28), 128)))
    assert made == pytest.approx(np.full(28 * 28, 128 / 255), abs=0.01)


def test_among_pictures_in_colour_a_file_keeps_its_colours_unless_they_are_negatives() -> None:
    dark = np.zeros((1, 28 * 28 * 3), np.float32)
    dark[0, 1000:1200] = 1.0
    sheet = np.full((28, 28, 3), (250, 240, 230))
    sheet[10:18, 10:18] = (200, 0, 0)
    made = picture_like(dark, written(sheet)).reshape(28, 28, 3)
    assert made[14, 14] == pytest.approx([200 / 255, 0, 0], abs=0.01)
    assert made[0, 0] == pytest.approx([250 / 255, 240 / 255, 230 / 255], abs=0.01)
    assert picture_like(dark, written(sheet), inverts=True).reshape(28, 28, 3) == pytest.approx(1.0 - made)


def test_a_line_of_pixels_is_padded_without_a_square_of_its_length() -> None:
    assert picture_like(np.zeros((1, 28 * 28), np.float32), disc(200_000, 1)).shape == (28 * 28,)


def damaged(rng: np.random.Generator, data: bytes) -> bytes:
    """Bytes changed, cut or doubled."""
    values = bytearray(data)
    for place in rng.integers(0, len(values), rng.integers(1, 12)):
        values[place] = rng.integers(256)
    start, end = sorted(rng.integers(0, len(values), 2).tolist())
    return bytes([values, values[:end], values[:start] + values[end:], values[:end] + values[start:]][rng.integers(4)])


def test_hundreds_of_damaged_images_are_read_or_skipped_and_nothing_else() -> None:
    rng = np.random.default_rng(7)
    whole = [image_bytes(kind, side=24) for kind in decoding.FORMATS]
    outcomes = {"read": 0, "skipped": 0}
    for number in range(450):
        try:
            pixels = decoding.small(damaged(rng, whole[number % len(whole)]), 8, 1 + 2 * (number % 2))
        except decoding.Unusable:
            outcomes["skipped"] += 1
        else:
            assert pixels.shape[:2] == (8, 8)
            outcomes["read"] += 1
    assert min(outcomes.values()) > 20


def test_hundreds_of_damaged_zips_are_read_or_refused_in_one_line(tmp_path: Path) -> None:
    rng, outcomes, lines = np.random.default_rng(8), {"read": 0, "refused": 0}, []
    whole, path = zipped(tmp_path / "whole.zip", good_files()).read_bytes(), tmp_path / "x.zip"
    for _ in range(300):
        path.write_bytes(damaged(rng, whole))
        try:
            read(path)
        except SettingError as error:
            outcomes["refused"] += 1
            lines.append(str(error))
        else:
            outcomes["read"] += 1
    assert min(outcomes.values()) > 20
    assert not any("\n" in line or len(line) > 400 for line in lines)


# --- read once --------------------------------------------------------------------------------------


def test_a_folder_that_goes_away_while_it_is_read_is_said_in_one_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("metalearn_gui.engine.images.reading.SHOWN_SECONDS", 0.0)
    write(tmp_path / "images", good_files())
    reading = ImagesInMemory().reading(Wanted(str(tmp_path / "images"), 8, 1))
    while next(reading).done < 2:
        pass
    shutil.rmtree(tmp_path / "images")
    with pytest.raises(SettingError, match="there is no such file or folder; choose another one"):
        list(reading)


def test_reading_says_how_far_it_is_and_can_be_stopped(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("metalearn_gui.engine.images.reading.SHOWN_SECONDS", 0.0)
    path, held = zipped(tmp_path / "x.zip", good_files()), ImagesInMemory()
    wanted = Wanted(str(path), 8, 1)
    stopped = held.reading(wanted)
    assert [next(stopped).done for _ in range(4)] == [0, 0, 1, 2]
    stopped.close()
    assert held.find(wanted) is None
    assert [(one.done, one.total) for one in held.reading(wanted)][-1] == (6, 6)
    assert held.find(wanted) is not None


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """One entry for every image that was decoded."""
    calls: list[int] = []
    small = decoding.small

    def counting(data: bytes, size: int, channels: int) -> np.ndarray:
        calls.append(size)
        return small(data, size, channels)

    monkeypatch.setattr("metalearn_gui.engine.images.reading.small", counting)
    return calls


def finished(held: ImagesInMemory, wanted: Wanted, cache: Path | None) -> Pictures:
    for _ in held.reading(wanted, cache):
        pass
    found = held.find(wanted)
    assert found is not None
    return found


def test_the_same_contents_are_decoded_once_wherever_they_lie(tmp_path: Path, decoded: list[int]) -> None:
    first, second, cache = tmp_path / "a.zip", tmp_path / "b.zip", tmp_path / "cache"
    zipped(first, good_files())
    one = finished(ImagesInMemory(), Wanted(str(first), 8, 1), cache)
    shutil.move(first, second)
    other = finished(ImagesInMemory(), Wanted(str(second), 8, 1), cache)
    assert len(decoded) == 6
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert (one.names, one.skipped, one.has_light_paper) == (other.names, other.skipped, other.has_light_paper)


def test_other_contents_or_sizes_are_read_anew(tmp_path: Path, decoded: list[int]) -> None:
    path, cache, held = tmp_path / "images", tmp_path / "cache", ImagesInMemory()
    write(path, good_files())
    finished(held, Wanted(str(path), 8, 1), cache)
    finished(held, Wanted(str(path), 9, 1), cache)
    write(path, {"group/class0/0.png": image_bytes(shade=200)})
    finished(held, Wanted(str(path), 8, 1), cache)
    assert len(decoded) == 18


def test_what_is_in_memory_stays_where_its_file_is_gone(tmp_path: Path) -> None:
    path, held = zipped(tmp_path / "x.zip", good_files()), ImagesInMemory()
    pictures = held.pictures(Wanted(str(path), 8, 1))
    path.unlink()
    assert held.pictures(Wanted(str(path), 8, 1)) is pictures


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda data: b"", lambda data: data[:-300] + bytes(300)])
def test_a_damaged_cache_is_read_over(tmp_path: Path, decoded: list[int], damage) -> None:
    path, cache = zipped(tmp_path / "x.zip", good_files()), tmp_path / "cache"
    finished(ImagesInMemory(), Wanted(str(path), 8, 1), cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    assert len(finished(ImagesInMemory(), Wanted(str(path), 8, 1), cache).pixels) == 6
    assert len(decoded) == 12


def test_the_cache_stays_bounded_and_loses_what_was_not_used_for_longest(tmp_path, decoded, monkeypatch) -> None:
    cache, paths = tmp_path / "cache", []
    for number in range(3):
        paths.append(zipped(tmp_path / f"{number}.zip", {f"a/{number}/{one}.png": image_bytes() for one in range(2)}))
        if number == 2:
            finished(ImagesInMemory(), Wanted(str(paths[0]), 8, 1), cache)  # used again
            monkeypatch.setattr(shelf, "MAX_BYTES", sum(place.stat().st_size for place in cache.iterdir()) + 100)
        finished(ImagesInMemory(), Wanted(str(paths[number]), 8, 1), cache)
        if number < 2:
            newest = max(cache.iterdir(), key=lambda place: place.stat().st_mtime)
            os.utime(newest, (number + 1, number + 1))
    assert len(list(cache.iterdir())) == 2
    decoded.clear()
    for path in (paths[0], paths[2], paths[1]):
        finished(ImagesInMemory(), Wanted(str(path), 8, 1), cache)
    assert len(decoded) == 2


def test_a_cache_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    path = zipped(tmp_path / "x.zip", good_files())
    assert len(finished(ImagesInMemory(), Wanted(str(path), 8, 1), tmp_path / "cache").pixels) == 6


def test_the_bounds_are_those_of_the_line(tmp_path: Path) -> None:
    assert archive.MAX_ENTRIES >= 100_000
    assert 100_000 * 28 * 28 < 400e6
