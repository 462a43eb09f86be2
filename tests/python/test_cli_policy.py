"""libblock policy."""

from pathlib import Path

import pytest
from cli_support import ok, refused, run
from support import instant

import libblock
from libblock import EffectiveState, PackageFile, Policy


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a policy of three groups and a package."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1680134400")
    Path("packages").mkdir()
    libblock.Package("3CX").save("packages/3cx.yaml")
    policy = Policy()
    for path in ("/Servers", "/Servers/Linux", "/Workstations"):
        policy.tree.add_group(path)
    policy.save("policy.yaml")
    return tmp_path


def load() -> Policy:
    return Policy.load("policy.yaml")


def policy(command: str, *args: str) -> str:
    return ok("policy", *command.split(), "policy.yaml", *args)


def policy_refused(command: str, *args: str) -> str:
    before = Path("policy.yaml").read_bytes()
    message = refused("policy", *command.split(), "policy.yaml", *args)
    assert Path("policy.yaml").read_bytes() == before
    return message


def effective(path: str) -> EffectiveState:
    return load().tree.effective_state(path, "3CX")


# ---- the file ----------------------------------------------------------------------------------


def test_init_creates_a_policy_of_the_root_alone() -> None:
    assert ok("policy", "init", "new.yaml") == 'new.yaml: created, with the group "/"\n'
    assert Policy.load("new.yaml") == Policy()
    assert "there is such a file already" in policy_refused("init")
    policy("init", "--force")
    assert load() == Policy()


def test_show_draws_the_tree_with_where_states_come_from() -> None:
    libblock.Package("Other").save("other.yaml")
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    policy("enable", "packages/3cx.yaml", "--group", "/Servers/Linux", "--audit")
    policy("enable", "other.yaml", "--group", "/Servers", "--audit")
    policy("disable", "Other", "--group", "/Servers/Linux")
    assert policy("show") == (
        "/                 3CX    enforced  since 2023-03-30\n"
        "├── Servers       3CX    enforced  from /\n"
        "│   │             Other  audited   since 2023-03-30\n"
        "│   └── Linux     3CX    audited   since 2023-03-30\n"
        "│                 Other  disabled  since 2023-03-30\n"
        "└── Workstations  3CX    enforced  from /\n"
        "\n"
        "packages\n"
        "  3CX    packages/3cx.yaml\n"
        "  Other  other.yaml\n"
    )


def test_show_can_begin_at_a_group() -> None:
    assert policy("show", "--group", "/Servers") == "/Servers\n└── Linux\n"
    document = run("policy", "show", "policy.yaml", "--group", "/Servers", "--format", "json")
    groups = document.json("policy-show")["groups"]
    assert [group["path"] for group in groups] == ["/Servers", "/Servers/Linux"]
    assert "there is no group '/Nope'" in policy_refused("show", "--group", "/Nope")


def test_show_as_json() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/Servers", "--enforce")
    document = run("policy", "show", "policy.yaml", "--format", "json").json("policy-show")
    state = {"package": "3CX", "state": "enforce", "group": "/Servers"}
    state["since"] = "2023-03-30T00:00:00Z"
    assert document == {
        "version": 1,
        "file": "policy.yaml",
        "packages": [{"name": "3CX", "file": "packages/3cx.yaml"}],
        "groups": [
            {"path": "/", "states": []},
            {"path": "/Servers", "states": [{**state, "inherited": False}]},
            {"path": "/Servers/Linux", "states": [{**state, "inherited": True}]},
            {"path": "/Workstations", "states": []},
        ],
    }


# ---- groups ------------------------------------------------------------------------------------


def test_groups_are_added_below_groups() -> None:
    assert policy("group add", "/A", "/A/B") == "policy.yaml: added /A\npolicy.yaml: added /A/B\n"
    assert "/A/B" in load().tree
    message = policy_refused("group add", "/X/Y/Z")
    assert message.startswith("there is no group /X; --parents adds it too")
    policy("group add", "--parents", "/X/Y/Z", "/X/Y/W")
    assert {"/X", "/X/Y", "/X/Y/Z", "/X/Y/W"} <= set(load().tree)


