"""Which fixes of one run go together: maintenance first, what needs a decision after it, no two of one object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from cryotui.model.finding import Finding
from cryotui.model.fixrisk import Risk, risks
from cryotui.model.fixsql import bare, statements
from cryotui.model.fixtouch import Touch, drops_index_of, touched
from cryotui.model.record import dataclass
from cryotui.model.review import AuditReview

_VALIDATES = re.compile(r"\bVALIDATE\s+CONSTRAINT\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one fix.

    ``risks`` is what it touches beyond maintenance; ``live`` whether all of these are let through. ``earlier`` is the finding
    whose fix stands before it and works on the same object, so that this one is left out; ``same`` when their statements
    are the same ones. ``after`` is the finding of rows that break the constraint which this fix would validate: it fails
    until they are mended.
    """

    finding: Finding
    risks: tuple[Risk, ...]
    live: bool
    earlier: Finding | None = None
    same: bool = False
    after: Finding | None = None


def planned(
    findings: Sequence[Finding],
    allowed: Iterable[Risk] = (),
    declared: Callable[[Finding], str | None] = lambda _: None,
) -> tuple[Planned, ...]:
    """The findings with a fix, those of maintenance first, else in their order; what must come after another, last.

    ``declared`` gives the risk that a rule itself names.
    """
    let_through = frozenset(allowed)
    fixes = [(found, risks(found.fix, declared(found))) for found in findings if found.fix]
    breaking = {name: found for found in findings if found.look and (name := _constraint(found))}
    fixes.sort(key=lambda one: 2 if _broken_by(one[0], breaking) else int(bool(one[1])))
    taken: dict[Touch, Finding] = {}
    texts: dict[tuple[str, ...], Finding] = {}
    thinned: dict[Touch, Finding] = {}
    plan: list[Planned] = []
    for found, risk in fixes:
        after = _broken_by(found, breaking)
        mended = after is None or any(one.live and one.finding is after and one.earlier is None for one in plan)
        live = mended and let_through.issuperset(risk)
        text = tuple(" ".join(bare(part).split()) for part in statements(found.fix or ""))
        things, of_table = touched(found), drops_index_of(found) if risk else None
        earlier = texts.get(text) or _first(taken, things)
        if earlier is None and of_table in thinned and thinned[of_table].rule != found.rule:
            earlier = thinned[of_table]
        plan.append(Planned(found, risk, live, earlier, text in texts, after))
        if earlier is None:
            texts[text] = found
            taken.update((thing, found) for thing in things)
            if of_table is not None:
                thinned.setdefault(of_table, found)
    return tuple(plan)


def with_earlier(review: AuditReview) -> AuditReview:
    """The review with ``earlier``: of the fixes of one object the worst finding's is offered."""
    plan = planned(review.open, declared=lambda found: review.run.rule(found.rule).risk)
    return replace(review, earlier={one.finding.fingerprint: one.earlier for one in plan if one.earlier is not None})


def _constraint(found: Finding) -> tuple[str, ...] | None:
    names = tuple(found.values.get(part) for part in ("schema", "table", "constraint"))
    return tuple(map(str, names)) if all(names) else None


def _broken_by(found: Finding, breaking: Mapping[tuple[str, ...], Finding]) -> Finding | None:
    """The finding of rows that break the constraint this fix would validate."""
    validates = any(_VALIDATES.search(bare(part)) for part in statements(found.fix or ""))
    other = breaking.get(_constraint(found) or ()) if validates else None
    return None if other is found else other


def _first(taken: Mapping[Touch, Finding], things: Iterable[Touch]) -> Finding | None:
    return next((taken[thing] for thing in sorted(things) if thing in taken), None)
