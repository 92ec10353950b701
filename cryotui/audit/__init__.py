"""Rules about what is wrong with a database, as data, and the engine that runs them.

``audit(connection, select())`` is the whole of it; ``cryotui audit`` and the console call the same.
"""

from cryotui.audit.engine import audit
from cryotui.audit.rulebook import faults, rule, rules, select
from cryotui.audit.running import run
from cryotui.pg.verbatim import Connection, opened

__all__ = ["Connection", "audit", "faults", "opened", "rule", "rules", "run", "select"]
