"""What poolers say when they refuse, and what to do about it.

Supavisor puts a code in parentheses before its text ("(EMAXCONNSESSION) max clients reached ..."), PgBouncer has fixed
texts; both use 08P01 or XX000 for nearly everything, so the text decides. Sources: the error modules of Supavisor,
PgBouncer 1.18 tried out.
"""

from __future__ import annotations

import re

from cryotui.model.errors import ConnectCause
from cryotui.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """What a refusal means. ``settled``: trying again by itself does not help and may get the address banned."""

    sentence: str  # with {where}, {user}, {database}
    cause: ConnectCause = "pooler"
    settled: bool = False


_CODE = re.compile(r"\((E[A-Z]{4,})\)")

_TENANT = Advice(
    "The pooler at {where} knows no {user}. The user is postgres.PROJECT there; a paused project is unknown too, "
    "the dashboard restores it.",
    settled=True,
)
_SESSIONS = Advice(
    "The pooler at {where} is full: in session mode every client holds a server connection. "
    "End a client, or use transaction mode (port 6543) for watching only.",
    cause="too_many",
)
_CLIENTS = Advice("The pooler at {where} takes no more clients. End some, or raise its limit.", cause="too_many")
_TLS = Advice("The pooler at {where} wants TLS. Connect with sslmode=require or stronger.", cause="tls")
_CHECKOUT = Advice(
    "The pooler at {where} gets no server connection free in time. Look for long transactions, or connect directly.",
    cause="too_many",
)

_SUPAVISOR = {
    "ENOTFOUND": _TENANT,
    "ENOIDENTIFIER": _TENANT,
    "EINVALIDUSERINFO": _TENANT,
    "EMAXCONN": _CLIENTS,
    "EMAXCLIENTCONN": _CLIENTS,
    "EMAXCONNSESSION": _SESSIONS,
    "ECHECKOUTTIMEOUT": _CHECKOUT,
    "ECIRCUITBREAKER": Advice(
        "The pooler at {where} has blocked this after too many failures. Wait two minutes, mend the password, "
        "then connect again.",
        settled=True,
    ),
    "EAUTHTIMEOUT": Advice("The pooler at {where} gave up waiting for the password exchange. Try again."),
    "ESSLREQUIRED": _TLS,
    "EADDRNOTALLOWED": Advice(
        "The pooler at {where} does not let this address in. Network restrictions of the project list who may.",
        settled=True,
    ),
    "EBANNED": Advice("The pooler at {where} has banned this project. Its dashboard says why.", settled=True),
    "EAUTHQUERY": Advice(
        "The pooler at {where} cannot look {user} up in the database. Does the role exist there?", settled=True
    ),
}

_TEXTS: tuple[tuple[re.Pattern[str], Advice], ...] = (
    (re.compile(r"tenant or user not found", re.I), _TENANT),
    (re.compile(r"MaxClientsInSessionMode|max clients reached in session mode", re.I), _SESSIONS),
    (re.compile(r"max client connections reached|no more connections allowed", re.I), _CLIENTS),
    (re.compile(r"unable to check out", re.I), _CHECKOUT),
    (
        re.compile(r"no such database", re.I),
        Advice("The pooler at {where} has no database {database}. Its list of databases is its own.", cause="database"),
    ),
    (
        re.compile(r"no such user|bouncer config error", re.I),
        Advice("The pooler at {where} does not know {user}. Its list of users is its own.", cause="auth", settled=True),
    ),
    (
        re.compile(r"unsupported startup parameter", re.I),
        Advice(
            "The pooler at {where} refuses a setting sent at the start. Leave options and PGOPTIONS out, "
            "or add the setting to its ignore_startup_parameters.",
        ),
    ),
    (re.compile(r"SSL required|TLS required|SSL connection is required", re.I), _TLS),
    (
        re.compile(r"query_wait_timeout", re.I),
        Advice("The pooler at {where} has no server connection free. Its pool is used up.", cause="too_many"),
    ),
    (
        re.compile(r"server login|server_login|pgbouncer cannot connect|connect failed|server conn crashed", re.I),
        Advice("The pooler at {where} answers, and cannot log in to its server. Is the server behind it up?"),
    ),
    (
        re.compile(r"is disabled|is paused|shutting down", re.I),
        Advice("The pooler at {where} is paused or disabled for {database}.", cause="starting"),
    ),
)


def advice(message: str) -> Advice | None:
    """The advice for a pooler's message; None when it is no pooler's."""
    code = _CODE.search(message)
    if code is not None and code.group(1) in _SUPAVISOR:
        return _SUPAVISOR[code.group(1)]
    return next((found for pattern, found in _TEXTS if pattern.search(message)), None)
