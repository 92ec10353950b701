"""Where a report goes: ``--output FILE``, else stdout."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from cryotui.model.errors import UsageError
from cryotui.tui.terminal import ascii_mode, to_ascii


def checked(name: str | None) -> Path | None:
    """The file to write, known to be writable before the server is asked anything; None for stdout. Raises UsageError."""
    if name in (None, "-"):
        return None
    path = Path(str(name))
    if path.is_dir():
        raise UsageError(f"{path} is a folder; --output wants a file.")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: {path.parent} is no folder we may write to.")
    return path


def write(text: str, output: Path | None) -> None:
    """The report to its file, whole or not at all, or to stdout in what the terminal can show."""
    if output is None:
        if ascii_mode(os.environ, sys.stdout.encoding):
            text = "".join(to_ascii(line) for line in text.splitlines(keepends=True))
        sys.stdout.write(text)
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=output.parent, prefix=f".{output.name}.", delete=False
    ) as file:
        file.write(text)
    Path(file.name).replace(output)
