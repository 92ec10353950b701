"""What is in the file holds; what is wrong is told with its place, the key and the nearest known one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryotui.config import examine, load, load_tolerant
from cryotui.config.document import parse
from cryotui.config.values import secret_in_conninfo
from cryotui.model.action import Level
from cryotui.model.errors import ConfigError
from cryotui.model.settings import BackupSource, ColumnChoice, Settings, Target

EVERYTHING = """\
default_target: prod
interval: 5s
idle_minutes: 30
danger_minutes: 5
theme: glacier
protected_theme: high-contrast
color: always
ascii: yes
mouse: off
slow: true
redact: true
state_folder: ~/state
config_folder: /srv/cryotui
targets:
  prod:
    conninfo: postgresql://cryo_ops@db1.lab/cryoprotect
    service: lab
    host: db1.lab
    port: 5433
    database: cryo
    user: cryo_ops
    sslmode: verify-full
    password_command: [pass, show, db/prod]
    label: "Production: Zurich"
    protected: true
    read_only: false
    max_level: operate
    production: true
    theme: protected
  lab:
backups:
  nightly: {kind: dumps, path: /srv/dumps, pattern: "*.dump", targets: [prod], max_age: [20h, 30h]}
  repository: {kind: pgbackrest, stanza: main, command: [ssh, backup1, pgbackrest]}
  barman: {kind: barman, server: db1}
  cloud: {kind: walg}
thresholds:
  activity.query_age: [90s, 10m]
  tables.bloat: [20%, 0.5]
  statements.hit: [95%, 80%]
  replication.behind: [100MB, never]
  tables.due: 2
columns:
  activity:
    hidden: [client, xmin_age]
    order: pid
