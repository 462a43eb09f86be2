from libblock import Platform


def test_platforms() -> None:
    assert [str(platform) for platform in Platform] == ["windows", "macos", "linux"]
    assert Platform.MACOS.description == "Apple macOS."
