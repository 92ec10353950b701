"""CSV that a spreadsheet opens without running anything of it."""

from __future__ import annotations

import csv as csv_module
import io
from dataclasses import replace

from cryotui.model.review import AuditReview
from cryotui.report import csv


def test_no_cell_is_a_formula_to_a_spreadsheet(review: AuditReview) -> None:
    first, *others = review.run.results
    names = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("x")')
    found = tuple(replace(first.findings[0], object=name, evidence=name, detail=name, fix=name) for name in names)
    changed = replace(review, run=replace(review.run, results=(replace(first, findings=found), *others)))
    rows = list(csv_module.reader(io.StringIO(csv.audit_review(changed), newline="")))
    assert tuple(rows[0]) == csv.COLUMNS
    assert {len(row) for row in rows} == {len(csv.COLUMNS)}
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    assert {row[4] for row in rows} > {f"'{name}".replace("\r", "\n") for name in names}


def test_a_report_without_findings_still_names_its_columns(review: AuditReview) -> None:
    empty = replace(review, run=replace(review.run, results=()))
    assert csv.audit_review(empty) == ",".join(csv.COLUMNS) + "\n"
