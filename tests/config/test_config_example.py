"""The example file is made from the settings, says everything, and is true."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import yaml

from cryotui.config import examine, variable
from cryotui.config.check import keys_of
from cryotui.config.example import documentation, example
from cryotui.config.shown import settings_lines
from cryotui.model.settings import BackupSource, ColumnChoice, Settings, Target
from cryotui.model.thresholds import THRESHOLDS

ROOT = Path(__file__).parents[2]


def _switched_on(text: str) -> str:
    """The text with every setting switched on."""
    return "\n".join(
        line[1:] if (line[:1] == "#" and line[:2] != "# ") or line[:3] == "#  " else line for line in text.splitlines()
    )


def test_the_example_file_is_what_the_settings_say():
    printed = subprocess.run(
        [sys.executable, "-m", "cryotui.config", "--example"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "config.example.yaml").read_text() == printed == example()


def test_the_example_file_as_it_stands_sets_nothing(reading):
    loaded = reading(example())
    assert (loaded.problems, loaded.settings) == ((), reading("").settings)


def test_every_setting_of_the_example_can_be_switched_on_and_top_values_are_the_defaults(reading):
    text = _switched_on(example()).replace("default_target: lab", "default_target: prod")
    loaded = reading(text)
    assert loaded.problems == ()
    defaults = reading("").settings
    changed = {
        item.name
        for item in dataclasses.fields(Settings)
        if getattr(loaded.settings, item.name) != getattr(defaults, item.name)
    }
    assert changed == {"default_target", "protected_theme", "targets", "backups", "thresholds", "columns"}


def test_the_example_names_every_key_and_every_threshold():
    tree = yaml.safe_load(_switched_on(example()))
    assert set(tree) == set(keys_of(Settings))
    assert set(tree["targets"]["prod"]) == set(keys_of(Target))
    assert {key for source in tree["backups"].values() for key in source} == set(keys_of(BackupSource))
    assert set(tree["columns"]["activity"]) == set(keys_of(ColumnChoice))
    assert set(tree["thresholds"]) == set(THRESHOLDS)


def test_the_thresholds_of_the_example_are_the_defaults(reading):
    text = _switched_on(example()).replace("default_target: lab", "default_target: prod")
    assert reading(text).settings.thresholds == {name: (t.watch, t.bad) for name, t in THRESHOLDS.items()}


def test_every_field_of_the_settings_is_documented():
    for cls in (Settings, Target, BackupSource, ColumnChoice):
        words = documentation(cls)
        assert set(keys_of(cls)) <= set(words)
        assert all(text.endswith(".") for text in words.values())


def test_every_key_with_one_value_has_a_variable(reading):
    values = {"interval": "9", "idle_minutes": "9", "danger_minutes": "9", "color": "never"}
    for name, key in keys_of(Settings).items():
        if key.reading in ("targets", "backups", "thresholds", "columns"):
            continue
        text = values.get(name, "true" if key.reading == "flag" else "/x" if key.reading == "path" else "glacier")
        file = "targets: {glacier: {}}" if name == "default_target" else ""
        loaded = reading(file, {variable(name): text})
        assert loaded.problems == ()
        assert str(loaded.origins[name]) == variable(name)


def test_what_show_prints_is_a_file_that_says_the_same(reading):
    text = _switched_on(example()).replace("default_target: lab", "default_target: prod")
    before = reading(text)
    printed = "\n".join(settings_lines(before.settings, before.origins))
    after = reading(printed)
    assert (after.problems, after.settings) == ((), before.settings)


def test_show_says_where_a_value_comes_from_and_masks_secrets(reading):
    reading.write("targets:\n  a:\n    password_command: [curl, 'postgresql://u:Hunter2-canary@v/x']\ntheme: glacier\n")
    loaded = examine(reading.file, reading.environ)
    lines = settings_lines(loaded.settings, loaded.origins)
    assert f"theme: glacier  # {reading.file}:4:8" in lines
    assert "mouse: true  # default" in lines
    assert "canary" not in "\n".join(lines)