@pytest.mark.parametrize("path", ["X", "/X/", "//X", "", "/Servers", "/servers", "/", "/\udcff"])
def test_groups_with_bad_paths_are_refused(path: str) -> None:
    policy_refused("group add", path)
    policy_refused("group add", "--parents", path)


def test_groups_are_removed_with_what_is_below_on_request_only() -> None:
    assert "/Servers has groups below it; --recursive" in policy_refused("group remove", "/Servers")
    policy("group remove", "/Workstations")
    policy("group remove", "--recursive", "/Servers")
    assert list(load().tree) == ["/"]
    policy_refused("group remove", "/Servers")
    policy_refused("group remove", "/")


def test_groups_are_moved() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/Servers", "--audit")
    out = policy("group move", "/Servers", "/Workstations/Machines")
    assert out == "policy.yaml: moved /Servers to /Workstations/Machines\n"
    assert effective("/Workstations/Machines/Linux").state == "audit"
    policy_refused("group move", "/", "/X")


def test_groups_are_listed() -> None:
    paths = ["/", "/Servers", "/Servers/Linux", "/Workstations"]
    assert policy("group list").splitlines() == paths
    document = run("policy", "group", "list", "policy.yaml", "--format", "json")
    assert document.json("policy-group-list")["groups"] == paths


# ---- states ------------------------------------------------------------------------------------


def test_enable_records_package_file_state_and_time() -> None:
    out = policy("enable", "packages/3cx.yaml", "--group", "/Servers", "--group", "/", "--audit")
    assert out == (
        'policy.yaml: "3CX" is the package in packages/3cx.yaml\n'
        'policy.yaml: "3CX" is audited on /Servers\n'
        'policy.yaml: "3CX" is audited on /\n'
    )
    assert load().packages == (PackageFile("3CX", "packages/3cx.yaml"),)
    since = instant(2023, 3, 30)
    assert effective("/Servers/Linux") == EffectiveState("audit", "/Servers", since)
    assert effective("/Workstations") == EffectiveState("audit", "/", since)


def test_enable_says_since_when() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce", "--since", "2022-01-01")
    assert effective("/").since == instant(2022)


def test_what_is_so_already_stays_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["packages/3cx.yaml", "--group", "/", "--audit"]
    policy("enable", *arguments)
    before = Path("policy.yaml").stat().st_mtime_ns
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert policy("enable", *arguments) == "policy.yaml: nothing changed\n"
    assert Path("policy.yaml").stat().st_mtime_ns == before
    assert effective("/").since == instant(2023, 3, 30)
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    assert effective("/").since != instant(2023, 3, 30)


@pytest.mark.parametrize("flags", [[], ["--audit", "--enforce"]])
def test_enable_needs_one_mode(flags: list[str]) -> None:
    message = policy_refused("enable", "packages/3cx.yaml", "--group", "/", *flags)
    assert message.startswith("give either --audit or --enforce")


def test_files_are_recorded_relative_to_the_policy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("policies").mkdir()
    monkeypatch.chdir("packages")
    ok("policy", "init", "../policies/p.yaml")
    ok("policy", "enable", "../policies/p.yaml", "3cx.yaml", "--group", "/", "--audit")
    policy_file = folder / "policies/p.yaml"
    assert Policy.load(policy_file).packages == (PackageFile("3CX", "../packages/3cx.yaml"),)


def test_disable_wins_over_what_stands_above() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    out = policy("disable", "3CX", "--group", "/Servers")
    assert out == 'policy.yaml: "3CX" is disabled on /Servers\n'
    assert effective("/Servers/Linux").state == "disabled"
    assert effective("/Workstations").state == "enforce"


