"""An audit as one HTML file: no script, nothing from the network, prints well; everything that comes from data is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from cryotui import __version__
from cryotui.model import standing, units
from cryotui.model.finding import Finding, Severity
from cryotui.model.review import AuditReview
from cryotui.model.rule import CERTAINTIES, AuditRule
from cryotui.report import grouped
from cryotui.report.pane import SIGNS

STYLE = Path(__file__).with_name("html.css")


def audit_review(review: AuditReview, only_new: bool = False, signed_off_by: str | None = None) -> str:
    """The whole page. ``only_new`` leaves out what was there before and the lists of what is no finding; ``signed_off_by``
    fills the last table's first line.
    """
    run = review.run
    findings = review.fresh if only_new else review.open
    body = [
        f"<h1>Audit of {escape(run.place)}</h1>",
        _head(review),
        *(f"<p><strong>{escape(note)}</strong></p>" for note in grouped.head_notes(review, only_new)),
        _counts(review, only_new),
        *_groups(review, findings),
        "<h2>Findings</h2>",
        *(_table(findings, review) if findings else ["<p>None.</p>"]),
        *(["<h2>Findings by rule</h2>"] if findings else []),
        *_rules(findings, review),
        *_section(standing.lost(review), [(gone.title, gone.object, "") for gone in review.gone]),
        *([] if only_new else _no_findings(review)),
        "<h2>Sign-off</h2>",
        _sign_off(signed_off_by),
        f'<footer class="quiet">cryotui {escape(__version__)}</footer>',
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Audit of {escape(run.place)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _no_findings(review: AuditReview) -> list[str]:
    """What is waived, looked after by others, could not be checked, and passed."""
    run = review.run
    return [
        *_section("Waived, not counted", [_titled(found, review) for found in review.waived]),
        *_section(
            "Looked after by the platform or an extension, not counted",
            [(run.rule(found.rule).title, found.object, "") for found in run.findings if found.managed],
        ),
        "<h2>Could not check</h2>",
        *_unchecked(review),
        "<h2>Passed</h2>",
        _passed(review),
    ]


def _head(review: AuditReview) -> str:
    run = review.run
    facts = [
        ("database", run.database),
        ("server", f"PostgreSQL {run.server_version}"),
        ("as role", run.role),
        ("at", units.clock(run.started_at, seconds=True, date=True)),
        ("took", grouped.took(run)),
        ("compared with", standing.compared(review)),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    cut = "" if run.complete else f'<p class="unknown"><strong>Incomplete:</strong> {escape(run.reason or "")}</p>'
    return f"<dl>{rows}</dl>{cut}"


def _counts(review: AuditReview, only_new: bool) -> str:
    run = review.run
    counts = grouped.counts(review, only_new)
    counts += [("good", f"{len(run.passed)} rules passed"), ("unknown", f"{len(run.unchecked)} could not check")]
    items = [f'<li><span class="sign {word}">{SIGNS[word]}</span> {text}</li>' for word, text in counts]
    return f'<ul class="counts">{"".join(items)}</ul>'


def _groups(review: AuditReview, findings: Sequence[Finding]) -> list[str]:
    """The figures of each group; a dot for none, so that what is there is seen. Nothing where one group was asked."""
    figures = grouped.by_group(review.run, findings)
    if len(figures) < 2:
        return []
    lines = [
        '<table class="groups"><thead><tr><th>group<th>bad<th>watch<th>info<th>passed<th>not checked</tr></thead><tbody>'
    ]
    for one in figures:
        numbers = (
            ("bad", one.bad),
            ("watch", one.watch),
            ("info", one.info),
            ("", one.passed),
            ("unknown", one.unchecked),
        )
        cells = "".join(f'<td class="{word if number else "quiet"}">{number or "·"}' for word, number in numbers)
        lines.append(f"<tr><th>{escape(one.group)}{cells}</tr>")
    return [*lines, "</tbody></table>"]


def _sign(severity: Severity) -> str:
    return f'<span class="sign {severity.value}">{SIGNS[severity.value]} {severity.value}</span>'


def _table(findings: Sequence[Finding], review: AuditReview) -> list[str]:
    titles = {rule.id: escape(rule.title) for rule in review.run.rules}
    known = any(review.standing(found).state != "first" for found in findings)
    last = "<th>known" if known else ""
    lines = [
        f'<table class="findings"><thead><tr><th>severity<th>finding<th>object<th>evidence{last}</tr></thead><tbody>'
    ]
    for found in findings:
        lines.append(
            f'<tr><td>{_sign(found.severity)}<td><a href="#{found.fingerprint}">{titles[found.rule]}</a>'
            f'<td class="object">{escape(found.object)}<td>{escape(found.evidence)}'
            + (f'<td class="quiet">{escape(_known(found, review))}</tr>' if known else "</tr>")
        )
    return [*lines, "</tbody></table>"]


def _known(found: Finding, review: AuditReview) -> str:
    """Short, because the head of the page says what the run was compared with."""
    state = review.standing(found)
    if state.state == "new":
        return "new"
    return standing.since(review, found) if state.since else "also before"


def _rules(findings: Sequence[Finding], review: AuditReview) -> list[str]:
    lines: list[str] = []
    for rule, found in grouped.by_rule(review.run, findings):
        number = f" ({len(found)})" if len(found) > 1 else ""
        lines += [f'<section><div class="intro"><h3>{escape(rule.title)}{number} <code>{escape(rule.id)}</code></h3>']
        lines += [f"<p>{escape(rule.about)}</p><p>{escape(rule.why)}</p>"]
        lines += [f'<p class="quiet">{CERTAINTIES[rule.certainty]}</p></div>']
        lines += [_finding(finding, rule, review) for finding in found]
        lines += [*_references(rule), "</section>"]
    return lines


def _finding(found: Finding, rule: AuditRule, review: AuditReview) -> str:
    parts = [
        f'<article id="{found.fingerprint}" class="{found.severity.value}-edge"><p>{_sign(found.severity)}'
        f' <strong class="object">{escape(found.object)}</strong></p>'
    ]
    parts += [f"<p>{escape('. '.join(filter(None, (found.evidence, found.detail))))}</p>"]
    parts += [f'<p class="quiet">{escape(note)}</p>' for note in standing.notes(review, found)]
    if found.look:
        parts += [f'<p class="label">look at the rows</p><pre>{escape(found.look)}</pre>']
    if told := standing.instead(review, found):
        return "".join([*parts, f'<p class="label">fix: {escape(told)}</p></article>'])
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
    for missing, rules, unread in grouped.unchecked(run):
        title = escape(rules[0].title) if len(rules) == 1 else f"{len(rules)} rules"
        ids = ", ".join(f"<code>{escape(rule.id)}</code>" for rule in rules)
        lines.append(
            f'<article><p><span class="sign unknown">{SIGNS["unknown"]}</span> <strong>{title}</strong>'
            f" {ids}</p><p>{escape(missing.sentence)}</p>"
            + (f"<p>{escape(would)}</p>" if (would := grouped.would_read(missing, unread)) else "")
            + (f'<p class="quiet">who can mend it: {escape(missing.who)}</p>' if missing.who else "")
            + (f"<pre>{escape(missing.remedy)}</pre>" if missing.remedy else "")
            + (f'<p class="quiet">instead: {escape(missing.instead)}</p>' if missing.instead else "")
            + "</article>"
        )
    return lines or ["<p>Nothing: every rule saw everything it needs.</p>"]


def _passed(review: AuditReview) -> str:
    groups = grouped.passed_by_group(review.run)
    rows = "".join(
        f"<dt>{escape(group)}</dt><dd>{escape('; '.join(rule.title for rule in rules))}</dd>" for group, rules in groups
    )
    return f'<dl class="passed">{rows}</dl>' if rows else "<p>None.</p>"


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
