from libblock import Field, Platform, exists_on


def test_fields_of_the_version_resource_exist_on_windows_only() -> None:
    assert exists_on(Field.ORIGINAL_FILENAME, Platform.WINDOWS)
    assert not exists_on(Field.ORIGINAL_FILENAME, Platform.MACOS)
    assert not exists_on(Field.ORIGINAL_FILENAME, Platform.LINUX)


def test_every_platform_has_paths() -> None:
    assert all(exists_on(Field.PATH, platform) for platform in Platform)
