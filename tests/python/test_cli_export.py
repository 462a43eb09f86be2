"""libblock export: files for engines, and a report of what they cannot express."""

import hashlib
from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run, start

import libblock
from libblock import Criterion, HashEntry, MetadataRule, Package, Policy


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")  # in June 2025


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
    names = {"a": "", "b": "", "c": "setup.exe"}
    kinds = {"a": "file", "b": "authenticode", "c": "authenticode"}
    package.add_entries(
        [HashEntry(SHA[each], kind, file_name=names[each]) for each, kind in kinds.items()]
    )
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
        f"{SHA['a']}  a.exe\n{SHA['b']}  {SHA['b']}\n"
    )
    assert "there are several: 3cx-desktopapp.list, 3cx-desktopapp.rules" in refused(
        "export", package, "--to", "suricata", "-o", "-"
    )
    assert list(tmp_path.iterdir()) == [package]


def test_files_are_overwritten_only_when_told(package: Path, tmp_path: Path) -> None:
    command = ("export", package, "--to", "sha256sum", "-o", tmp_path)
    file = tmp_path / "3cx-desktopapp.sha256"
    assert ok(*command) == f"{file}: written\n"
    assert ok(*command) == f"{file}: unchanged\n"
    file.write_text("mine")
    assert refused(*command) == (
        f"{file}: there is such a file already\n"
        "libblock: hint: --force overwrites the files that are there"
    )
    assert file.read_text() == "mine"
    assert ok(*command, "--force") == f"{file}: written\n"
    assert file.read_text() != "mine"


def test_the_report_is_grouped_for_people(lossy: Path, tmp_path: Path) -> None:
    result = run("export", lossy, "--to", "clamav", "-o", tmp_path)
    assert result.code == 0
    title, *lines = result.err.splitlines()
    assert title == "lossy: not all of it goes into ClamAV"
    assert [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines] == [
        [
            "left out",
            f"2 hashes ({SHA['b'][:12]}..., setup.exe)",
            "ClamAV does not compare authenticode hashes",
        ],
        ["left out", 'rules "r1", "r2", "r3", "r4"', "ClamAV cannot ask for path"],
        ["left out", 'rules "one", "two"', "ClamAV cannot ask for user_name"],
        [
            "widened",
            "the package",
            "ClamAV knows no expiry, and the package expires at 2026-01-01T00:00:00Z: remove the "
            "documents then",
        ],
    ]


def test_what_is_many_is_counted_and_json_has_the_names(tmp_path: Path) -> None:
    package = Package("many")
    package.add_entries([HashEntry(SHA[each], "authenticode") for each in "abcd"])
    for number in range(11):
        package.add_rule(MetadataRule(f"r{number}", ["linux"], [Criterion("path", "equals", "/x")]))
    package.save(tmp_path / "many.yaml")
    result = run("export", tmp_path / "many.yaml", "--to", "clamav", "-o", tmp_path / "out")
    assert "  4 hashes  " in result.err
    assert "  11 rules  " in result.err
    assert "\n--format json names them all\n" in result.err
    package.remove_rule("r0")
    package.save(tmp_path / "many.yaml")
    result = run("export", tmp_path / "many.yaml", "--to", "clamav", "-o", tmp_path / "out")
    assert '"r1", "r10", "r2",' in result.err


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
    assert result.out == ""
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


