"""libblock export: files for engines, and a report of what they cannot express."""

import hashlib
from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run

import libblock
from libblock import Criterion, HashEntry, MetadataRule, Package, Policy


@pytest.fixture
def package(tmp_path: Path) -> Path:
    file = tmp_path / "3cx.yaml"
    package = Package("3CX DesktopApp")
    package.add_entries([HashEntry(SHA["a"], file_name="a.exe"), HashEntry(SHA["b"])])
    package.save(file)
    return file


@pytest.fixture
def lossy(tmp_path: Path) -> Path:
    """A package of which ClamAV can express one hash of three, and no rule of five."""
    file = tmp_path / "lossy.yaml"
    package = Package("lossy", expires=libblock.parse_timestamp("2026-01-01T00:00:00Z"))
    kinds = {"a": "file", "b": "authenticode", "c": "authenticode"}
    package.add_entries([HashEntry(SHA[each], kind) for each, kind in kinds.items()])
    for name in ("one", "two"):
        package.add_rule(MetadataRule(name, ["linux"], [Criterion("user_name", "equals", "x")]))
    for name in ("r1", "r2", "r3", "r4"):
        package.add_rule(MetadataRule(name, ["linux"], [Criterion("path", "equals", "/x")]))
    package.save(file)
    return file


@pytest.fixture
def policy(tmp_path: Path, package: Path) -> Path:
    file = tmp_path / "policy.yaml"
    policy = Policy()
    policy.tree.add_group("/Servers")
    policy.tree.set_state("/", "3CX DesktopApp", "enforce")
    policy.tree.set_state("/Servers", "3CX DesktopApp", "audit")
    policy.packages = [libblock.PackageFile("3CX DesktopApp", package.name)]
    policy.save(file)
    return file


