"""The table of targets: each is a value that says what it can express."""

import pytest
from support import copies

import libblock
from libblock import Capabilities, FieldSupport, Target, TargetLimits, TargetSetting


def test_targets_go_by_name() -> None:
    targets = libblock.targets()
    names = [each.name for each in targets]
    assert names == sorted(names)
    assert {"clamav", "fapolicyd", "yara"} <= set(names)
    for each in targets:
        assert libblock.find_target(each.name) == each


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(libblock.NotFoundError, match=r"no target 'clamv', did you mean 'clamav'\?"):
        libblock.find_target("clamv")


@pytest.mark.parametrize("target", libblock.targets(), ids=lambda each: each.name)
def test_targets_are_values(target: Target) -> None:
    for copy in copies(target):
        assert copy == target
        assert hash(copy) == hash(target)
        assert copy.capabilities.fields == target.capabilities.fields
    assert f"Target(name='{target.name}'" in repr(target)


def test_capabilities_say_what_is_expressed() -> None:
    can = libblock.find_target("fapolicyd").capabilities
    assert can == Capabilities(
        hash_kinds=["file"],
        platforms=["linux"],
        fields=[FieldSupport("path", ["equals", "starts_with"])],
        enforce=True,
        limits=TargetLimits(criteria_per_rule=1),
    )
    assert can.audit == "none"


def test_values_are_made_of_their_attributes() -> None:
    setting = TargetSetting("folder", "Where.", "/x", ["/x", "/y"])
    target = Target("t", "T", settings=[setting], remarks=["One."], proof="parser")
    assert target.settings == (setting,)
    assert target.settings[0].choices == ("/x", "/y")
    assert target.remarks == ("One.",)
    assert target.category == "list"
    assert target != Target("t")
