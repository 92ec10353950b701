"""Scenarios of row security run from the console: a YAML file of expectations, each passed, failed or not checked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryotui.config import scenarios
from cryotui.model import units
from cryotui.model.action import Fact
from cryotui.model.errors import CryotuiError
from cryotui.model.pane import Mark
from cryotui.model.record import dataclass
from cryotui.model.role_matrix import Probing, RoleMatrix, Scenario, ScenarioResult
from cryotui.model.text import clean, one_line
from cryotui.report import role_matrix_words as report
from cryotui.tui.asking import audit, trying
from cryotui.tui.console import Console
from cryotui.tui.drawn import SIGNS, Drawn, folded, rule_spans
from cryotui.tui.screens.form import Field, Form
from cryotui.tui.screens.scrolled import Scrolled

FILE = "scenarios.yaml"
"""Its name in the configuration folder, offered first."""

BAR = 30


@dataclass
class Checked:
    """One run: how far it is while it runs, then what came of it or why nothing did."""

    path: Path
    done: int = 0
    total: int = 0
    now: str = ""
    matrix: RoleMatrix | None = None
    problem: str = ""

    @property
    def running(self) -> bool:
        """Whether nothing has come of it yet."""
        return self.matrix is None and not self.problem

    @property
    def said(self) -> str:
        """How far it is, or what came of it, in a few words."""
        if self.matrix is None:
            return self.problem or f"{self.done} of {self.total}; X stops it"
        return counted(self.matrix)


def last(console: Console) -> Checked | None:
    """The run of this console that was begun last."""
    found: Checked | None = console.moments.extra.get("scenarios")
    return found


def ask(console: Console) -> None:
    """Ask for the file, and whether writes are tried."""
    before = last(console)
    given = before.path if before is not None else console.settings.config_folder / FILE
    fields = (
        Field("file", "File", str(given), "the scenarios, YAML as in README.md; ~ is your home folder"),
        Field("writes", "Writes", "no", "yes tries insert, update and delete too, one row each; asks before it does"),
    )
    console.push(
        Form(
            "Check scenarios of row security",
            console.sheet_note,
            "Each is run as its role with its claims, on a connection of its own, and rolled back.",
            fields,
            button="Check",
            check=lambda typed: _problem(console, typed),
            confirm=lambda typed: console.spawn(_chosen(console, typed)),
            cancelled="Cancelled; nothing was run.",
        )
    )


def _problem(console: Console, typed: Mapping[str, str]) -> str | None:
    path = _path(typed["file"])
    if path is None or not path.is_file():
        return f"There is no file {clean(typed['file'].strip())}."
    if typed["writes"].strip().lower() not in ("yes", "no"):
        return "Writes wants yes or no."
    return trying.writes_refused(console) if typed["writes"].strip().lower() == "yes" else None


def _path(text: str) -> Path | None:
    try:
        return Path(text.strip()).expanduser()
    except (RuntimeError, ValueError):  # nobody's home
        return None


async def _chosen(console: Console, typed: Mapping[str, str]) -> None:
    """Read the file before anything is asked of the server. Raises ConfigError with its mistake."""
    path = _path(typed["file"])
    assert path is not None, "the form has seen it"
    wanted = await asyncio.to_thread(scenarios.load, [path])
    if typed["writes"].strip().lower() == "yes":
        facts = [
            Fact("does", f"{_many(len(wanted))} of {clean(path.name)}, those that write with one row each, each rolled"
                         " back at once"),
            Fact("lock", "ROW EXCLUSIVE, and the lock of one row for a moment; waits 0.4 s at most"),
            Fact("left out", "where a trigger, rule or cascade would act: what these do outside stays"),
        ]  # fmt: skip
        trying.ask(console, "Check scenarios, writes too", facts, lambda: _begin(console, path, wanted, True))
    else:
        _begin(console, path, wanted, False)


def _begin(console: Console, path: Path, wanted: Sequence[Scenario], writes: bool) -> None:
    before = last(console)
    if before is not None and before.running:
        console.say("Scenarios are being checked already; X stops them.")
        return
    checked = console.moments.extra["scenarios"] = Checked(path, total=len(wanted))
    show(console, checked)
    console.spawn(_check(console, checked, wanted, writes))


async def _check(console: Console, checked: Checked, wanted: Sequence[Scenario], writes: bool) -> None:
    def progress(done: int, total: int, name: str) -> None:
        checked.done, checked.total, checked.now = done, total, name
        console.redraw()

    async def probed() -> RoleMatrix:
        from cryotui.jobs import role_matrix

        probing = Probing(scenarios=tuple(wanted), matrix=False, writes=writes)
        async with role_matrix.opened(audit.here(console)) as connection:
            return await role_matrix.probe(connection, probing, console.target.name, progress)

    try:
        console.connection.need()
        checked.matrix = await trying.stoppable(console, f"Scenarios of {clean(checked.path.name)}", probed())
    except CryotuiError as error:
        checked.problem = str(error)
        console.say(str(error))
        return
    except BaseException:
        checked.problem = "It was not ended."
        raise
    console.say(f"{counted(checked.matrix)}; all was rolled back.")


def _many(number: int) -> str:
    return "1 scenario" if number == 1 else f"{number} scenarios"


def counted(matrix: RoleMatrix) -> str:
    """``3 passed, 1 failed, 2 could not be checked``."""
    passed, failed, unknown = (
        sum(result.passed is verdict for result in matrix.scenarios) for verdict in (True, False, None)
    )
    parts = [f"{passed} passed"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{unknown} could not be checked"] if unknown else []
    return ", ".join(parts)


def show(console: Console, checked: Checked) -> None:
    """The page of a run: progress while it runs, then what failed, what could not be checked, what passed."""

    def lines(width: int) -> list[Drawn]:
        double = console.target.protected
        if checked.problem:
            return [([("   " + part, "text")], "background") for part in folded(checked.problem, width - 6)]
        if checked.matrix is None:
            share = checked.done / checked.total if checked.total else None
            text = f"  {units.whole_percent(share):>4}  {checked.done} of {checked.total}  {one_line(checked.now)}"
            return [([("   ", "text"), (units.bar(share, BAR), "accent"), (text, "text")], "background")]
        return _results(checked.matrix, width, double)

    foot = "Backspace goes back; A, then s runs them again."
    console.push(Scrolled(f"Scenarios, {clean(checked.path.name)}", lines, foot=foot))


def _results(matrix: RoleMatrix, width: int, double: bool) -> list[Drawn]:
    out: list[Drawn] = []

    def wrapped(text: str, width: int, spans: tuple[tuple[str, str], ...], role: str) -> None:
        for number, part in enumerate(folded(text, width - 6)):
            before = list(spans) if not number else [("   ", "text")]
            out.append(([*before, (part, role)], "background"))

    if not matrix.complete:
        wrapped(f"The run was cut off: {one_line(matrix.reason or '')}", width, ((" ? ", "watch"),), "bold")
    parts: tuple[tuple[str, bool | None], ...] = (("FAILED", False), ("COULD NOT CHECK", None), ("PASSED", True))
    for title, verdict in parts:
        found = [result for result in matrix.scenarios if result.passed is verdict]
        if not found:
            continue
        out.append((rule_spans(title, f"{len(found)} of {len(matrix.scenarios)}", width, double), "background"))
        for result in found:
            sign, role = SIGNS[_MARKS[verdict]]
            wrapped(one_line(result.scenario.name), width, ((f" {sign} ", role),), "text" if verdict else "bold")
            if verdict is not True:
                wrapped(
                    report.scene(result).replace("--writes tries it", "Writes: yes tries it"),
                    width,
                    (("   ", "text"),),
                    "quiet",
                )
                wrapped(_stands(result), width, (("   ", "text"),), "quiet")
    return out


def _stands(result: ScenarioResult) -> str:
    return one_line(f"stands in {result.scenario.source}")


_MARKS: dict[bool | None, Mark] = {False: "bad", None: "unknown", True: "good"}