def test_inherit_takes_a_setting_back() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    policy("disable", "packages/3cx.yaml", "--group", "/Servers")
    out = policy("inherit", "packages/3cx.yaml", "--group", "/Servers")
    assert out == 'policy.yaml: "3CX" is no longer set on /Servers, and enforced there\n'
    assert effective("/Servers") == effective("/")
    assert policy("inherit", "3CX", "--group", "/Servers") == "policy.yaml: nothing changed\n"


def test_remove_forgets_a_package() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--group", "/Servers", "--enforce")
    assert policy("remove", "3CX") == 'policy.yaml: removed "3CX" and 2 settings\n'
    assert load().packages == load().tree.packages() == ()


@pytest.mark.parametrize("command", ["disable", "inherit", "remove"])
def test_unknown_packages_are_refused(command: str) -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    group = [] if command == "remove" else ["--group", "/"]
    message = policy_refused(command, "3XC", *group)
    assert message == 'policy.yaml: there is no package "3XC" in the policy, did you mean 3CX?'


def test_a_renamed_package_keeps_its_settings() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    libblock.Package("3CX DesktopApp").save("packages/3cx.yaml")
    out = policy("enable", "packages/3cx.yaml", "--group", "/Servers", "--audit")
    assert '"3CX DesktopApp" is the package in packages/3cx.yaml, which was "3CX"\n' in out
    assert load().packages == (PackageFile("3CX DesktopApp", "packages/3cx.yaml"),)
    assert load().tree.effective_state("/", "3CX DesktopApp").state == "enforce"
    assert load().tree.packages() == ("3CX DesktopApp",)


def test_a_second_package_of_a_name_is_refused_unless_the_first_has_moved() -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/", "--enforce")
    libblock.Package("3CX").save("moved.yaml")
    arguments = ["moved.yaml", "--group", "/", "--enforce"]
    message = policy_refused("enable", *arguments)
    assert 'the policy has a package "3CX" already, in packages/3cx.yaml' in message
    Path("packages/3cx.yaml").unlink()
    policy("enable", *arguments)
    assert load().packages == (PackageFile("3CX", "moved.yaml"),)


def test_what_is_missing_is_refused() -> None:
    assert "nope.yaml" in policy_refused("enable", "nope.yaml", "--group", "/", "--audit")
    enable = ["packages/3cx.yaml", "--audit"]
    assert "'/Nope'" in policy_refused("enable", *enable, "--group", "/Nope")
    assert "missing option '--group'" in policy_refused("enable", *enable)
    assert "cannot be read" in refused("policy", "show", "nope.yaml")


@pytest.mark.parametrize(
    "command",
    [
        ["init", "new.yaml"],
        ["group", "add", "policy.yaml", "/X"],
        ["group", "remove", "policy.yaml", "/Workstations"],
        ["group", "move", "policy.yaml", "/Workstations", "/Y"],
        ["enable", "policy.yaml", "packages/3cx.yaml", "--group", "/", "--audit"],
        ["disable", "policy.yaml", "3CX", "--group", "/"],
        ["inherit", "policy.yaml", "3CX", "--group", "/Servers"],
        ["remove", "policy.yaml", "3CX"],
    ],
)
def test_changes_as_json(command: list[str]) -> None:
    policy("enable", "packages/3cx.yaml", "--group", "/Servers", "--enforce")
    document = run("policy", *command, "--format", "json").json("policy")
    assert document["changed"] is True
    assert document["file"] == command[1 if command[0] != "group" else 2]


def test_no_change_as_json() -> None:
    arguments = ["policy", "enable", "policy.yaml", "packages/3cx.yaml", "--group", "/", "--audit"]
    ok(*arguments)
    assert run(*arguments, "--format", "json").json("policy")["changed"] is False


def test_comments_are_not_lost_by_surprise() -> None:
    with Path("policy.yaml").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    assert "--drop-comments" in policy_refused("group add", "/X")
    policy("group add", "/X", "--drop-comments")
