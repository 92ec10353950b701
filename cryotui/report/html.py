"""An audit as one HTML file: no script, nothing from the network, prints well; everything that comes from data is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from cryotui import __version__
from cryotui.model import units
from cryotui.model.finding import Finding, Severity
from cryotui.model.review import AuditReview
from cryotui.model.rule import CERTAINTIES, AuditRule
from cryotui.report import standing
from cryotui.report.pane import SIGNS

STYLE = Path(__file__).with_name("html.css")


def audit_review(review: AuditReview, only_new: bool = False, signed_off_by: str | None = None) -> str:
    """The whole page. ``only_new`` leaves out what was there before; ``signed_off_by`` fills the last table's first line."""
    run = review.run
    findings = review.fresh if only_new else review.open
    body = [
        f"<h1>Audit of {escape(run.target)}</h1>",
        _head(review),
        _counts(review),
        "<h2>Findings</h2>",
        *(_table(findings, review) if findings else ["<p>None.</p>"]),
        *_rules(findings, review),
        *_section(
            f"Gone, compared with {standing.compared(review)}", [(gone.title, gone.object, "") for gone in review.gone]
        ),
        *_section("Waived, not counted", [_titled(found, review) for found in review.waived]),
        *_section(
            "Looked after by the platform or an extension, not counted",
            [(run.rule(found.rule).title, found.object, "") for found in run.findings if found.managed],
        ),
        "<h2>Could not check</h2>",
        *_unchecked(review),
        "<h2>Passed</h2>",
        f"<p>{escape(', '.join(run.rule(result.rule).title for result in run.passed)) or 'None.'}</p>",
        "<h2>Sign-off</h2>",
        _sign_off(signed_off_by),
        f'<footer class="quiet">cryotui {escape(__version__)}</footer>',
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Audit of {escape(run.target)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _head(review: AuditReview) -> str:
    run = review.run
    facts = [
        ("database", run.database),
        ("server", f"PostgreSQL {run.server_version}"),
        ("as role", run.role),
        ("at", units.clock(run.started_at, seconds=True, date=True)),
        ("took", f"{units.duration(run.seconds)}, {len(run.rules)} rules"),
        ("compared with", standing.compared(review)),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    cut = "" if run.complete else f'<p class="unknown"><strong>Incomplete:</strong> {escape(run.reason or "")}</p>'
    return f"<dl>{rows}</dl>{cut}"


def _counts(review: AuditReview) -> str:
    run = review.run
    counts = [(severity.value, f"{review.count(severity)} {severity.value}") for severity in Severity]
    counts += [("good", f"{len(run.passed)} rules passed"), ("unknown", f"{len(run.unchecked)} could not check")]
    items = [f'<li><span class="sign {word}">{SIGNS[word]}</span> {text}</li>' for word, text in counts]
    return f'<ul class="counts">{"".join(items)}</ul>'


def _sign(severity: Severity) -> str:
    return f'<span class="sign {severity.value}">{SIGNS[severity.value]} {severity.value}</span>'


def _table(findings: Sequence[Finding], review: AuditReview) -> list[str]:
    lines = ["<table><thead><tr><th>severity<th>finding<th>object<th>evidence<th>known</tr></thead><tbody>"]
    for found in findings:
        title = escape(review.run.rule(found.rule).title)
        lines.append(
            f'<tr><td>{_sign(found.severity)}<td><a href="#{found.fingerprint}">{title}</a><td>{escape(found.object)}'
            f"<td>{escape(found.evidence)}<td>{escape(standing.since(review, found))}</tr>"
        )
    return [*lines, "</tbody></table>"]


def _rules(findings: Sequence[Finding], review: AuditReview) -> list[str]:
    lines: list[str] = []
    for rule in review.run.rules:
        found = [finding for finding in findings if finding.rule == rule.id]
        if found:
            lines += [f"<h3>{escape(rule.title)} <code>{escape(rule.id)}</code></h3>"]
            lines += [f"<p>{escape(rule.about)}</p><p>{escape(rule.why)}</p>"]
            lines += [f'<p class="quiet">{CERTAINTIES[rule.certainty]}</p>']
            lines += [_finding(finding, rule, review) for finding in found]
            lines += _references(rule)
    return lines


def _finding(found: Finding, rule: AuditRule, review: AuditReview) -> str:
    parts = [
        f'<article id="{found.fingerprint}"><p>{_sign(found.severity)} <strong>{escape(found.object)}</strong></p>'
    ]
    parts += [f"<p>{escape('. '.join(filter(None, (found.evidence, found.detail))))}</p>"]
    parts += [f'<p class="quiet">{escape(note)}</p>' for note in standing.notes(review, found)]
    if found.fix:
        lock = str(found.values.get("lock") or rule.lock or "")
        where = "; outside a transaction block" if rule.concurrently else ""
        parts += [
            f'<p class="label">fix{escape(f", takes: {lock}" if lock else "")}{where}</p><pre>{escape(found.fix)}</pre>'
        ]
    if found.undo:
        parts += [f'<p class="label">undo</p><pre>{escape(found.undo)}</pre>']
    return "".join([*parts, "</article>"])


def _references(rule: AuditRule) -> list[str]:
    if not rule.references:
        return []
    shown = [
        f'<a href="{escape(one)}" rel="noreferrer">{escape(one)}</a>' if one.startswith("https://") else escape(one)
        for one in rule.references
    ]
    return [f'<p class="quiet">{"; ".join(shown)}</p>']


def _titled(found: Finding, review: AuditReview) -> tuple[str, str, str]:
    return review.run.rule(found.rule).title, found.object, "; ".join(standing.notes(review, found))


def _section(head: str, rows: Sequence[tuple[str, str, str]]) -> list[str]:
    if not rows:
        return []
    lines = [f"<h2>{escape(head)}</h2>", "<table><tbody>"]
    lines += [f"<tr><td>{escape(title)}<td>{escape(name)}<td>{escape(note)}</tr>" for title, name, note in rows]
    return [*lines, "</tbody></table>"]


def _unchecked(review: AuditReview) -> list[str]:
    run = review.run
    lines: list[str] = []
    for result in run.unchecked:
        missing = result.missing
        assert missing is not None, "only rules that could not check come here"
        rule = run.rule(result.rule)
        lines.append(
            f'<article><p><span class="sign unknown">{SIGNS["unknown"]}</span> <strong>{escape(rule.title)}</strong>'
            f" <code>{escape(rule.id)}</code></p><p>{escape(missing.sentence)}</p>"
            + (f'<p class="quiet">who can mend it: {escape(missing.who)}</p>' if missing.who else "")
            + (f"<pre>{escape(missing.remedy)}</pre>" if missing.remedy else "")
            + (f'<p class="quiet">instead: {escape(missing.instead)}</p>' if missing.instead else "")
            + "</article>"
        )
    return lines or ["<p>Nothing: every rule saw everything it needs.</p>"]


def _sign_off(name: str | None) -> str:
    rows = "".join(
        f"<tr><td>{what}<td>{escape(who)}<td></tr>"
        for what, who in (
            ("findings reviewed by", name or ""),
            ("remediation done by", ""),
            ("remediation checked by", ""),
        )
    )
    return f'<table class="sign-off"><thead><tr><th><th>name<th>date</tr></thead><tbody>{rows}</tbody></table>'
