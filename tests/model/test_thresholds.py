"""A threshold has one name and one default, in the catalogue of the configuration and beside its column."""

from __future__ import annotations

import ast
import importlib
import math
from pathlib import Path

import cryotui.panes
from cryotui.model.thresholds import THRESHOLDS


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


def test_the_panes_judge_by_the_defaults_that_the_example_file_shows():
    used = _used()
    assert used
    for file, name, limits in used:
        assert name in THRESHOLDS, f"{file}: {name} is in no catalogue"
        threshold = THRESHOLDS[name]
        assert limits == (threshold.watch, threshold.bad), f"{file}: {name}"


def test_a_threshold_of_a_pane_that_is_there_is_used_by_it():
    used = {name for _, name, _ in _used()}
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
