"""Words that open no console: a verb that stands too late, or one that is mistyped."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

NEAR = 0.7
"""The least likeness (difflib's ratio) of a mistyped verb: shwo is 0.75 like show."""


def unreadable(words: Sequence[str], verbs: Sequence[str]) -> str | None:
    """The sentence for words that the console does not know, None when no verb is in sight."""
    late = next((at for at, word in enumerate(words) if word in verbs), None)
    if late is not None:
        return _first(words, late)
    near = nearest(words[0], verbs)
    return f"{words[0]} is no verb. Is {near} meant?" if near else None


def mistaken(words: Sequence[str], args: argparse.Namespace, verbs: Sequence[str]) -> str | None:
    """The sentence for a target that is a verb, or nearly one and nothing that is known by that name."""
    word = args.target
    if word is None:
        return None
    if word in verbs:
        return _first(words, len(words) - 1 - list(reversed(words)).index(word))
    near = nearest(word, verbs)
    if near is None or _known(word, args.config):
        return None
    return f"{word} is no verb and no target. Is {near} meant?"


def _first(words: Sequence[str], at: int) -> str:
    """What stands before the verb belongs behind it; an address or a pair is not repeated, it may hold a password."""
    before = [word for word in words[:at] if "://" not in word and "=" not in word]
    return f"The verb comes first: {' '.join(['cryotui', words[at], '...', *before])}"


def nearest(word: str, verbs: Sequence[str]) -> str | None:
    """The known word that is most like a mistyped one; None when none is near."""
    if word.startswith("-") or any(sign in word for sign in "=:/@"):
        return None
    import difflib

    return next(iter(difflib.get_close_matches(word.lower(), verbs, 1, NEAR)), None)


def _known(word: str, file: str | None) -> bool:
    # most words are near no verb, and the first frame does not wait for the configuration
    from cryotui import config
    from cryotui.model.folders import home
    from cryotui.pg.servicefile import service_names

    settings, _ = config.load_tolerant(file=file, environ=os.environ)
    return word in settings.targets or word in service_names(environ=os.environ, home=home(os.environ))
