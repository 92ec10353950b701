"""VACUUM and ANALYZE in one go."""

from __future__ import annotations

from dataclasses import replace

from cryotui.actions import effects, vacuum
from cryotui.actions.maintenance import Maintenance

ACTION: Maintenance = replace(
    vacuum.ACTION,
    name="vacuum-analyze",
    title="VACUUM ANALYZE",
    verb="VACUUM ANALYZE",
    button="VACUUM ANALYZE",
    about="Makes the space of dead rows usable again, then takes new statistics for the planner.",
    statement="VACUUM (VERBOSE, ANALYZE) {};",
    check=effects.vacuumed_and_analyzed,
    expected=effects.expects_both,
    done="vacuumed and analyzed",
)
