"""Apply the fix of an audit finding where it is maintenance alone, so that nothing is taken away.

VACUUM, ANALYZE, an index built concurrently, a constraint validated, a storage option reset, an invalid index dropped.
"""

from __future__ import annotations

from cryotui.actions.fixing import FIELDS, ApplyFix
from cryotui.model.action import Level

ACTION = ApplyFix(
    name="apply-gentle-fix",
    title="Apply the fix (maintenance)",
    verb="Fix",
    button="Fix",
    key="",
    level=Level.OPERATE,
    about="Runs the maintenance that the finding asks for, then the rule again.",
    fields=(FIELDS,),
    lock="what the finding says; reads and writes go on",
    rights="those of its statements",
    changes=("tables", "table_activity", "indexes", "table_sizes"),
    noun=("finding", "findings"),
    done="fixed",
    word="object",
    gentle=True,
)