def test_a_package_becomes_the_files_of_an_engine(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out/deep"
    out = ok("export", package, "--to", "clamav", "-o", folder)
    assert out == f"{folder}/3cx-desktopapp.hsb: written\n"
    text = (folder / "3cx-desktopapp.hsb").read_text()
    assert f"{SHA['a']}:*:Libblock.3cx_desktopapp.a_exe:73\n" in text
    assert f"Digest: {Package.load(package).digest().hex}\n" in text


def test_a_single_file_goes_to_standard_output(package: Path, tmp_path: Path) -> None:
    assert ok("export", package, "--to", "sha256sum", "-o", "-") == (
        f"{SHA['a']}  a.exe\n{SHA['b']}  -\n"
    )
    assert "there are several: 3cx-desktopapp.list, libblock.rules" in refused(
        "export", package, "--to", "suricata", "-o", "-"
    )
    assert list(tmp_path.iterdir()) == [package]


def test_files_are_overwritten_only_when_told(package: Path, tmp_path: Path) -> None:
    command = ("export", package, "--to", "sha256sum", "-o", tmp_path)
    file = tmp_path / "3cx-desktopapp.sha256"
    assert ok(*command) == f"{file}: written\n"
    assert ok(*command) == f"{file}: unchanged\n"
    file.write_text("mine")
    assert f"{file}: there is such a file already" in refused(*command)
    assert file.read_text() == "mine"
    assert ok(*command, "--force") == f"{file}: written\n"
    assert file.read_text() != "mine"


def test_the_report_is_grouped_for_people(lossy: Path, tmp_path: Path) -> None:
    result = run("export", lossy, "--to", "clamav", "-o", tmp_path)
    assert result.code == 0
    title, *lines = result.err.splitlines()
    assert title == "lossy: not all of it goes into ClamAV"
    assert [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines] == [
        ["left out", "2 hashes", "ClamAV does not compare authenticode hashes"],
        ["left out", "4 rules", "ClamAV cannot ask for path"],
        ["left out", 'rules "one", "two"', "ClamAV cannot ask for user_name"],
        [
            "widened",
            "the package",
            "ClamAV knows no expiry, and the package expires at 2026-01-01T00:00:00Z: remove the "
            "documents then",
        ],
    ]


def test_json_has_each_hash_and_rule(lossy: Path, tmp_path: Path) -> None:
    result = run("export", lossy, "--to", "clamav", "-o", tmp_path, "--format", "json")
    assert (result.code, result.err) == (0, "")
    document = result.json("export")
    assert document["target"] == "clamav"
    written = (tmp_path / "lossy.hsb").read_bytes()
    assert document["documents"] == [
        {
            "name": "lossy.hsb",
            "bytes": len(written),
            "sha256": hashlib.sha256(written).hexdigest(),
            "written": True,
        }
    ]
    hashes, rules, *_ = document["losses"]
    assert [each["sha256"] for each in hashes["hashes"]] == [SHA["b"], SHA["c"]]
    assert (hashes["kind"], hashes["reason"]) == ("left_out", "hash_kind")
    assert rules["rules"] == [{"rule": f"r{n}", "criterion": 0} for n in range(1, 5)]


def test_strict_writes_nothing(lossy: Path, package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("export", lossy, "--to", "clamav", "-o", folder, "--strict")
    assert result.code == 1
    assert "lossy: not all of it goes into ClamAV" in result.err
    assert "error: something would be lost, and --strict is given: nothing is written" in result.err
    assert not folder.exists()
    assert ok("export", package, "--to", "clamav", "-o", folder, "--strict")


def test_in_audit_a_blocking_engine_gets_nothing(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("export", package, "--to", "fapolicyd", "--state", "audit", "-o", folder)
    assert (result.code, result.out) == (1, "")
    assert "fapolicyd has no audit: what it is given, it blocks" in result.err
    assert "warning: there is nothing that fapolicyd could load" in result.err
    assert not folder.exists()


def test_a_group_gets_what_is_in_force_there(policy: Path, tmp_path: Path) -> None:
    options = ("--to", "fapolicyd", "-o", tmp_path / "out")
    out = ok("export", "--policy", policy, "--group", "/", *options)
    assert out == f"{tmp_path}/out/15-blocklist-3cx-desktopapp.rules: written\n"
    audited = run("export", "--policy", policy, "--group", "/Servers", *options)
    assert audited.code == 1
    assert "fapolicyd has no audit" in audited.err
    assert "there is no group '/None'" in refused(
        "export", "--policy", policy, "--group", "/None", *options
    )


def test_packages_in_force_must_have_files(policy: Path, tmp_path: Path) -> None:
    changed = Policy.load(policy)
    changed.tree.set_state("/", "other", "enforce")
    changed.save(policy)
    assert "'other', in force by /, is not given" in refused(
        "export", "--policy", policy, "--group", "/", "--to", "clamav", "-o", tmp_path
    )


def test_expired_packages_are_left_out_when_asked(
    lossy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("export", lossy, "--to", "clamav", "-o", tmp_path / "out", "--at")
    result = run(*command, "2026-01-01")
    assert result.code == 1
    assert "the package expired at 2026-01-01T00:00:00Z" in result.err
    assert run(*command, "2025-12-31").code == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert run(*command, "now").code == 1
    assert "is no time" in refused(*command, "tomorrow")


def test_settings_are_those_of_the_target(package: Path, tmp_path: Path) -> None:
    command = ("export", package, "--to", "suricata", "-o", tmp_path, "--set")
    ok(*command, "list-folder=/srv/lists")
    assert "filesha256:/srv/lists/" in (tmp_path / "libblock.rules").read_text()
    assert "suricata has no setting 'x'" in refused(*command, "x=y")
    assert "list-folder is not of the form NAME=VALUE" in refused(*command, "list-folder")


def test_what_makes_no_sense_is_refused(package: Path, policy: Path, tmp_path: Path) -> None:
    to = ("--to", "clamav")
    assert "name a package, or a policy and a group" in refused("export", *to)
    assert "name a package, or a policy and a group" in refused("export", *to, "--policy", policy)
    both = ("export", package, *to, "--policy", policy, "--group", "/")
    assert "name a package, or a policy and a group" in refused(*both)
    stated = ("export", *to, "--policy", policy, "--group", "/", "--state", "audit")
    assert "the policy gives each package its state" in refused(*stated)
    json_out = ("export", package, *to, "-o", "-", "--format", "json")
    assert "-o - prints the document itself" in refused(*json_out)
    assert "no target 'clamv', did you mean 'clamav'?" in refused(
        "export", package, "--to", "clamv"
    )
    assert "sizes of files too" in refused("export", package, "--to", "hashdeep")
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "cannot be made" in refused("export", package, *to, "-o", blocked / "out")
