"""A directory in which a demo is kept: whose it is, and whether the laboratory in it is complete."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryotui.demo.place import lock
from cryotui.demo.supervisor import end_leftover, remove
from cryotui.model.errors import UsageError

MARKER = "cryotui-demo.json"
LABORATORY = 1  # rises when the laboratory's data change so much that a kept one is of no use
CONTENTS = ("data", "archive", "dumps")


def claim(directory: Path, version: str) -> bool:
    """Whether a complete laboratory lies there. If not, the directory is empty afterwards and marked as a demo's.

    ``version`` is that of the server that will run. Raises UsageError for a directory that is not empty and not a
    demo's, and for one of another PostgreSQL major or another laboratory; CryotuiError when another demo uses it.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = {path.name for path in directory.iterdir()}
        if names and MARKER not in names:
            raise UsageError(f"{directory} is not empty and not of a demo. Take a new or an empty directory.")
        mark(directory, version, complete=False) if not names else None
        held = lock(directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot hold a demo: {error.strerror}") from None
    try:
        state = json.loads((directory / MARKER).read_text())
        if state["complete"]:
            same = state["laboratory"] == LABORATORY and state["major"] == version.split(".")[0]
            if same:
                return True
            raise UsageError(
                f"{directory} holds a demo of PostgreSQL {state['major']}, laboratory {state['laboratory']}; this is "
                f"PostgreSQL {version}, laboratory {LABORATORY}. Remove it, or take another directory."
            )
        end_leftover(directory / "data")
        remove([str(directory / name) for name in CONTENTS])
        mark(directory, version, complete=False)
        return False
    finally:
        os.close(held)


def mark(directory: Path, version: str, complete: bool) -> None:
    """Write down what lies in the directory."""
    state = {"laboratory": LABORATORY, "major": version.split(".")[0], "complete": complete}
    draft = directory / f"{MARKER}.new"
    draft.write_text(json.dumps(state) + "\n")
    draft.replace(directory / MARKER)
