"""The image of a request: known by the SHA-256 of its file, which is kept as it was sent."""

from enum import StrEnum

from pydantic import BaseModel, Field

from bot.errors import AssistantError
from index.directive import FROZEN

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGE = f"The file has more than {LARGEST_FILE // 2**20} MB. Make the image smaller."
IMAGE = "Image"  # its label wherever a content is told


class Kind(StrEnum):
    """The types of files that are taken, as HTTP names them."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return {Kind.JPEG: "jpg", Kind.PNG: "png", Kind.WEBP: "webp"}[self]


class Holds(StrEnum):
    """What a file holds beside the image that is shown."""

    PLACE = "the place where it was taken"
    SECOND = "a second picture, as some phones write it, which is not shown here"


class Image(BaseModel):
    """What is known of an image: ``size`` in bytes, ``width`` and ``height`` in pixels."""

    model_config = FROZEN

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    kind: Kind
    size: int = Field(ge=1)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    holds: tuple[Holds, ...] = ()

    @property
    def facts(self) -> str:
        """Its type and sizes in words."""
        size = f"{self.size / 1e6:.1f} MB" if self.size >= 1e5 else f"{self.size / 1e3:.1f} kB"
        return f"{self.kind.name}, {self.width:,} × {self.height:,} pixels, {size}"

    @property
    def words(self) -> str:
        """How a content names it: type, sizes, the SHA-256 of the file, and what else it holds."""
        more = [f"The file also holds {one.value}." for one in self.holds]
        return "\n".join((f"{self.facts}.", f"SHA-256 {self.sha256}", *more))


class ImageRefused(AssistantError):
    """A file that is not taken; the message says why and what to do, and is fit to show."""


class ImageGone(AssistantError):
    """An image that is not on file any more, or not as it was sent; the message is fit to show."""
