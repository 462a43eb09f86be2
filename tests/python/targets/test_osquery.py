"""osquery: packs whose queries SQLite runs on tables like those of osquery."""

import json
import sqlite3
from typing import Any

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, HashEntry, MetadataRule, Package, find_target

PLATFORMS = {"windows": "windows", "macos": "darwin", "linux": "linux"}


def queries_of(compilation: Compilation) -> dict[str, dict[str, Any]]:
    pack = json.loads(support.text_of(compilation))
    assert set(pack) == {"queries"}
    queries: dict[str, dict[str, Any]] = pack["queries"]
    for name, each in queries.items():
        assert name.isascii()
        assert name.replace("_", "").isalnum()
        assert {"query", "interval", "description"} <= set(each)
        assert set(each) <= {"query", "interval", "description", "platform"}
        assert each["interval"] > 0
        assert each.get("platform") in {None, *PLATFORMS.values()}
        assert len(each["query"]) < 1_000_000
    return queries


class Machine:
    """The tables of a machine on which programs run."""

    def __init__(self) -> None:
        self.tables = sqlite3.connect(":memory:")
        self.tables.executescript(
            "CREATE TABLE processes (pid INTEGER, name TEXT, path TEXT, cmdline TEXT);"
            "CREATE TABLE hash (path TEXT, directory TEXT, sha256 TEXT);"
            "CREATE TABLE file (path TEXT, directory TEXT, filename TEXT, original_filename TEXT);"
        )
        self.count = 0

    def run(
        self,
        path: str,
        *,
        sha256: str = "",
        original: str = "",
        command: str = "",
        deleted: bool = False,
    ) -> "Machine":
        self.count += 1
        name = path.replace("\\", "/").rpartition("/")[2]
        insert = self.tables.execute
        insert("INSERT INTO processes VALUES (?, ?, ?, ?)", (self.count, name, path, command))
        if not deleted:
            insert("INSERT INTO hash VALUES (?, '', ?)", (path, sha256))
            insert("INSERT INTO file VALUES (?, '', ?, ?)", (path, name, original))
        return self

    def found(self, compilation: Compilation, platform: str = "") -> set[str]:
        """The paths of the programs that the queries find on the platform."""
        paths = set()
        for each in queries_of(compilation).values():
            if each.get("platform") in {None, PLATFORMS.get(platform)}:
                rows = self.tables.execute(each["query"])
                column = [title[0] for title in rows.description].index("path")
                paths |= {row[column] for row in rows}
        return paths


def test_of_3cx_what_runs_is_found_and_its_neighbour_is_not() -> None:
    package = support.example()
    compilation = support.compiled(package, "osquery")
    machine = Machine()
    for i, each in enumerate(package.entries):
        machine.run(f"/planted/{i}", sha256=str(each.sha256))
    machine.run("/neighbour", sha256=str(support.digest(0)))
    machine.run("C:\\renamed.exe", original="3cxdesktopapp.EXE")
    machine.run("C:\\neighbour.exe", original="3CXDesktopApp2.exe")
    planted = {f"/planted/{i}" for i in range(8)}
    assert machine.found(compilation, "windows") == planted | {"C:\\renamed.exe"}
    assert machine.found(compilation, "linux") == planted
    assert support.compiled(package, "osquery", state="enforce") == compilation
    assert support.lost_rules(compilation) == {"3CXDesktopApp on macos", "3CXDesktopApp on linux"}


@pytest.mark.parametrize(
    ("criterion", "on", "planted", "neighbour"),
    [
        (("path", "equals", "/tmp/evil"), "linux", "/tmp/evil", "/tmp/Evil"),
        (("path", "equals", "/tmp/evil"), "macos", "/tmp/EVIL", "/tmp/evil2"),
        (("path", "equals", "C:/tmp/evil"), "windows", "c:\\tmp\\EVIL", "C:\\tmp\\evil.exe"),
        (("path", "starts_with", "/tmp/"), "linux", "/tmp/a", "/a/tmp/"),
        (("path", "ends_with", "/evil"), "linux", "/tmp/evil", "/tmp/evil.2"),
        (("path", "contains", "%_'x"), "linux", "/tmp/%_'x.y", "/tmp/abc'x.y"),
        (("file_name", "equals", "evil"), "linux", "/tmp/evil", "/evil/tmp"),
        (("file_name", "starts_with", "évil"), "linux", "/tmp/évil2", "/tmp/vil"),
    ],
)
def test_criteria_find_what_they_say(
    criterion: tuple[str, str, str], on: str, planted: str, neighbour: str
) -> None:
    compilation = support.compiled(
        package_of(rules=[rule_of("r", criterion, platforms=[on])]), "osquery"
    )
    machine = Machine().run(planted).run(neighbour)
    assert machine.found(compilation, on) == {planted}
    assert compilation.losses == ()


