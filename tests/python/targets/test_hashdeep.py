"""hashdeep takes no package, for it compares sizes; the tests show that it does."""

import hashlib
from pathlib import Path

import pytest
from engine import entry_of, plant, require, run
from target_support import package_of

import libblock


def test_packages_are_refused_with_the_way_out(tmp_path: Path) -> None:
    package = package_of([entry_of(plant(tmp_path, planted="malware")["planted"])])
    with pytest.raises(libblock.NotExpressibleError, match=r"sizes of files too.*sha256sum"):
        libblock.compile_package(package, "hashdeep")


@pytest.mark.parametrize(("size", "found"), [(7, True), (0, False)])
def test_a_list_without_the_true_size_matches_nothing(
    tmp_path: Path, size: int, found: bool
) -> None:
    require("hashdeep")
    planted = plant(tmp_path, planted="malware")["planted"]
    digest = hashlib.sha256(b"malware").hexdigest()
    known = tmp_path / "known"
    known.write_text(f"%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n{size},{digest},setup.exe\n")
    matches = run("hashdeep", "-c", "sha256", "-m", "-k", known, planted).splitlines()
    assert (str(planted) in matches) == found
