"""What a file is, by its bytes alone, and how it is shown without what else it holds.

The one module that decodes images. Its callers see to it that one is decoded at a time: a large one
takes some 300 MB of memory meanwhile.
"""

import io
import re
from typing import NamedTuple

from PIL import Image as Pillow
from PIL import ImageOps

from bot.approvals.image import LARGE, LARGEST_FILE, Holds, ImageRefused, Kind

# A JPEG is decoded at the size that is needed, the others at their own.
MOST_PIXELS = {Kind.JPEG: 50_000_000, Kind.PNG: 20_000_000, Kind.WEBP: 20_000_000}
LONGEST_SHOWN = 3_000  # pixels of the longer side
_MOST_SCANS = 100  # a progressive JPEG has some ten; each costs as much time as the whole
_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PLACES = (b"GPSLatitude", b"GPSCoordinates")
_GPS = 0x8825
_TURN = 0x0112
_PAGES = 0xB002

EMPTY = "The file is empty. Choose it again."
OTHER = "This is no JPEG, PNG or WebP image. Choose an image of one of these types."
CUT = "The image is cut off or damaged. Save it again from where it comes from, and choose that."
BEHIND = (
    "Behind the image the file holds something else, such as a short film or another file. Save "
    "the image alone, or make a screenshot of it, and choose that."
)
MOVING = "The file holds several images. Choose one still image."
WIDE = "A {kind} of more than {most} million pixels is not taken. Make the image smaller."
_KNOWN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"....ftyp(hei|hev|mif1|msf1|avi)", re.DOTALL),
        "This is a HEIC or AVIF image, which many browsers do not show. Save or share it as JPEG "
        "first, or make a screenshot of it.",
    ),
    (re.compile(rb"GIF8"), "This is a GIF image. Save it as PNG or JPEG first."),
    (
        re.compile(rb"[\xef\xbb\xbf\s]*<(\?xml|svg|!doctype|!--|html)", re.IGNORECASE),
        "This is a page or a drawing in XML (SVG), which can hold programs. Save it as PNG first.",
    ),
)


class Seen(NamedTuple):
    """What a file is: its type, its size in pixels as it is shown, what else it holds."""

    kind: Kind
    width: int
    height: int
    holds: tuple[Holds, ...]


class Shown(NamedTuple):
    """An image to be shown: drawn anew, so that it holds nothing but the picture.

    ``smaller``: it has fewer pixels than the file.
    """

    kind: Kind
    data: bytes
    smaller: bool


def look(data: bytes) -> Seen:
    """Return what a file is; raise ImageRefused for whatever is not one whole still image."""
    if not data:
        raise ImageRefused(EMPTY)
    if len(data) > LARGEST_FILE:
        raise ImageRefused(LARGE)
    kind = _kind(data)
    try:
        end = _ENDS[kind](data)
        with Pillow.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as opened:
            two = opened.format == "MPO"
            if data[_last(data, opened) if two else end :].strip(b"\0"):
                raise ImageRefused(BEHIND)
            _check_size(opened, kind)
            if getattr(opened, "is_animated", False) and not two:
                raise ImageRefused(MOVING)
            turned = opened.getexif().get(_TURN, 1) in range(5, 9)
            place = bool(opened.getexif().get_ifd(_GPS)) or any(one in data for one in _PLACES)
            width, height = opened.size[::-1] if turned else opened.size
            # A JPEG may be decoded to an eighth of its size: all of it is read all the same.
            opened.draft("RGB", (1, 1))
            opened.load()
    except ImageRefused:
        raise
    except Pillow.DecompressionBombError as error:
        raise ImageRefused(_wide(kind)) from error
    except Exception as error:  # decoders raise almost anything on a file made to break them
        raise ImageRefused(CUT) from error
    holds = [Holds.PLACE] * place + [Holds.SECOND] * two
    return Seen(kind, width, height, tuple(holds))


def drawn(data: bytes) -> Shown:
    """Return an image that was taken as it is shown: upright, and without what else its file holds.

    Raise ImageRefused where the file is no image any more.
    """
    try:
        kind = _kind(data)
        with Pillow.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as opened:
            _check_size(opened, kind)
            smaller = max(opened.size) > LONGEST_SHOWN
            opened.draft("RGB", (LONGEST_SHOWN, LONGEST_SHOWN))
            clear = opened.has_transparency_data
            wanted = "RGBA" if clear else "RGB"
            picture = opened if opened.mode == wanted else opened.convert(wanted)
            turned = opened.getexif().get(_TURN, 1)
            picture.thumbnail((LONGEST_SHOWN, LONGEST_SHOWN))
            picture.getexif()[_TURN] = turned
            ImageOps.exif_transpose(picture, in_place=True)
        picture.info.clear()
        made = io.BytesIO()
        if clear:
            picture.save(made, "PNG")
            return Shown(Kind.PNG, made.getvalue(), smaller)
        picture.save(made, "JPEG", quality=92, subsampling=0)
    except ImageRefused:
        raise
    except Exception as error:
        raise ImageRefused(CUT) from error
    return Shown(Kind.JPEG, made.getvalue(), smaller)


def _kind(data: bytes) -> Kind:
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    for known, sentence in _KNOWN:
        if known.match(data[:400]):
            raise ImageRefused(sentence)
    raise ImageRefused(OTHER)


def _check_size(opened: Pillow.Image, kind: Kind) -> None:
    if opened.width * opened.height > MOST_PIXELS[kind]:
        raise ImageRefused(_wide(kind))


def _wide(kind: Kind) -> str:
    return WIDE.format(kind=kind.name, most=MOST_PIXELS[kind] // 10**6)


def _last(data: bytes, opened: Pillow.Image) -> int:
    """Return where the last picture of a file ends that lists several (CIPA DC-007, MPF)."""
    base = data.index(b"MPF\0") + 4
    pages = opened.mpinfo[_PAGES]  # type: ignore[attr-defined]
    ends = [page["Size"] + (page["DataOffset"] and base + page["DataOffset"]) for page in pages]
    return int(max(ends))


def _jpeg_end(data: bytes) -> int:
    """Return where a JPEG's first picture ends: behind its marker EOI."""
    at, scans = 2, 0
    while True:
        found = _MARKER.search(data, at)
        if found is None:
            raise ImageRefused(CUT)
        marker, at = data[found.start() + 1], found.end()
        if marker == 0xD9:
            return at
        if marker == 0x01:
            continue
        scans += marker == 0xDA
        if scans > _MOST_SCANS:
            raise ImageRefused(CUT)
        at += int.from_bytes(data[at : at + 2], "big")


def _png_end(data: bytes) -> int:
    at = 8
    while True:
        name = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if name == b"acTL":
            raise ImageRefused(MOVING)
        if at > len(data) or not name:
            raise ImageRefused(CUT)
        if name == b"IEND":
            return at


def _webp_end(data: bytes) -> int:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ImageRefused(CUT)
    return end


_ENDS = {Kind.JPEG: _jpeg_end, Kind.PNG: _png_end, Kind.WEBP: _webp_end}