def test_an_expired_package_is_warned_of(
    lossy: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    warning = "warning: lossy expired at 2026-01-01T00:00:00Z: --at now leaves it out\n"
    options = ("--to", "clamav", "-o", tmp_path / "out")
    assert warning in run("export", lossy, *options).err
    assert warning not in run("export", lossy, *options, "--at", "2025-12-31").err
    assert run("export", package, *options).err.count("warning") == 0


def test_that_an_engine_only_detects_is_no_loss(
    package: Path, policy: Path, tmp_path: Path
) -> None:
    note = "libblock: note: ClamAV reports what matches and blocks nothing\n"
    out = ("--to", "clamav", "-o", tmp_path / "out", "--strict")
    group = ("export", "--policy", policy, *out)
    for form in ("text", "json"):
        for command in (
            ("export", package, *out, "--state", "enforce"),
            (*group, "--group", "/"),
        ):
            result = run(*command, "--format", form)
            assert (result.code, result.err) == (0, note)
    ok(*group, "--group", "/Servers", "--force")
    ok("export", package, *out, "--force")


def test_what_an_earlier_export_left_is_told_of(policy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    second = tmp_path / "second.yaml"
    package = Package("second")
    package.add_entries([HashEntry(SHA["c"])])
    package.save(second)
    changed = Policy.load(policy)
    changed.packages = [*changed.packages, libblock.PackageFile("second", second.name)]
    changed.tree.set_state("/", "second", "enforce")
    changed.save(policy)
    command = ("export", "--policy", policy, "--group", "/", "--to", "yara", "-o", folder)
    assert "1 more file" not in run(*command).err
    (folder / "notes.yar").write_text("// mine\n")
    ok("export", second, "--to", "clamav", "-o", folder)
    changed.tree.set_state("/", "second", "disabled")
    changed.save(policy)
    assert run(*command).err == (
        "libblock: note: YARA reports what matches and blocks nothing\n"
        f"libblock: note: {folder} holds 1 more file that libblock made for YARA, of no package in "
        "this export: second.yar\n"
    )
    changed.tree.set_state("/", "3CX DesktopApp", "disabled")
    changed.save(policy)
    emptied = run(*command)
    assert emptied.code == 1
    assert "2 more files" in emptied.err
    assert "3cx-desktopapp.yar, second.yar" in emptied.err
    assert len(list(folder.iterdir())) == 4


def test_packages_of_suricata_lie_beside_each_other(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    copy = Package("other")
    copy.add_entries([HashEntry(SHA["c"])])
    copy.save(other)
    for file in (package, other):
        assert run("export", file, "--to", "suricata", "-o", tmp_path / "out").code == 0
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "3cx-desktopapp.list",
        "3cx-desktopapp.rules",
        "other.list",
        "other.rules",
    ]


def test_paths_are_joined(package: Path, tmp_path: Path) -> None:
    out = ok("export", package, "--to", "clamav", "-o", f"{tmp_path}/out/")
    assert out == f"{tmp_path}/out/3cx-desktopapp.hsb: written\n"


def test_a_link_that_leads_nowhere_is_not_written_through(package: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/3cx-desktopapp.hsb").symlink_to(tmp_path / "elsewhere")
    assert "there is such a file" in refused(
        "export", package, "--to", "clamav", "-o", tmp_path / "out"
    )
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_document_is_printed_as_a_whole_or_not_at_all_well(
    tmp_path: Path, unbuffered: str
) -> None:
    resource = pytest.importorskip("resource")
    package = Package("long")
    numbers = (number.to_bytes(32, "big") for number in range(1, 10_000))
    package.add_entries(HashEntry(libblock.Sha256(each)) for each in numbers)
    package.save(tmp_path / "long.yaml")
    command = ("export", tmp_path / "long.yaml", "--to", "sha256sum", "-o", "-")
    expected = libblock.compile_package(package, "sha256sum").documents[0].text.encode()
    env = {"PYTHONUNBUFFERED": unbuffered}

    with start(*command, env=env) as process:
        out, err = process.communicate()
    assert (process.returncode, out == expected, err) == (0, True, b"")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    with (tmp_path / "out").open("wb") as file:
        process = start(*command, env=env, stdout=file, preexec_fn=limit)
        _, err = process.communicate()
    assert process.returncode == 2
    assert err == b"libblock: error: the output cannot be written: File too large\n"

    with start(*command, env=env) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_settings_are_those_of_the_target(package: Path, tmp_path: Path) -> None:
    command = ("export", package, "--to", "suricata", "-o", tmp_path, "--set")
    ok(*command, "list-folder=/srv/lists")
    assert "filesha256:/srv/lists/" in (tmp_path / "3cx-desktopapp.rules").read_text()
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
    assert "no target 'YARA', did you mean 'yara'?" in refused("export", package, "--to", "YARA")
    small = ("export", "--policy", policy, "--group", "/servers", *to)
    assert "there is no group '/servers', did you mean '/Servers'?" in refused(*small)
    assert "a package is read from a file" in refused(
        "export", "-", *to, stdin=package.read_bytes()
    )
    assert refused("export", policy, *to) == (
        f"{policy}: is a policy, not a package\n"
        f"libblock: hint: --policy {policy} --group PATH exports all that is in force on a group "
        "of it"
    )
    nothing = tmp_path / "nothing.yaml"
    nothing.write_text("name: 1\n")
    assert "nothing.yaml:1:" in refused("export", nothing, *to)
    assert "sizes of files too" in refused("export", package, "--to", "hashdeep")
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "cannot be made" in refused("export", package, *to, "-o", blocked / "out")
