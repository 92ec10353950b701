"""Why a rule could not check, in words an operator can act on. A rule that could not check has never passed."""

from __future__ import annotations

from datetime import UTC, datetime

from cryotui.audit.facts import API_ROLES, Facts
from cryotui.model import units
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing
from cryotui.model.text import clean, one_line
from cryotui.pg.refusal import quoted

OWNER = "a superuser, or the owner on Supabase"

ROLE_DOUBTS = ("42704", "28000")
"""SQLSTATEs with which a server may answer a role that is there no more."""


def before(rule: AuditRule, facts: Facts) -> Missing | None:
    """What stands against asking a rule on this server as this role; None when nothing does."""
    if rule.fault:
        return Missing("error", rule.fault, "whoever wrote the rule")
    if rule.sql(facts.major) is None:
        return Missing("version", f"The rule needs PostgreSQL {rule.since}; this is {facts.version}.")
    for need in rule.needs:
        kind, _, name = need.partition(":")
        missing = _unmet(kind, name, facts)
        if missing:
            return missing
    return None


def _unmet(kind: str, name: str, facts: Facts) -> Missing | None:
    role = quoted(facts.role)
    if kind == "primary" and facts.standby:
        return Missing("standby", "Only the primary knows this; this is a standby.", instead="audit the primary")
    if kind == "standby" and not facts.standby:
        return Missing("standby", "Only a standby knows this; this is a primary.")
    if kind == "superuser" and not facts.superuser:
        return Missing("privilege", f"{role} is no superuser, and only a superuser sees this.", "a superuser")
    if kind == "role" and not facts.has(name):
        return Missing("privilege", f"{role} lacks {name}.", OWNER, f"GRANT {quoted(name)} TO {role};")
    if kind == "extension" and name not in facts.extensions:
        sentence = f"The extension {name} is not in this database."
        return Missing("extension", sentence, OWNER, f"CREATE EXTENSION {quoted(name)};")
    if kind == "setting" and facts.settings.get(name, "") in ("", "off", "none"):
        return Missing("setting", f"{name} is off.", "a superuser", f"ALTER SYSTEM SET {name} = on;")
    if kind == "api" and not facts.api_roles:
        sentence = f"Neither {' nor '.join(API_ROLES)} exists: which roles clients come in with is not known."
        return Missing("role", sentence)
    return None


def after(error: BaseException, facts: Facts, seconds: float) -> Missing:
    """Why the server refused or failed a question that had ``seconds``, from what the driver raised."""
    sqlstate = getattr(error, "sqlstate", None)
    said = clean(one_line(str(error))).rstrip(".")
    match sqlstate:
        case "42501":
            return Missing(
                "privilege", f"{quoted(facts.role)} is refused: {said} (42501).", "the owner, or a superuser"
            )
        case "57014":
            return Missing("timeout", f"It took longer than {seconds:g} s and was cancelled (57014).")
        case "55P03":
            return Missing("locked", f"{said[:1].upper()}{said[1:]}: something it reads is locked (55P03).")
        case "42P01" | "42703" | "42883" | "42704":
            return Missing("version", f"{said} ({sqlstate}). The server or an extension is of another version.")
        case "25006":
            return Missing("error", f"The rule tries to write, and rules may only read: {said} (25006).")
        case None if isinstance(error, UnicodeDecodeError):
            return Missing("error", "The answer holds text in a broken encoding.")
        case None:
            return Missing("error", f"{said or type(error).__name__}.")
        case _:
            return Missing("error", f"{said} ({sqlstate}).")


def role_gone(role: str) -> Missing:
    """The role was dropped under its own connection: from then on nothing that is said of rights is true."""
    at = units.clock(datetime.now(UTC), seconds=True)
    return Missing(
        "lost", f"The role {quoted(role)} is gone since {at} at the latest: it was dropped while the run was on."
    )


def lost(error: BaseException) -> Missing:
    """The connection ended under a rule."""
    said = clean(one_line(str(error))).rstrip(".") or type(error).__name__
    sqlstate = getattr(error, "sqlstate", None)
    return Missing("lost", f"The connection was lost: {said}{f' ({sqlstate})' if sqlstate else ''}.")
