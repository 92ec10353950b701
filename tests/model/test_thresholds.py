"""A threshold has one name and one default, in the catalogue of the configuration and beside its column."""

from __future__ import annotations

import ast
import importlib
import math
from pathlib import Path

import pytest

import cryotui
import cryotui.panes
from cryotui.model.settings import Settings
from cryotui.model.thresholds import THRESHOLDS, judge, limits


def _used() -> list[tuple[str, str, tuple[float, float]]]:
    """File, name and defaults of every ``limit(moment, name, watch, bad)`` in the panes."""
    found = []
    for path in sorted(Path(cryotui.panes.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "limit" and len(node.args) >= 2:
                arguments = ast.fix_missing_locations(ast.Expression(ast.Tuple(node.args[1:], ast.Load())))
                code = compile(arguments, str(path), "eval")
                name, watch, bad = eval(code, vars(importlib.import_module(f"cryotui.panes.{path.stem}")))
                found.append((path.name, name, (watch, bad)))
    return found


def _asked() -> set[str]:
    """The name in every ``limits(settings, name)`` of the panes, the causes and what they share."""
    found = set()
    root = Path(cryotui.__file__).parent
    for path in (path for folder in ("panes", "diagnosis", "model") for path in (root / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "limits" and len(node.args) == 2:
                assert isinstance(node.args[1], ast.Constant), f"{path.name}: the name of a threshold is written out"
                found.add(node.args[1].value)
    return found


def test_the_panes_judge_by_the_defaults_that_the_example_file_shows():
    used = _used()
    assert used
    for file, name, held in used:
        assert name in THRESHOLDS, f"{file}: {name} is in no catalogue"
        threshold = THRESHOLDS[name]
        assert held == (threshold.watch, threshold.bad), f"{file}: {name}"


def test_a_threshold_of_a_pane_that_is_there_is_used_by_it():
    used = {name for _, name, _ in _used()} | _asked()
    folder = Path(cryotui.panes.__file__).parent
    for name in THRESHOLDS:
        pane = name.partition(".")[0]
        assert pane in cryotui.panes.ORDER
        assert name in used or not (folder / f"{pane}.py").exists(), f"{name} judges nothing"


def test_bad_is_the_worse_of_the_two():
    for name, threshold in THRESHOLDS.items():
        falls = threshold.watch > threshold.bad
        assert falls == threshold.falling, name
        assert math.isfinite(threshold.watch), name


def test_whoever_judges_outside_the_column_asks_for_a_threshold_that_is_there():
    assert _asked() <= THRESHOLDS.keys()


def test_a_limit_is_the_configured_one_else_the_default():
    assert limits(Settings(), "replication.slot_left") == (900.0, 300.0)
    assert limits(Settings(thresholds={"replication.slot_left": (60.0, 10.0)}), "replication.slot_left") == (60.0, 10.0)


@pytest.mark.parametrize(
    ("seconds", "mark"), [(901.0, None), (900.0, "watch"), (300.0, "bad"), (0.0, "bad"), (None, None)]
)
def test_a_falling_limit_is_worse_the_lower_the_value(seconds: float | None, mark: str | None):
    assert judge(seconds, (900.0, 300.0)) == mark
