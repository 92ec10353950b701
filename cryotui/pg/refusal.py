"""Why a probe has no answer, in words an operator can act on: which grant, extension, version or setting is missing."""

from __future__ import annotations

import re

from cryotui.model.probe import Probe
from cryotui.model.sample import Missing
from cryotui.model.server import Server

PERMANENT = frozenset({"privilege", "extension", "version", "setting", "standby"})
"""Kinds that asking again does not mend; they are asked again by hand or after a reconnection only."""


def missing_for(probe: Probe, server: Server, sqlstate: str | None = None, message: str = "") -> Missing | None:
    """The reason why this server gives no answer to this probe, None when nothing stands against asking.

    Without ``sqlstate`` it is judged before asking, from what is known of the server; with it, from the server's refusal.
    """
    if sqlstate is None:
        return _before(probe, server)
    where = f"{probe.title} cannot be shown"
    match sqlstate:
        case "42501":
            remedy = _grant(probe, server, message)
            return Missing("privilege", f"{where}: {message} (42501).", "a superuser, or the owner on Supabase", remedy)
        case "57014":
            return Missing("timeout", f"{where}: it took longer than {probe.timeout:g} s. It is asked less often now.")
        case "55P03":
            return Missing("locked", f"{where}: a relation it reads is locked. It is asked again (55P03).")
        case "55000" if probe.extension:
            return not_loaded(probe.extension, server)
        case "42P01" | "42703" | "42883":
            return Missing(
                "version", f"{where}: {message} ({sqlstate}). The server or extension is of another version."
            )
        case _:
            return Missing("error", f"{where}: {message} ({sqlstate}).")


def _grant(probe: Probe, server: Server, message: str) -> str | None:
    """The statement that gives what the server refused by name, else the membership the probe asks for; None if unknown."""
    user = quoted(server.user)
    extension = server.extensions.get(probe.extension) if probe.extension else None
    named = set(re.findall(r"\w+", message))  # the server's words may be in any language, names are not
    if extension:
        schema = quoted(extension.schema)
        for function in probe.calls:
            if function in named:
                return f"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {user};"
        if extension.schema in named:
            return f"GRANT USAGE ON SCHEMA {schema} TO {user};"
    wants_role = any(need.startswith("role:") for need in probe.needs)
    return f"GRANT pg_monitor TO {user};" if wants_role and not server.has("pg_monitor") else None


def _before(probe: Probe, server: Server) -> Missing | None:
    if server.major < probe.since:
        return Missing("version", f"{probe.title} needs PostgreSQL {probe.since}; this is {server.version}.")
    for need in probe.needs:
        kind, _, name = need.partition(":")
        if kind == "primary" and server.standby:
            return Missing("standby", f"{probe.title} is known on the primary only; this is a standby.")
        if kind == "standby" and not server.standby:
            return Missing("standby", f"{probe.title} is known on a standby only; this is a primary.")
        if kind == "setting" and server.setting(name) in ("off", "none"):
            remedy = f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();"
            return Missing("setting", f"{probe.title} needs {name}, which is off.", "a superuser", remedy)
        if kind == "extension" and name not in server.extensions:
            return _no_extension(probe, name, server)
    extension = server.extensions.get(probe.extension) if probe.extension else None
    if probe.sql(server.major, extension.version if extension else None) is None:
        return Missing(
            "version",
            f"{probe.title} needs a newer {probe.extension or 'server'}.",
            "a superuser, or the owner on Supabase",
            f"ALTER EXTENSION {quoted(probe.extension)} UPDATE;" if probe.extension else None,
        )
    return None


PRELOADED = frozenset({"pg_stat_statements"})
"""Extensions of probes that do nothing unless their library was loaded at the server's start."""


def _no_extension(probe: Probe, name: str, server: Server) -> Missing:
    loaded = name in server.libraries
    if name in PRELOADED and not loaded and server.setting("shared_preload_libraries") is not None:
        library = not_loaded(name, server).remedy
        return Missing(
            "extension",
            f"{probe.title} cannot be shown: the extension is not in this database. {name}: not created, and its library is "
            "not loaded: it has to stand in shared_preload_libraries when the server starts.",
            "a superuser, with a restart between the two",
            f"{library}\n-- restart the server, then\nCREATE EXTENSION {quoted(name)};",
        )
    state = "loaded in the server, not created" if loaded else "not created"
    return Missing(
        "extension",
        f"{probe.title} cannot be shown: the extension is not in this database. {name}: {state}.",
        "a superuser, or the owner on Supabase",
        f"CREATE EXTENSION {quoted(name)};",
    )


def not_loaded(name: str, server: Server) -> Missing:
    """The extension exists, its library was not loaded at the server's start.

    Each library is quoted for itself: ALTER SYSTEM takes one quoted list for one name, and the server would not start.
    No statement is offered where the list of now is hidden: it would throw the others out.
    """
    known = server.setting("shared_preload_libraries") is not None
    libraries = ", ".join("'" + library.replace("'", "''") + "'" for library in [*server.libraries, name])
    return Missing(
        "setting",
        f"{name} is created but its library is not loaded: it has to stand in shared_preload_libraries when the server "
        "starts (55000).",
        "a superuser, then a restart",
        f"ALTER SYSTEM SET shared_preload_libraries = {libraries};" if known else None,
    )


def quoted(name: str | None) -> str:
    """An identifier as PostgreSQL would quote it for reading: bare when it is plain."""
    name = name or ""
    return name if name.isidentifier() and name.islower() and name.isascii() else '"' + name.replace('"', '""') + '"'