def test_criteria_have_to_hold_together() -> None:
    package = package_of(
        rules=[
            rule_of(
                "r",
                ("path", "equals", "/bin/sh"),
                ("command_line", "contains", "evil"),
                platforms=["linux"],
            )
        ]
    )
    compilation = support.compiled(package, "osquery")
    machine = Machine().run("/bin/sh", command="sh -c EVIL").run("/bin/zsh", command="evil")
    assert machine.found(compilation, "linux") == {"/bin/sh"}
    assert machine.found(compilation, "windows") == set()
    assert Machine().run("/bin/sh", command="sh").found(compilation, "linux") == set()


def test_a_program_whose_file_is_deleted_keeps_path_and_command_line() -> None:
    package = package_of(
        [HashEntry(support.digest(0))],
        [
            rule_of("path", ("path", "starts_with", "/tmp/"), platforms=["linux"]),
            rule_of("command", ("command_line", "contains", "evil"), platforms=["linux"]),
            rule_of("name", ("file_name", "equals", "named"), platforms=["linux"]),
        ],
    )
    machine = Machine()
    machine.run("/tmp/x", deleted=True)
    machine.run("/opt/y", command="y evil", deleted=True)
    machine.run("/opt/named", sha256=str(support.digest(0)), deleted=True)
    compilation = support.compiled(package, "osquery")
    assert machine.found(compilation, "linux") == {"/tmp/x", "/opt/y"}
    assert any("not found by its hash" in each for each in find_target("osquery").remarks)


def test_a_rule_has_a_query_for_each_platform() -> None:
    both = MetadataRule("r", ["linux", "macos"], rule_of("r", ("path", "equals", "/x")).criteria)
    queries = queries_of(support.compiled(package_of(rules=[both]), "osquery"))
    assert [each["platform"] for each in queries.values()] == ["darwin", "linux"] or [
        each["platform"] for each in queries.values()
    ] == ["linux", "darwin"]


def test_what_the_tables_do_not_tell_is_left_out() -> None:
    package = package_of(
        [HashEntry(support.digest(0), kind="authenticode")],
        [
            rule_of("publisher", ("publisher", "equals", "x")),
            rule_of("w", ("path", "wildcard", "/*")),
        ],
    )
    compilation = support.compiled(package, "osquery")
    assert compilation.documents == ()
    assert support.lost_rules(compilation) == {"publisher", "w"}
    assert support.lost_hexes(compilation) == set(support.hexes(package))


def test_letters_beyond_ascii_keep_their_case() -> None:
    package = package_of(rules=[rule_of("r", ("path", "equals", "C:\\évil"))])
    compilation = support.compiled(package, "osquery")
    assert support.lost_rules(compilation, "narrowed") == {"r"}
    assert Machine().run("c:\\éVIL").found(compilation, "windows") == {"c:\\éVIL"}


def test_the_interval_is_a_number() -> None:
    compilation = support.compiled(support.example(), "osquery", settings={"interval": "60"})
    assert {each["interval"] for each in queries_of(compilation).values()} == {60}
    for text in ("", "0", "x", "60s", "-1", "604801", "99999999999999999999999"):
        support.assert_refuses_setting("osquery", "interval", text)


def machine_of(package: Package) -> Machine:
    """A machine with a program for each hash and for each rule, and a neighbour."""
    machine = Machine().run("neighbour", sha256="0" * 64, original="neighbour")
    for each in package.entries:
        machine.run(str(each.sha256), sha256=str(each.sha256))
    for name in package.rules:
        (criterion,) = name.criteria
        if str(criterion.field) == "original_filename":
            machine.run(name.name, original=criterion.value)
        else:
            machine.run(criterion.value.replace("/", "\\"))
    return machine


def test_hostile_texts_stay_texts() -> None:
    package = support.hostile_package(rules=support.hostile_rules())
    compilation = support.compiled(package, "osquery")
    found = machine_of(package).found(compilation, "windows")
    assert "neighbour" not in found
    assert found >= set(support.hexes(package))
    originals = {
        each.name for each in package.rules if str(each.criteria[0].field) == "original_filename"
    }
    assert found >= originals - support.lost_rules(compilation)
    assert originals - support.lost_rules(compilation)


def test_many_hashes_stand_in_several_queries() -> None:
    package = support.numbered(5000)
    compilation = support.compiled(package, "osquery")
    assert len(queries_of(compilation)) == 5
    assert machine_of(package).found(compilation) == set(support.hexes(package))
    support.assert_deterministic(package, "osquery")
