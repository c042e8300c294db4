"""Image files as phones and programs write them, and files that only look like some."""

import io
import random
import resource
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from PIL import Image as Pillow


@cache
def image(kind: str = "JPEG", *, seed: int = 1, place: bool = False, width: int = 120) -> bytes:
    """Return a small image, another for each seed; ``place``: with the coordinates of a place."""
    picture = Pillow.radial_gradient("L").resize((width, 80)).point(lambda v: (v * seed) % 256)
    exif = Pillow.Exif()
    exif[0x010F] = "Maker of this camera"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 10.0, 30.0), 3: "W", 4: (73.0, 12.0, 0.0)})
    made = io.BytesIO()
    picture.convert("RGB").save(made, kind, exif=exif)
    return made.getvalue()


def noise() -> bytes:
    """Return an image of more than 5 MB, which nothing makes smaller."""
    made = io.BytesIO()
    Pillow.frombytes("RGB", (1400, 1300), random.Random(514).randbytes(1400 * 1300 * 3)).save(
        made, "PNG", compress_level=0
    )
    return made.getvalue()


@contextmanager
def little_room(most: int = 4 * 2**20) -> Iterator[None]:
    """Let the kernel refuse this process every file that grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def turned() -> bytes:
    """Return a JPEG of 120 by 80 pixels that a phone held upright has marked as such."""
    exif = Pillow.Exif()
    exif[0x0112] = 6
    made = io.BytesIO()
    Pillow.open(io.BytesIO(image())).save(made, "JPEG", exif=exif)
    return made.getvalue()


def clear() -> bytes:
    """Return a PNG that one can see through."""
    made, exif = io.BytesIO(), Pillow.Exif()
    exif[0x010F] = "Maker of this camera"
    Pillow.new("RGBA", (20, 20), (200, 0, 0, 90)).save(made, "PNG", exif=exif)
    return made.getvalue()


def two() -> bytes:
    """Return a JPEG with a second picture in it, listed as phones do."""
    first, second = (Pillow.open(io.BytesIO(image(seed=seed))) for seed in (2, 3))
    made = io.BytesIO()
    first.save(made, "MPO", save_all=True, append_images=[second])
    return made.getvalue()


def moving(kind: str) -> bytes:
    """Return an animated PNG or WebP."""
    first, second = (Pillow.open(io.BytesIO(image(seed=seed))) for seed in (2, 3))
    made = io.BytesIO()
    first.save(made, kind, save_all=True, append_images=[second])
    return made.getvalue()


def bomb() -> bytes:
    """Return a PNG of a few bytes that says that it has 3,600 million pixels."""
    return _png(struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0), zlib.compress(b"\0" * 100))


def scans() -> bytes:
    """Return a JPEG that would be decoded hundreds of times over."""
    made = io.BytesIO()
    Pillow.open(io.BytesIO(image())).save(made, "JPEG", progressive=True)
    data = made.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 200 + data[-2:]


def _png(header: bytes, data: bytes) -> bytes:
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC = b"\0\0\0\x24ftypheic\0\0\0\0" + b"\0" * 200
PROGRAM = b"MZ\x90\0" + b"\0" * 500
FILM = b"\0\0\0\x18ftypmp42" + b"film" * 100
