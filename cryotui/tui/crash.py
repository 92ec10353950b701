"""A fault of our own: kept in a file for its owner only, without secrets; on the screen it is one sentence."""

from __future__ import annotations

import traceback

from cryotui.model.secrets import MASK, redact
from cryotui.model.text import clean
from cryotui.pg.destination import Destination
from cryotui.tui.taking import write_private


def sentence(error: BaseException, target: Destination) -> str:
    """What is said of it on the terminal; what happened is kept."""
    return f"cryotui ended by a fault of its own: {type(error).__name__}. {note(error, target)}"


def note(error: BaseException, target: Destination) -> str:
    """Keep what happened, without values of variables and without secrets; gives the sentence that says where."""
    text = _redacted("".join(traceback.format_exception(error, limit=30)), target)
    path = target.settings.state_folder / "crash.txt"
    try:
        write_private(path, text)
    except OSError:
        return _redacted(str(error), target)[:200]
    return f"What happened is in {path}."


def _redacted(text: str, target: Destination) -> str:
    """Without secrets: what looks like one, and the password of this target wherever it stands."""
    password = target.spec.password
    shown = redact(clean(text))
    return shown.replace(password.reveal(), MASK) if password else shown