"""


def test_every_key_of_the_file_arrives_in_the_settings(reading, tmp_path):
    loaded = reading(EVERYTHING)
    assert loaded.problems == ()
    assert loaded.settings == Settings(
        default_target="prod",
        interval=5.0,
        idle_minutes=30,
        danger_minutes=5,
        theme="glacier",
        protected_theme="high-contrast",
        color="always",
        ascii=True,
        mouse=False,
        slow=True,
        redact=True,
        state_folder=tmp_path / "state",
        config_folder=Path("/srv/cryotui"),
        targets={
            "prod": Target(
                "prod",
                conninfo="postgresql://cryo_ops@db1.lab/cryoprotect",
                service="lab",
                host="db1.lab",
                port=5433,
                database="cryo",
                user="cryo_ops",
                sslmode="verify-full",
                password_command=("pass", "show", "db/prod"),
                label="Production: Zurich",
                protected=True,
                max_level=Level.OPERATE,
                production=True,
                theme="protected",
            ),
            "lab": Target("lab"),
        },
        backups=(
            BackupSource("nightly", "dumps", path=Path("/srv/dumps"), targets=("prod",), max_age=(72000.0, 108000.0)),
            BackupSource("repository", "pgbackrest", stanza="main", command=("ssh", "backup1", "pgbackrest")),
            BackupSource("barman", "barman", server="db1"),
            BackupSource("cloud", "walg"),
        ),
        thresholds={
            "activity.query_age": (90.0, 600.0),
            "tables.bloat": (0.2, 0.5),
            "statements.hit": (0.95, 0.8),
            "replication.behind": (100 * 1024.0**2, math.inf),
            "tables.due": (2.0, math.inf),
        },
        columns={"activity": ColumnChoice(hidden=("client", "xmin_age"), order=("pid",))},
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("intervall: 2", "1:1: intervall is no key of the file; interval is the nearest."),
        ("interval: 0.5", "1:11: interval is 0.5; 1 s is the least."),
        ("interval: 2h", "1:11: interval is 2h; 3600 s is the most."),
        ("interval: soon", "1:11: interval is soon; a time is possible, such as 2, 90s, 5m, 36h or 7d."),
        ("interval: -1", "1:11: interval is -1; a time is possible, such as 2, 90s, 5m, 36h or 7d."),
        ("interval: .inf", "1:11: interval is .inf; a time is possible, such as 2, 90s, 5m, 36h or 7d."),
        ("danger_minutes: 2.5", "1:17: danger_minutes is 2.5; a whole number is possible."),
        ("danger_minutes: 61", "1:17: danger_minutes is 61; 60 is the most."),
        ("color: bleu", "1:8: color is bleu; possible: auto, always, never."),
        ("mouse: maybe", "1:8: mouse is maybe; true and false are possible."),
        ("theme: [a]", "1:8: theme is a list; one value is possible."),
        ("theme: {a: b}", "1:8: theme is a table of keys; one value is possible."),
        ("theme:", "1:7: theme has no value; leave the line out for the default."),
        ("theme: ''", "1:8: theme has no value; leave the line out for the default."),
        ('theme: "a\\nb"', "1:8: theme holds a line break or a character that cannot be shown."),
        ("state_folder: logs", "1:15: state_folder is logs; a path that begins with / or ~/ is possible."),
        ("protected: true", "1:1: protected is a key of a target, not of the file."),
        ("targets:\n  a: {interval: 2}", "2:7: interval is a key of the file, not of a target."),
        ("targets: [a]", "1:10: targets is no table; a name on its own line, and its keys under it, are possible."),
        ("targets:\n  a: service=x", "2:6: targets.a is no table; keys are possible, indented under it."),
        ("targets:\n  a b: {}", "2:3: a b is no name; letters, digits, . _ - are possible, 32 at most."),
        ("targets:\n  a: {protectd: 1}", "2:7: protectd is no key of a target; protected is the nearest."),
        ("targets:\n  a: {port: 70000}", "2:13: targets.a.port is 70000; 65535 is the most."),
        ("targets:\n  a: {max_level: root}", "2:18: targets.a.max_level is root; possible: observe, operate, danger."),
        ("default_target: prd\ntargets: {prod: {}}", "1:17: default_target is prd; prod is the nearest."),
        ("default_target: prd", "1:17: default_target is prd; there are no targets in the file."),
        ("backups:\n  a: {path: /x}", "2:3: backups.a lacks kind: dumps, pgbackrest, barman or walg."),
        ("backups:\n  a: {kind: dumps}", "2:3: backups.a lacks path, which a source of kind dumps needs."),
        ("backups:\n  a: {kind: walg, stanza: m}", "2:19: backups.a.stanza is not for a source of kind walg."),
        (
            "targets: {prod: {}}\nbackups:\n  a: {kind: walg, targets: [prd]}",
            "3:28: backups.a.targets holds prd; prod is the nearest.",
        ),
        ("thresholds: {activity.qery: 1}", "1:14: activity.qery is no threshold; activity.query_age is the nearest."),
        (
            "thresholds: {tables.bloat: [30, 60]}",
            "1:29: thresholds tables.bloat holds 30; a share is possible, such as 30% or 0.3.",
        ),
        (
            "thresholds: {tables.bloat: [60%, 30%]}",
            "1:28: thresholds tables.bloat has bad before watch; watch is the lower one.",
        ),
        (
            "thresholds: {statements.hit: [80%, 90%]}",
            "1:30: thresholds statements.hit has bad before watch; bad is the lower one here.",
        ),
        (
            "thresholds: {activity.age: [1, 2, 3]}",
            "1:28: thresholds activity.age has 3 values; [watch, bad] is possible.",
        ),
        ("columns: {activity: {hidden: [a, a]}}", "1:30: columns.activity.hidden names something twice."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_possible(reading, text, problem):
    assert reading.problem(text) == problem


def test_all_problems_of_a_file_are_told_at_once(reading):
    reading.write("intervall: 2\nmouse: maybe\ntargets:\n  a: {prt: 1}\n")
    with pytest.raises(ConfigError) as raised:
        load(reading.file, reading.environ)
    lines = str(raised.value).splitlines()
    assert [line.removeprefix(f"{reading.file}:").split(":")[0] for line in lines] == ["1", "2", "4"]
    assert raised.value.exit_code == 2


def test_a_file_of_nonsense_does_not_flood_the_screen(reading):
    problems = reading("\n".join(f"word{number}: x" for number in range(5000))).problems
    assert len(problems) == 26
    assert problems[-1] == "and 4975 more."


def test_a_tolerant_start_has_the_default_of_a_bad_key_and_the_values_of_the_good_ones(reading):
    reading.write("interval: 0.5\ntheme: glacier\n")
    settings, sentences = load_tolerant(reading.file, reading.environ)
    assert (settings.interval, settings.theme) == (2.0, "glacier")
    assert sentences == (f"{reading.file}:1:11: interval is 0.5; 1 s is the least.",)


@pytest.mark.parametrize(
    "keys", ["protectd: true", "protected: ture", "max_level: Operate", "protected: true\n    protected: false"]
)
def test_a_target_whose_safety_is_misspelt_is_protected_and_read_only(reading, keys):
    reading.write(f"targets:\n  prod:\n    host: db1\n    {keys}\n")
    settings, sentences = load_tolerant(reading.file, reading.environ)
    target = settings.targets["prod"]
    assert (target.protected, target.highest_level) == (True, Level.OBSERVE)
    assert "Target prod is taken as protected and read-only until that is mended." in sentences


@pytest.mark.parametrize("keys", ["host: [a]", "port: x", "conninfo: host=a password=b", "sslmode: full", "service:"])
def test_a_target_whose_place_is_wrong_is_left_out_rather_than_found_elsewhere(reading, keys):
    reading.write(f"targets:\n  prod:\n    {keys}\n")
    settings, sentences = load_tolerant(reading.file, reading.environ)
    assert "prod" not in settings.targets
    assert "Target prod is left out until that is mended." in sentences


@pytest.mark.parametrize("key", ["password", "pgpassword", "PGPASSWORD", "passwd", "secret", "token"])
def test_a_password_in_the_file_is_refused_and_not_repeated(reading, key):
    loaded = reading(f"targets:\n  prod:\n    {key}: Hunter2-canary\n")
    told = " ".join((*loaded.problems, *loaded.consequences, *loaded.notices))
    assert f"{key} is refused: a password does not belong in this file" in told
    assert "canary" not in told


@pytest.mark.parametrize(
    ("conninfo", "holds"),
    [
        ("postgresql://u:pw@h/d", True),
        ("postgres://u:p%40w@h1:5432,h2/d", True),
        ("postgresql://u:pa/ss@h/d", True),
        ("postgresql://h/d?password=x", True),
        ("postgresql://h/d?pass%77ord=x", True),
        ("postgresql://h?sslpassword=x", True),
        ("host=a password = b", True),
        ("postgresql://u@h:5432/d", False),
        ("postgresql://h:5432/d?user=a@b", False),
        ("postgresql://[::1]:5432/d", False),
        ("postgresql:///d?host=/tmp", False),
        ("passfile=/x service=y", False),
    ],
)
def test_a_password_inside_a_connection_string_is_found(conninfo, holds):
    assert secret_in_conninfo(conninfo) is holds


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=("Cs", "Cc"))))
def test_a_uri_with_any_password_is_found(password):
    from urllib.parse import quote

    assert secret_in_conninfo(f"postgresql://user:{quote(password, safe='')}@host/db")


def test_variables_replace_the_file_and_words_of_the_command_line_replace_both(reading):
    environ = {
        "CRYOTUI_THEME": "glacier",
        "CRYOTUI_INTERVAL": "7",
        "CRYOTUI_CONFIG_FOLDER": "/own",
        "CRYOTUI_COLOR": "",
    }
    loaded = reading("theme: frost\ninterval: 3\ncolor: never\n", environ, interval=9.0, mouse=False, ascii=None)
    settings = loaded.settings
    assert loaded.problems == ()
    assert (settings.theme, settings.interval, settings.color, settings.mouse) == ("glacier", 9.0, "never", False)
    assert settings.config_folder == Path("/own")
    assert str(loaded.origins["theme"]) == "CRYOTUI_THEME"
    assert str(loaded.origins["interval"]) == "command line"


def test_a_wrong_variable_is_named(reading):
    assert reading("", {"CRYOTUI_INTERVAL": "0"}).problems == ("CRYOTUI_INTERVAL: interval is 0; 1 s is the least.",)
    notices = reading("", {"CRYOTUI_THEM": "x"}).notices
    assert notices == ("CRYOTUI_THEM is no variable of cryotui; CRYOTUI_THEME is the nearest.",)


def test_the_users_file_goes_over_the_systems_key_by_key(tmp_path):
    system, home = tmp_path / "etc", tmp_path / "home"
    own = home / ".config" / "cryotui"
    own.mkdir(parents=True)
    system.mkdir()
    (system / "config.yaml").write_text("interval: 5\ntheme: glacier\ntargets:\n  prod: {host: db1, protected: true}\n")
    (own / "config.yaml").write_text("theme: frost\ntargets:\n  prod: {user: anna}\n  lab: {host: db2}\n")
    for file in (system / "config.yaml", own / "config.yaml"):
        file.chmod(0o644)
    settings = load(None, {"HOME": str(home)}, system=system)
    assert (settings.interval, settings.theme) == (5.0, "frost")
    assert settings.targets["prod"] == Target("prod", host="db1", user="anna", protected=True)
    assert list(settings.targets) == ["prod", "lab"]


def test_a_file_named_by_hand_is_read_alone(tmp_path):
    system = tmp_path / "etc"
    system.mkdir()
    (system / "config.yaml").write_text("interval: 5\n")
    mine = tmp_path / "mine.yaml"
    mine.write_text("theme: glacier\n")
    mine.chmod(0o600)
    for file, environ in ((mine, {}), (None, {"CRYOTUI_CONFIG": str(mine)})):
        settings = load(file, {"HOME": str(tmp_path), **environ}, system=system)
        assert (settings.interval, settings.theme) == (2.0, "glacier")


def test_without_any_file_the_defaults_hold(tmp_path):
    loaded = examine(None, {"HOME": str(tmp_path)}, system=tmp_path / "etc")
    assert loaded.problems == loaded.notices == loaded.found == ()
    assert loaded.settings.state_folder == tmp_path / ".local/state/cryotui"


@pytest.mark.parametrize("given", ["relative/place", "", "~/x"])
def test_a_relative_xdg_folder_is_ignored(tmp_path, given):
    settings = load(None, {"HOME": str(tmp_path), "XDG_STATE_HOME": given, "XDG_CONFIG_HOME": given}, system=tmp_path)
    assert settings.state_folder == tmp_path / ".local/state/cryotui"
    assert settings.config_folder == tmp_path / ".config/cryotui"


def test_an_absolute_xdg_folder_is_taken(tmp_path):
    environ = {"HOME": "/nowhere", "XDG_STATE_HOME": str(tmp_path / "s"), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    settings = load(None, environ, system=tmp_path)
    assert (settings.state_folder, settings.config_folder) == (tmp_path / "s/cryotui", tmp_path / "c/cryotui")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_sentences_of_one_line(text):
    try:
        parse(text, "file")
    except ConfigError as error:
        assert str(error).startswith("file")
        assert str(error).isprintable()
