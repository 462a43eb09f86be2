from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import instants, package_names, paths, states, trees
from support import copies, instant

from libblock import (
    AlreadyExistsError,
    EffectiveState,
    EnforcementState,
    InvalidValueError,
    LimitError,
    NotFoundError,
    PackageState,
    PolicyGroup,
    PolicyTree,
    StateSetting,
)


def tree_of(*group_paths: str) -> PolicyTree:
    tree = PolicyTree()
    for path in group_paths:
        tree.add_group(path)
    return tree


def ancestors(path: str) -> list[str]:
    """The path and those above it, nearest first."""
    parts = path.strip("/").split("/") if path != "/" else []
    return ["/" + "/".join(parts[:count]) for count in range(len(parts), -1, -1)]


# Groups.


def test_a_new_tree_is_its_root() -> None:
    tree = PolicyTree()
    assert list(tree) == ["/"]
    assert tree.groups == (PolicyGroup("/"),)
    assert "/" in tree
    assert len(tree) == 1


def test_groups_stand_before_those_below_them() -> None:
    tree = tree_of("/b", "/a", "/a/x", "/a b", "/a/x/y")
    assert list(tree) == ["/", "/a", "/a/x", "/a/x/y", "/a b", "/b"]
    assert [group.path for group in tree.groups] == list(tree)
    assert tree.children("/") == ("/a", "/a b", "/b")
    assert tree.children("/b") == ()
    assert tree.group("/a/x") == PolicyGroup("/a/x")


def test_groups_that_cannot_be_added() -> None:
    tree = tree_of("/Servers")
    with pytest.raises(AlreadyExistsError, match="'/Servers'"):
        tree.add_group("/servers")
    with pytest.raises(AlreadyExistsError):
        tree.add_group("/")
    with pytest.raises(NotFoundError, match="did you mean '/Servers'"):
        tree.add_group("/Server/Linux")
    for path in ("", "Servers", "/a/", "//a", "/ a", "/a\n"):
        with pytest.raises(InvalidValueError):
            tree.add_group(path)
    with pytest.raises(LimitError):
        tree.add_group("/" + "a" * 257)
    assert list(tree) == ["/", "/Servers"]


def test_a_removed_group_takes_those_below_it_along() -> None:
    tree = tree_of("/a", "/a/x", "/ab")
    tree.set_state("/a/x", "3CX", "enforce")
    tree.remove_group("/a")
    assert list(tree) == ["/", "/ab"]
    assert tree.packages() == ()
    with pytest.raises(InvalidValueError, match="root"):
        tree.remove_group("/")
    with pytest.raises(NotFoundError):
        tree.remove_group("/a")


def test_a_moved_group_inherits_from_its_new_place() -> None:
    tree = tree_of("/a", "/a/x", "/a/x/y", "/b")
    tree.set_state("/a", "3CX", "enforce")
    tree.set_state("/a/x", "other", "audit")
    tree.move_group("/a/x", "/b/z")
    assert list(tree) == ["/", "/a", "/b", "/b/z", "/b/z/y"]
    assert tree.effective_state("/b/z/y", "3CX") == EffectiveState()
    assert tree.effective_state("/b/z/y", "other").group == "/b/z"
    tree.move_group("/b/z", "/b/Z")
    assert "/b/Z/y" in tree


def test_groups_that_cannot_be_moved() -> None:
    tree = tree_of("/a", "/a/x", "/b")
    before = tree.copy()
    with pytest.raises(InvalidValueError, match="root"):
        tree.move_group("/", "/c")
    with pytest.raises(InvalidValueError, match="itself"):
        tree.move_group("/a", "/a/x/a")
    with pytest.raises(AlreadyExistsError):
        tree.move_group("/a", "/B")
    with pytest.raises(NotFoundError):
        tree.move_group("/c", "/d")
    with pytest.raises(NotFoundError):
        tree.move_group("/a", "/c/a")
    assert tree == before


# States.


