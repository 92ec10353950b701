"""VACUUM FREEZE: take a table's old transaction ids out of the race against wraparound."""

from __future__ import annotations

from dataclasses import replace

from cryotui.actions import effects, vacuum
from cryotui.actions.maintenance import Maintenance

ACTION: Maintenance = replace(
    vacuum.ACTION,
    name="vacuum-freeze",
    title="VACUUM FREEZE",
    verb="VACUUM FREEZE",
    button="VACUUM FREEZE",
    about="Freezes every row that all sessions see, so that the table's xid age falls. Reads the whole table.",
    statement="VACUUM (FREEZE, VERBOSE) {};",
    check=effects.frozen,
    expected=effects.expects_freeze,
    done="frozen",
)
