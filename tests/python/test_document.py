import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import packages, trees
from support import VECTORS, copies, digest_of, load_vectors

from libblock import (
    AlreadyExistsError,
    CommentsAtRiskError,
    Criterion,
    DigestMismatchError,
    DocumentError,
    DocumentText,
    Error,
    ExportedDocument,
    FileAccessError,
    HashEntry,
    InvalidValueError,
    MetadataRule,
    Package,
    PackageDocument,
    PackageFile,
    Policy,
    PolicyDocument,
    PolicyTree,
    Position,
    Sha256,
    format_package,
    format_policy,
    load_package,
    load_policy,
    parse_package,
    parse_policy,
    save_documents,
)

INDEX = load_vectors("documents/index.json")
FOLDER = VECTORS / "documents"


def load(file: str) -> PackageDocument | PolicyDocument:
    path = FOLDER / file
    return load_package(path) if file.startswith("package") else load_policy(path)


# The vectors.


@pytest.mark.parametrize("file", INDEX["valid"])
def test_valid_documents(file: str) -> None:
    document = load(file)
    assert document.locations[""].line > 0
    if isinstance(document, PackageDocument):
        assert Package.load(FOLDER / file) == document.package
    else:
        assert Policy.load(FOLDER / file) == document.policy


@pytest.mark.parametrize("vector", INDEX["invalid"], ids=lambda vector: vector["file"])
def test_invalid_documents(vector: dict[str, Any]) -> None:
    with pytest.raises(Error) as caught:
        load(vector["file"])
    error = caught.value
    assert error.code == vector["code"]
    assert vector["message"] in error.message
    assert (error.line, error.column) == (vector.get("line", 0), vector.get("column", 0))


# Packages.


@given(packages())
def test_packages_come_back_as_they_were(package: Package) -> None:
    text = format_package(package, "package")
    assert text.lists == {}
    document = parse_package(text.yaml, ".")
    assert document.package == package
    assert parse_package(text.yaml.encode(), ".").package == package
    assert format_package(document.package, "package") == text


@given(packages())
def test_packages_can_be_saved_and_saved_again(package: Package) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "package.yaml")
        package.save(path, must_be_new=True)
        assert Package.load(path) == Package.load(str(path)) == package
        package.version = 7
        package.save(path)
        assert load_package(path).package == package


def large_package() -> Package:
    package = Package("large")
    package.add_entries(
        HashEntry(Sha256(number.to_bytes(32, "big")), file_name=f"{number}.exe")
        for number in range(1, 1502)
    )
    return package


def test_many_hashes_go_to_a_list(tmp_path: Path) -> None:
    package = large_package()
    path = tmp_path / "large.yaml"
    package.save(path)
    text = format_package(package, "large")
    assert text.lists
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir() if each != path} == (
        text.lists
    )
    assert Package.load(path) == package
    assert parse_package(text.yaml, tmp_path).package == package


def test_a_list_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    large_package().save(path)
    (list_path,) = (each for each in tmp_path.iterdir() if each != path)
    list_path.write_bytes(list_path.read_bytes().replace(b"1.exe", b"2.exe", 1))
    with pytest.raises(DigestMismatchError):
        Package.load(path)
    list_path.unlink()
    with pytest.raises(FileAccessError):
        Package.load(path)


def test_places() -> None:
    package = Package("a")
    package.add_rule(MetadataRule("r", ["linux"], [Criterion("path", "equals", "/x")]))
    package.add_entries([HashEntry(digest_of("a"))])
    yaml = format_package(package, "a").yaml
    document = parse_package(yaml, ".")
    lines = yaml.splitlines()
    place = document.locate("/rules/0/criteria/0/value")
    assert lines[place.line - 1][place.column - 1 :] == "/x"
    assert document.locations["/rules/0/criteria/0/value"] == place
    assert document.locate("/rules/0/nothing/here") == document.locations["/rules/0"]
    assert PackageDocument(package).locate("/name") == Position()
    assert PackageDocument(package, {"/name": Position(2, 7)}).locate("/name") == Position(2, 7)


