"""Apply the fix of an audit finding: whatever changes a definition, a right, a setting or rows."""

from __future__ import annotations

from cryotui.actions.fixing import FIELDS, ApplyFix
from cryotui.model.action import Level

ACTION = ApplyFix(
    name="apply-fix",
    title="Apply the fix",
    verb="Fix",
    button="Fix",
    key="",
    level=Level.DANGER,
    about="Runs the SQL of the finding in one transaction, then the rule again.",
    fields=(FIELDS,),
    lock="what the finding says; waits 2 s at most",
    rights="those of its statements",
    changes=("tables", "table_activity", "indexes", "table_sizes"),
    noun=("finding", "findings"),
    done="fixed",
    word="object",
    destroys=True,
    gentle=False,
)
