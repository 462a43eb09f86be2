"""YARA finds files by hash and by the version resource, and nothing else."""

import hashlib
from itertools import chain
from pathlib import Path

import pytest
from engine import among_hostile, entry_of, export, plant, require, run
from pe_builder import build_pe
from target_support import compiled, hexes, losses_of, numbered, package_of, rule_of

import libblock

#: Of the names of all rules of "3CX DesktopApp".
PREFIX = "p_3cx_desktopapp_" + hashlib.sha256(b"3CX DesktopApp").hexdigest()[:8]


@pytest.fixture(autouse=True)
def _engine() -> None:
    require("yara")


def scan(rules: Path, *files: Path) -> dict[str, list[str]]:
    """The names of the rules that match, by the name of each file."""
    found: dict[str, list[str]] = {}
    for file in files:
        printed = run("yara", "--fail-on-warnings", rules, file)
        for line in printed.splitlines():
            found.setdefault(file.name, []).append(line.split(" ")[0])
    return found


def test_a_planted_file_is_found_and_its_neighbour_is_not(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", neighbour="malware.")
    (rules,) = export(package_of([entry_of(files["planted"])]), "yara", tmp_path)
    assert rules.name == "3cx-desktopapp.yar"
    assert scan(rules, *files.values()) == {"planted": [f"{PREFIX}_hashes_1"]}


@pytest.mark.parametrize(
    "names",
    [("A B", "A_B"), ("A B", "a b"), ("x" * 90 + "y", "x" * 90 + "z")],
    ids=["same identifier", "same file", "cut alike"],
)
@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_packages_of_like_names_load_together(
    tmp_path: Path, names: tuple[str, str], apart: bool
) -> None:
    files = plant(tmp_path, one="first", two="second")
    packages = [
        package_of([entry_of(file)], name=name)
        for name, file in zip(names, files.values(), strict=True)
    ]
    if apart:
        folders = [tmp_path / name for name in ("x", "y")]
        rules = list(chain(*(export(p, "yara", f) for p, f in zip(packages, folders, strict=True))))
    else:
        tree = libblock.PolicyTree()
        for package in packages:
            tree.set_state("/", package.name, "audit")
        documents = libblock.compile_group(packages, tree, "/", "yara").documents
        libblock.save_documents(documents, tmp_path / "out")
        rules = [tmp_path / "out" / each.name for each in documents]
    for file in files.values():
        assert len(run("yara", "--fail-on-warnings", *rules, file).splitlines()) == 1


def test_hostile_names_hide_nothing(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", neighbour="benign")
    (rules,) = export(among_hostile(files["planted"]), "yara", tmp_path)
    assert list(scan(rules, *files.values())) == ["planted"]


def test_many_hashes_are_spread_over_rules(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", neighbour="benign")
    package = package_of([entry_of(files["planted"])])
    package.add_entries(numbered(2_500).entries)
    (rules,) = export(package, "yara", tmp_path)
    assert rules.read_text().count("\nrule ") == 3
    position = sorted(hexes(package)).index(entry_of(files["planted"]).sha256.hex)
    expected = f"{PREFIX}_hashes_{position // 1000 + 1}"
    assert scan(rules, *files.values()) == {"planted": [expected]}


@pytest.mark.parametrize(
    ("operation", "value", "matches", "differs"),
    [
        ("equals", "setup.exe", "SETUP.exe", "setup.exe2"),
        ("equals", 'a"b\\c', 'A"b\\c', "a'b/c"),
        ("contains", "(tup.", "xx(TUP.xx", "xx(tup xx"),
        ("starts_with", "se*", "SE*tup", "setup"),
        ("ends_with", ".exe", "a.EXE", "a.exe.dll"),
        ("wildcard", "se?up*.exe", "SETUP-1.EXE", "seup.exe"),
        ("wildcard", "a+b/**", "A+B/x/y", "aab/x"),
    ],
)
def test_criteria_mean_what_they_mean_in_libblock(
    tmp_path: Path, operation: str, value: str, matches: str, differs: str
) -> None:
    rule = rule_of("rule", ("original_filename", operation, value))
    files = plant(
        tmp_path,
        planted=build_pe([{"OriginalFilename": matches}]),
        neighbour=build_pe([{"OriginalFilename": differs}]),
        other=build_pe([{"ProductName": matches}]),
    )
    for text, expected in ((matches, "matched"), (differs, "not_matched")):
        facts = libblock.FileFacts("windows", original_filename=text)
        assert libblock.match(rule, facts).outcome == expected
    (rules,) = export(package_of(rules=[rule]), "yara", tmp_path)
    assert scan(rules, *files.values()) == {"planted": [f"{PREFIX}_rule_1"]}


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("original_filename", "OriginalFilename"),
        ("product_name", "ProductName"),
        ("file_description", "FileDescription"),
        ("internal_name", "InternalName"),
        ("company_name", "CompanyName"),
    ],
)
def test_every_field_has_its_key(tmp_path: Path, field: str, key: str) -> None:
    others = {"OriginalFilename", "ProductName", "FileDescription", "InternalName", "CompanyName"}
    files = plant(
        tmp_path,
        planted=build_pe([{key: "value"}]),
        neighbour=build_pe([dict.fromkeys(others - {key}, "value")]),
    )
    rule = rule_of("rule", (field, "equals", "value"))
    (rules,) = export(package_of(rules=[rule]), "yara", tmp_path)
    assert list(scan(rules, *files.values())) == ["planted"]


@pytest.mark.parametrize("key", ["OriginalFilename", "ORIGINALFILENAME", "originalfilename"])
def test_every_table_of_strings_is_asked_in_any_letters_of_its_keys(
    tmp_path: Path, key: str
) -> None:
    tables = [{key: "Cmd.exe", "ProductName": "Windows"}, {"OriginalFilename": "cmd.exe.mui"}]
    files = plant(
        tmp_path,
        first=build_pe(tables),
        last=build_pe(tables[::-1]),
        neighbour=build_pe([*tables[1:], {"ProductName": "cmd.exe"}]),
    )
    rule = rule_of("name", ("original_filename", "equals", "cmd.exe"))
    (rules,) = export(package_of(rules=[rule]), "yara", tmp_path)
    assert list(scan(rules, *files.values())) == ["first", "last"]


def test_all_criteria_of_a_rule_must_hold(tmp_path: Path) -> None:
    files = plant(
        tmp_path,
        planted=build_pe([{"OriginalFilename": "a.exe", "ProductName": "B"}]),
        neighbour=build_pe([{"OriginalFilename": "a.exe", "ProductName": "C"}]),
    )
    criteria = [
        ("original_filename", "equals", "a.exe"),
        ("product_name", "equals", "B"),
    ]
    (rules,) = export(package_of(rules=[rule_of('"]]> \\', *criteria)]), "yara", tmp_path)
    assert list(scan(rules, *files.values())) == ["planted"]


def test_what_the_pe_module_cannot_compare_is_lost() -> None:
    rules = [
        rule_of("not ascii", ("product_name", "equals", "漢")),
        rule_of("long", ("product_name", "equals", "x" * 256)),
    ]
    compilation = compiled(package_of(rules=rules), "yara")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "value", 0, ["long", "not ascii"])]


def test_the_hash_of_an_empty_file_is_reported(tmp_path: Path) -> None:
    files = plant(tmp_path, empty="", planted="malware")
    package = package_of([entry_of(each) for each in files.values()])
    compilation = libblock.compile_package(package, "yara")
    libblock.save_documents(compilation.documents, tmp_path)
    (document,) = compilation.documents
    assert list(scan(tmp_path / document.name, *files.values())) == ["planted"]
    (loss,) = compilation.losses
    assert (loss.kind, loss.reason) == ("cannot_match", "engine")
    assert loss.message == "YARA does not look at files without contents"
    assert list(loss.entries) == [entry_of(files["empty"])]
