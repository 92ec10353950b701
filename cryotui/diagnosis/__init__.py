"""What is wrong right now."""

from cryotui.model.cause import Diagnosis
from cryotui.model.pane import Moment

PROBES: tuple[str, ...] = ()


def diagnose(moment: Moment) -> Diagnosis:
    """Causes."""
    return Diagnosis((), 0)