@given(trees(), paths, package_names)
def test_the_nearest_setting_wins(tree: PolicyTree, path: str, package: str) -> None:
    expected = EffectiveState()
    for above in reversed(ancestors(path)):
        setting = tree.group(above).states.get(package)
        if setting is not None:
            expected = EffectiveState(setting.state, above, setting.since)
    assert tree.effective_state(path, package) == expected


@given(trees(), paths)
def test_in_force_is_what_is_not_disabled(tree: PolicyTree, path: str) -> None:
    expected = []
    for package in tree.packages():
        effective = tree.effective_state(path, package)
        if effective.state is not EnforcementState.DISABLED:
            expected.append(
                PackageState(package, effective.state, effective.group, effective.since)
            )
    assert list(tree.in_force(path)) == expected
    assert list(tree.packages()) == sorted({name for g in tree.groups for name in g.states})


@given(trees(), paths, package_names, states, st.none() | instants)
def test_setting_and_clearing(
    tree: PolicyTree, path: str, package: str, state: EnforcementState, since: datetime | None
) -> None:
    tree.clear_state(path, package)
    before = tree.copy()
    tree.set_state(path, package, state, since)
    assert tree.group(path).states[package] == StateSetting(state, since)
    assert tree.effective_state(path, package) == EffectiveState(state, path, since)
    assert tree.clear_state(path, package)
    assert not tree.clear_state(path, package)
    assert tree == before


@given(trees(), package_names)
def test_a_removed_package_is_disabled_everywhere(tree: PolicyTree, package: str) -> None:
    settings = sum(package in group.states for group in tree.groups)
    assert tree.remove_package(package) == settings
    assert package not in tree.packages()
    assert all(tree.effective_state(path, package) == EffectiveState() for path in tree)


@given(trees(), package_names)
def test_a_renamed_package_keeps_its_settings(tree: PolicyTree, package: str) -> None:
    before = [tree.effective_state(path, package) for path in tree]
    tree.rename_package(package, "four")
    assert [tree.effective_state(path, "four") for path in tree] == before
    assert package not in tree.packages()


def test_states_that_cannot_be_set() -> None:
    tree = PolicyTree()
    with pytest.raises(NotFoundError):
        tree.set_state("/a", "3CX", "audit")
    with pytest.raises(InvalidValueError, match="'enforced' is no EnforcementState, did you mean"):
        tree.set_state("/", "3CX", "enforced")
    with pytest.raises(InvalidValueError, match="name of a package"):
        tree.set_state("/", "", "audit")
    with pytest.raises(InvalidValueError, match="time zone"):
        tree.set_state("/", "3CX", "audit", datetime(2024, 1, 1))
    tree.set_state("/", "3CX", "audit")
    tree.set_state("/", "other", "audit")
    with pytest.raises(AlreadyExistsError):
        tree.rename_package("3CX", "other")


# The values.


@given(trees())
def test_copies_are_equal_and_independent(tree: PolicyTree) -> None:
    for copy in [*copies(tree), tree.copy()]:
        assert copy == tree
        copy.add_group("/new")
        assert "/new" not in tree


def test_what_a_tree_gives_is_a_copy() -> None:
    tree = PolicyTree()
    tree.group("/").states["3CX"] = StateSetting("enforce")
    assert tree.packages() == ()


def test_values() -> None:
    setting = StateSetting("audit", instant(2024))
    group = PolicyGroup("/a", {"3CX": setting})
    assert (setting.state, setting.since) == (EnforcementState.AUDIT, instant(2024))
    assert (group.path, group.states) == ("/a", {"3CX": setting})
    for value in (setting, group, EffectiveState("audit", "/a"), PackageState("3CX", "audit")):
        assert all(copy == value for copy in copies(value))
    assert setting in {setting}
    for unhashable in (group, PolicyTree()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(unhashable)


def test_forms() -> None:
    tree = tree_of("/<a>")
    tree.set_state("/<a>", "3CX", "enforce")
    assert repr(tree) == "<PolicyTree groups=2 packages=1>"
    html = tree._repr_html_()
    assert "/&lt;a&gt;" in html
    assert "enforce" in html
