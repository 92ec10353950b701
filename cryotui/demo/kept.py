"""A directory in which a demo is kept: whose it is, and whether the laboratory in it is complete."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryotui.demo.account import server_account
from cryotui.demo.place import lock, make_reachable
from cryotui.demo.supervisor import end_leftover, remove
from cryotui.model.errors import UsageError

MARKER = "cryotui-demo.json"
LABORATORY = 1  # rises when the laboratory changes so much that a kept one is of no use
CONFIG = "config.yaml"
CONTENTS = ("data", "archive", "dumps")


def claim(directory: Path, version: str) -> bool:
    """Whether a complete laboratory lies there. If not, the directory is a demo's and without data afterwards.

    ``version`` is that of the server that will run. Raises UsageError for a directory that is not empty and not a
    demo's, that cannot be used, or that holds another PostgreSQL major or another laboratory; CryotuiError when another
    demo uses it.
    """
    try:
        others = directory.exists() and any(path.name != "lock" for path in directory.iterdir())
        if others and _state(directory) is None:
            raise UsageError(f"{directory} is not empty and not of a demo. Take a new or an empty directory.")
        make_reachable(directory, server_account())
        held = lock(directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot hold a demo: {error.strerror}.") from None
    try:
        state = _state(directory) or {}
        if not state.get("complete"):
            end_leftover(directory / "data")
            remove([str(directory / name) for name in CONTENTS])
            mark(directory, version, complete=False)
            return False
    finally:
        os.close(held)
    if (state.get("laboratory"), state.get("major")) != (LABORATORY, _major(version)):
        raise UsageError(
            f"{directory} holds laboratory {state.get('laboratory')} on PostgreSQL {state.get('major')}; this is "
            f"laboratory {LABORATORY} on PostgreSQL {version}. Remove it, or take another directory."
        )
    return True


def mark(directory: Path, version: str, complete: bool) -> None:
    """Write down what lies in the directory."""
    state = {"laboratory": LABORATORY, "major": _major(version), "complete": complete}
    draft = directory / f"{MARKER}.new"
    draft.write_text(json.dumps(state) + "\n")
    draft.replace(directory / MARKER)


def _state(directory: Path) -> dict[str, object] | None:
    """What was written down, None when that is nothing that `mark` wrote."""
    try:
        state = json.loads((directory / MARKER).read_text())
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def _major(version: str) -> str:
    return version.split(".")[0]