def test_comments_are_kept_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    package = Package("a")
    package.save(path)
    path.write_text("# mine\n" + path.read_text())
    package.save(path)
    assert "# mine\n" in path.read_text()
    path.write_text(path.read_text() + "# lost\n")
    before = path.read_text()
    with pytest.raises(CommentsAtRiskError) as caught:
        package.save(path)
    assert caught.value.line == len(before.splitlines())
    assert path.read_text() == before
    package.save(path, drop_comments=True)
    assert "# lost" not in path.read_text()


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    package = Package("a")
    package.save(tmp_path / "a.yaml")
    with pytest.raises(AlreadyExistsError) as caught:
        package.save(tmp_path / "a.yaml", must_be_new=True)
    assert caught.value.file == str(tmp_path / "a.yaml")
    with pytest.raises(FileAccessError):
        package.save(tmp_path / "nothing" / "a.yaml")
    with pytest.raises(TypeError):
        package.save(tmp_path / "a.yaml", True)  # type: ignore[call-arg]


@pytest.mark.parametrize("yaml", ["", "[", "libblock: 1\nname: &a b\n", "a: 1\na: 2\n"])
def test_text_that_is_no_package(yaml: str) -> None:
    with pytest.raises(DocumentError):
        parse_package(yaml, ".")


@given(st.text() | st.binary())
def test_nothing_crashes_the_parser(yaml: str | bytes) -> None:
    for parse in (parse_policy, lambda text: parse_package(text, ".")):
        with pytest.raises((Error, TypeError)):
            parse(yaml)


# Policies.

files = st.lists(
    st.sampled_from([PackageFile("one", "one.yaml"), PackageFile("two", "b/two.yaml")]),
    unique=True,
).map(lambda items: sorted(items, key=lambda item: item.name))
policies = st.builds(Policy, trees(), files)


@given(policies)
def test_policies_come_back_as_they_were(policy: Policy) -> None:
    yaml = format_policy(policy)
    document = parse_policy(yaml)
    assert document.policy == policy
    assert format_policy(document.policy) == yaml
    assert document.locate("/groups").line > 0


@given(policies)
def test_policies_can_be_saved_and_saved_again(policy: Policy) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.yaml")
        policy.save(path, must_be_new=True)
        assert Policy.load(path) == policy
        policy.tree.set_state("/", "one", "audit")
        policy.save(str(path))
        assert load_policy(path).policy == policy
        with pytest.raises(AlreadyExistsError):
            policy.save(path, must_be_new=True)


def test_the_tree_of_a_policy_is_changed_in_place() -> None:
    policy = Policy()
    assert policy == Policy(PolicyTree(), [])
    policy.tree.add_group("/a")
    assert list(policy.tree) == ["/", "/a"]
    tree = PolicyTree()
    policy.tree = tree
    tree.add_group("/b")
    assert list(policy.tree) == ["/"]
    assert list(Policy().tree) == ["/"]
    policy.packages = [PackageFile("3CX", "3cx.yaml")]
    assert policy.packages == (PackageFile("3CX", "3cx.yaml"),)


@given(policies)
def test_copies_are_equal_and_independent(policy: Policy) -> None:
    for copy in [*copies(policy), policy.copy()]:
        assert copy == policy
        copy.tree.add_group("/new")
        assert copy != policy


def test_a_package_is_no_policy() -> None:
    with pytest.raises(DocumentError):
        parse_policy(format_package(Package("a"), "a").yaml)


# The values.


def test_values() -> None:
    text = DocumentText("libblock: 1\n", {"a.sha256": b"\xff"})
    assert text.yaml == "libblock: 1\n"
    assert text.lists == {"a.sha256": b"\xff"}
    assert text != DocumentText("libblock: 1\n")
    file = PackageFile("3CX", "3cx.yaml")
    assert file in {file}
    assert all(copy == file for copy in copies(file))
    document = PolicyDocument(Policy(), {"": Position(1, 1)})
    assert document.policy == Policy()
    for unhashable in (text, Policy()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(unhashable)


def test_forms() -> None:
    policy = Policy(PolicyTree(), [PackageFile("<3CX>", "3cx.yaml")])
    assert repr(policy) == "<Policy groups=1 packages=1>"
    assert "&lt;3CX&gt;" in policy._repr_html_()


def test_documents_of_targets_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    documents = [ExportedDocument("a.txt", "1"), ExportedDocument("b.txt", "2")]
    assert save_documents(documents, folder) == ["a.txt", "b.txt"]
    assert save_documents(documents, folder) == []
    (folder / "b.txt").write_text("mine")
    with pytest.raises(AlreadyExistsError, match=r"b\.txt"):
        save_documents(documents, folder)
    assert save_documents(documents, folder, overwrite=True) == ["b.txt"]
    with pytest.raises(InvalidValueError, match="no name of a file"):
        save_documents([ExportedDocument("../a", "")], folder)
