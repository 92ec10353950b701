"""The role probes as JUnit XML, for CI: one test case a scenario, and one a table for its errors."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cryotui.model.role_matrix import Answer, RoleMatrix
from cryotui.report.pane import plain
from cryotui.report.role_matrix_words import label, scene

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""


def as_junit(matrix: RoleMatrix) -> str:
    """A scenario that failed is a failure, a cell that is an error too; what could not be checked is skipped.

    A scenario that names what is not there is an error: it was not tried.
    """
    suite = ElementTree.Element(
        "testsuite", name=_text(f"cryotui rls {matrix.target}"), timestamp=str(plain(matrix.started_at))
    )
    for result in matrix.scenarios:
        case = _case(suite, "cryotui.scenarios", result.scenario.name, result.seconds)
        if result.misnamed:
            ElementTree.SubElement(case, "error", message=_text(scene(result)), type="wrong name")
        elif result.passed is False:
            ElementTree.SubElement(case, "failure", message=_text(scene(result)), type="failed")
        elif result.passed is None:
            ElementTree.SubElement(case, "skipped", message=_text(f"Could not check: {scene(result)}"))
    for table in matrix.tables:
        case = _case(suite, "cryotui.roles", label(table), 0.0)
        wrong = [cell for cell in table.cells if cell.answer is Answer.ERROR]
        unchecked = [cell for cell in table.cells if cell.answer is Answer.UNCHECKED]
        if wrong:
            said = [f"{cell.role} {cell.command}: {cell.reason} ({cell.sqlstate})" for cell in wrong]
            ElementTree.SubElement(case, "failure", message=_text(said[0]), type="error").text = _text("\n".join(said))
        elif unchecked:
            said = [f"{cell.role} {cell.command}: {cell.reason}" for cell in unchecked]
            ElementTree.SubElement(case, "skipped", message=_text(f"Could not check: {'; '.join(said)}"))
    for gap in matrix.gaps:
        case = _case(suite, "cryotui.roles", gap, 0.0)
        ElementTree.SubElement(case, "skipped", message=_text(f"Could not check: {gap}"))
    if matrix.reason:
        case = _case(suite, "cryotui", "The run was cut off", 0.0)
        ElementTree.SubElement(case, "error", message=_text(matrix.reason))
    numbers = {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for name, number in numbers.items():
        suite.set(name, str(number))
    suite.set("time", f"{matrix.seconds:.3f}")
    root = ElementTree.Element("testsuites", {name: suite.attrib[name] for name in (*numbers, "time")})
    root.append(suite)
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, group: str, name: str, seconds: float) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=group, name=_text(name), time=f"{seconds:.3f}")


def _text(text: str) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
