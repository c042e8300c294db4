"""A form as a browser sends it with a file: read as it comes, and no more of it than is let in.

The file stands last in the form. One that is too large is cut off there, so that nothing that was
typed before it is lost.
"""

import re
from collections.abc import AsyncGenerator, Mapping
from typing import NamedTuple

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.approvals.image import LARGEST_FILE

FILE = "file"
LARGEST_BODY = 256 * 1024
MOST_FIELDS = 200
# Read and dropped, so that a browser gets to see the answer: of whoever may bring a file, and else.
DRAINED, DRAINED_ELSE = 64 * 1024 * 1024, 8 * 1024 * 1024
_TAKING = re.compile(r"/requests/(new|[^/]+/change)|/desk/add")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.IGNORECASE)
_UNREADABLE = "This form cannot be read. Open the page again."


class Sent(NamedTuple):
    """What a form holds: ``file`` is None where none was chosen, and ``cut``: it was too large.

    What was not let in, or was too large, is not kept: then ``file`` is empty. ``name`` is what the
    browser calls it, which is text of somebody and no path.
    """

    form: FormData
    file: bytes | None = None
    cut: bool = False
    name: str = ""


class _Parser(MultiPartParser):
    """Keeps what is sent in memory: a file does not pass through a folder of others."""

    spool_max_size = DRAINED


def streams(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is a form that may bring a file, whose body its page reads by ``sent``."""
    kind = headers.get("content-type", "").lower()
    return (
        method == "POST"
        and kind.startswith("multipart/form-data")
        and _TAKING.fullmatch(path) is not None
    )


async def sent(request: Request, *, file: bool, most: int = LARGEST_FILE) -> Sent:
    """Return what was sent; ``file``: one is let in. Raise HTTPException for what cannot be read.

    ``most`` is how many bytes the file may have.
    Without ``file`` a form has at most 256 KB, and what file it brings is dropped.
    """
    if not streams(request.method, request.url.path, request.headers):
        return Sent(await request.form(max_files=0, max_fields=MOST_FIELDS))
    boundary = _BOUNDARY.search(request.headers["content-type"])
    if boundary is None:
        raise HTTPException(400, _UNREADABLE)
    length = request.headers.get("content-length", "0")
    body = _Body(request, boundary[1], most if file else 0)
    if length.isdecimal() and int(length) > body.drained:
        raise HTTPException(413, body.too_much)
    try:
        parser = _Parser(request.headers, body.stream(), max_files=1, max_fields=MOST_FIELDS)
        form = await parser.parse()
    except MultiPartException:
        raise HTTPException(400, _UNREADABLE) from None
    given, data, name = form.get(FILE), None, ""
    if isinstance(given, UploadFile):
        name = given.filename or ""
        if given.filename or given.size:
            data = await given.read() if file and not body.cut else b""
    elif body.cut:
        raise HTTPException(413)
    await form.close()
    return Sent(form, data, body.cut, name)


class _Body:
    """A body that ends where it becomes too large: with its boundary, as if it ended there."""

    def __init__(self, request: Request, boundary: str, most: int) -> None:
        self.cut = False
        self.drained = DRAINED if most else DRAINED_ELSE
        self.too_much = (
            f"A file may have at most {most // 2**20} MB. Go back and choose a smaller one."
            if most
            else None
        )
        self._request = request
        self._most = LARGEST_BODY + most
        self._end = f"\r\n--{boundary}--\r\n".encode()

    async def stream(self) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in self._request.stream():
            size += len(chunk)
            if size > self.drained:
                raise HTTPException(413, self.too_much)
            if size <= self._most:
                yield chunk
            self.cut = size > self._most
        if self.cut:
            yield self._end
