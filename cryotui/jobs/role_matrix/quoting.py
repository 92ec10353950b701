"""How names, texts and claims are written into a statement."""

from __future__ import annotations

import json


def identifier(*names: str) -> str:
    """Names as one identifier in SQL, always quoted."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str) -> str:
    """A text as a constant that means the same under either standard_conforming_strings."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def as_json(claims: object) -> str:
    """Claims, or the value of one, as PostgREST hands them over: compact JSON."""
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
