"""Words of a rule filled from the columns of a row: ``{rows:count} rows, no statistics``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cryotui.model import units
from cryotui.model.errors import CryotuiError

FORMS: Mapping[str, Callable[[Any], str]] = {
    "text": units.text,
    "count": units.count,
    "size": units.size,
    "percent": units.percent,
    "age": units.age,
    "duration": units.duration,
    "times": units.times,
}
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


class TemplateError(CryotuiError):
    """The words of a rule name a column its SQL does not return, or a form that does not exist."""


def fill(template: str, row: Mapping[str, Any]) -> str:
    """The template with each ``{column}`` or ``{column:form}`` replaced; None is a dash. Raises TemplateError."""

    def value(match: re.Match[str]) -> str:
        column, form = match.group(1), match.group(2) or "text"
        if column not in row:
            raise TemplateError(f"The rule's words name the column {column}, which its SQL does not return.")
        if form not in FORMS:
            raise TemplateError(f"The rule's words name the form {form}. Known are {', '.join(FORMS)}.")
        return FORMS[form](row[column])

    return _PLACE.sub(value, template)


def columns(template: str) -> tuple[str, ...]:
    """The columns a template names, in its order."""
    return tuple(match.group(1) for match in _PLACE.finditer(template))
