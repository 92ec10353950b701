"""What stands in a pane or a section when its question could not be answered: what, who can mend it, how, what instead."""

from __future__ import annotations

import textwrap

from cryotui.model.pane import Block, Line, Prose
from cryotui.model.sample import Missing
from cryotui.model.text import one_line

LABEL = 18
"""Cells of the labels: ``What is missing`` and three blanks."""


def absent_blocks(pane_title: str, missing: Missing, width: int) -> list[Block]:
    """The blocks of a pane whose question has no answer, in the form of the screens: one fact, then labelled lines.

    ``pane_title`` is the pane's or section's title as a plural (``Statements``), ``width`` the cells of the body. The SQL of
    the remedy is never cut: it goes on in further lines.
    """
    sentence = one_line(missing.sentence)
    head = f"{pane_title} cannot be shown: {sentence}" if not sentence.startswith(pane_title) else sentence
    lines: list[Line] = [(("", "text"),)]
    for index, part in enumerate(_wrapped(head, width - 3)):
        lines.append((((" ? " if index == 0 else "   ") + part, "bold"),))
    facts = [
        (label, value)
        for label, value in (("Who can mend it", missing.who), ("How", missing.remedy), ("Instead", missing.instead))
        if value
    ]
    if facts:
        lines.append((("", "text"),))
    for label, value in facts:
        for index, part in enumerate(_wrapped(value, width - 3 - LABEL)):
            lines.append(
                (
                    ("   " + (label if index == 0 else "").ljust(LABEL), "quiet"),
                    (part, "primary" if label == "How" else "text"),
                )
            )
    return [Prose(tuple(lines), key=("absent", pane_title), mark="unknown")]


def absent_line(what: str, missing: Missing, width: int) -> Line:
    """The same for one section, in one line: what is not shown and why."""
    text = f"{what} cannot be shown: {one_line(missing.sentence)}"
    return ((" ? " + textwrap.shorten(text, max(width - 3, 10), placeholder=" …"), "quiet"),)


def _wrapped(text: str, width: int) -> list[str]:
    return [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, max(width, 16), break_long_words=True, break_on_hyphens=False) or [""]
    ]
