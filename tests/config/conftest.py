"""A configuration file of one's own, read with nothing else around it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cryotui.config import Loaded, examine


class Reader:
    """Writes a text to a file and reads it as the configuration of a user with an empty home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "config.yaml"
        self.environ = {"HOME": str(folder)}

    def write(self, text: str | bytes, mode: int = 0o600) -> Path:
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.file.chmod(mode)
        return self.file

    def __call__(self, text: str | bytes, environ: Mapping[str, str] | None = None, **overrides: object) -> Loaded:
        self.write(text)
        return examine(self.file, {**self.environ, **(environ or {})}, overrides)

    def problem(self, text: str | bytes) -> str:
        """The one problem of a text, without the name of the file."""
        problems = self(text).problems
        assert len(problems) == 1, problems
        return problems[0].removeprefix(f"{self.file}:")


@pytest.fixture
def reading(tmp_path: Path) -> Reader:
    return Reader(tmp_path)
