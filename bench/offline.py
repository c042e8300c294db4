"""``make offline-check``: the main job where there is no network but loopback.

The program starts itself again in a network namespace of its own, raises loopback there, proves
that nothing else is reachable, and then does what a newcomer would do. ``--var DIR`` keeps what it
builds in a folder that is to be used afterwards.
"""

import argparse
import errno
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.machine import ROOT
from bench.serving import RANGE, StepFailed, environment, run, run_json, serving
from index.directive import squeeze

_INSIDE = "--inside"
_OUTSIDE = ("1.1.1.1", 443)
_AT_ONCE = 2.0
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_ORDER = ROOT / "corpus" / "general-orders" / "5.14" / "order.md"


def main() -> int:
    """Return the exit code: 0 when every step passed, 1 with one line otherwise."""
    arguments = argparse.ArgumentParser(prog="bench.offline")
    arguments.add_argument("--var", type=Path, help="where to build; a temporary folder if not")
    arguments.add_argument(_INSIDE, action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    try:
        if not given.inside:
            _go_inside()
        if given.var is not None:
            given.var.mkdir(parents=True, exist_ok=True)
            _steps(given.var.absolute())
        else:
            with tempfile.TemporaryDirectory(prefix="policybot-offline-") as folder:
                _steps(Path(folder))
    except StepFailed as error:
        print(f"offline-check failed: {error}", file=sys.stderr)
        return 1
    print("offline-check passed")
    return 0


def _go_inside() -> None:
    """Become the same program in a new network namespace; returns only by raising StepFailed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        raise StepFailed("'unshare' is not there. Install util-linux (Linux only).")
    flags = ["--net"] if os.geteuid() == 0 else ["--map-root-user", "--net"]
    if subprocess.run([unshare, *flags, "true"], capture_output=True, check=False).returncode:
        raise StepFailed("this machine gives no network namespace. Run it as root.")
    here = [sys.executable, "-m", "bench.offline", *sys.argv[1:], _INSIDE]
    os.execv(unshare, [unshare, *flags, *here])


def _steps(var: Path) -> None:
    _raise_loopback()
    _step("the network is off", _network_is_off)
    _step("install: nothing to do", _nothing_to_install)
    _step("index built", lambda: run(var, "index", "build"))
    clauses = _step("order read", lambda: run_json(var, "directives", "show", "5.14", "--json"))
    answer = _step("question asked", lambda: run_json(var, "ask", "--json", RANGE))
    _step("answer right, every quote verbatim", lambda: _check(answer, clauses))
    with serving(var) as served:
        print(f"ok  serving: {served.line}")
        _step("GET /healthz", lambda: served.get("/healthz"))
        links = _step("POST the question", lambda: _links(served.post("/", {"question": RANGE})))
        _step("GET the citation's link", lambda: served.get(links["/directives/"]))
        _step("GET the request link", lambda: served.get(links["/requests/new"]))
    print("ok  stopped cleanly")


def _step(name: str, do: Callable[[], Any]) -> Any:  # noqa: ANN401
    started = time.monotonic()
    found = do()
    print(f"ok  {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return found


def _raise_loopback() -> None:
    """Raise ``lo``, by the kernel's own call, so that no other program is needed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        try:
            asked = fcntl.ioctl(handle, _SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
            flags: int = struct.unpack("16sH14x", asked)[1] | _IFF_UP
            fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))
        except OSError as error:
            raise StepFailed(f"loopback cannot be raised ({error.strerror})") from None


def _network_is_off() -> None:
    names = {name for _, name in socket.if_nameindex()}
    if names != {"lo"}:
        others = ", ".join(sorted(names - {"lo"}))
        raise StepFailed(f"there are other networks than loopback: {others}")
    started = time.monotonic()
    try:
        socket.create_connection(_OUTSIDE, timeout=_AT_ONCE).close()
    except OSError as error:
        if error.errno == errno.ENETUNREACH and time.monotonic() - started < _AT_ONCE:
            return
        raise StepFailed(f"a public address fails, but not at once ({error})") from None
    raise StepFailed("a public address can be reached, so the network is not off")


def _nothing_to_install() -> None:
    """See what make would do for both commands; only the last step of each may be left."""
    make = shutil.which("make")
    if make is None:
        raise StepFailed("'make' is not there")
    done = subprocess.run(
        [make, "--no-print-directory", "-n", "run", "test"],
        cwd=ROOT,
        env=environment(ROOT / "var"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StepFailed(f"make -n: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    if "pip" in done.stdout or "venv " in done.stdout:
        raise StepFailed("make would install: the lock is newer than what is installed")


def _check(answer: dict[str, Any], order: dict[str, Any]) -> None:
    if answer["verdict"] != "needs_permission":
        raise StepFailed(f"the verdict is {answer['verdict']!r}, not 'needs_permission'")
    if not answer["approval"]["offered"] or not answer["approval"]["url"]:
        raise StepFailed("no request is offered")
    if not answer["citations"]:
        raise StepFailed("nothing is cited")
    source = _ORDER.read_bytes().decode("utf-8")
    spans = {clause["section"]: clause["span"] for clause in order["clauses"]}
    for citation in answer["citations"]:
        start, end = spans[citation["section"]]
        if squeeze(citation["quote"]) not in squeeze(source[start:end]):
            raise StepFailed(f"the quote of {citation['section']} is not verbatim")


def _links(page: str) -> dict[str, str]:
    """Return the console page's first link to a clause and first to the request form."""
    found = {}
    for wanted in ("/directives/", "/requests/new"):
        links = [part.partition('"')[0] for part in page.split('href="')[1:]]
        fitting = [link for link in links if wanted in link and "?" in link]
        if not fitting:
            raise StepFailed(f"the console's answer has no link to {wanted}")
        found[wanted] = fitting[0].replace("&amp;", "&")
    return found


if __name__ == "__main__":
    sys.exit(main())
