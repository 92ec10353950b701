"""The vitals about backups, by the verdict of the Backups pane: the newest one, and the last restore that was proved."""

from __future__ import annotations

import math

from cryotui.model import units
from cryotui.model.backup import SourceState
from cryotui.model.pane import Moment
from cryotui.model.text import one_line
from cryotui.panes.backup_verdict import age_of, overall, sources
from cryotui.panes.vital_grid import Vital


def newest_backup(moment: Moment) -> tuple[SourceState, float | None] | None:
    """The source that holds the newest whole backup, and its age in seconds; None where none is known."""
    holding = [(state, age_of(state.newest, moment)) for state in sources(moment) or () if state.newest is not None]
    return min(holding, key=lambda found: math.inf if found[1] is None else found[1], default=None)


def newest_backup_vital(moment: Moment) -> Vital:
    """Its age and where it lies; unknown while a source cannot be read, as nobody knows what that one holds."""
    label, states, found = "newest backup", sources(moment), newest_backup(moment)
    if states is None:
        return Vital(label, units.UNKNOWN, words="looking")
    if not states:
        whole = "none known: no source configured"
        return Vital(label, units.UNKNOWN, words="none known", mark="unknown", wide_words=whole)
    mark, verdict = overall(moment)
    dark = sum(1 for state in states if state.unreadable)
    if dark:
        of = f"{dark} of {len(states)}"
        known = f"in {one_line(found[0].name)} {units.age(found[1])}" if found else "none known"
        sources_words = "source" if len(states) == 1 else "sources"
        return Vital(label, "unknown", words=f"{of} dark", mark=mark, wide_words=f"{of} {sources_words} dark; {known}")
    if found is None:
        place = one_line(states[0].name) if len(states) == 1 else f"{len(states)} sources"
        return Vital(label, "none", words=f"in {place}", mark=mark, wide_words=f"none whole in {place}")
    name = one_line(found[0].name)
    return Vital(label, units.age(found[1]), words=name, mark=mark, wide_words=f"in {name}; {verdict}")


def proved_restore_vital() -> Vital:
    """No restore was made and compared by this console yet."""
    return Vital("proved restore", "none yet", words="", wide_words="none was restored and compared")
