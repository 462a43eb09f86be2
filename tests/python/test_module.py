import importlib.metadata
import inspect
import pickle

import pytest

import libblock

CLASSES = [name for name in libblock.__all__ if inspect.isclass(getattr(libblock, name))]
FUNCTIONS = [name for name in libblock.__all__ if inspect.isroutine(getattr(libblock, name))]


def test_everything_public_is_listed() -> None:
    submodules = {name for name, each in vars(libblock).items() if inspect.ismodule(each)}
    public = {name for name in vars(libblock) if not name.startswith("_")} - submodules
    assert public | {"__version__"} == set(libblock.__all__)
    assert set(CLASSES) | set(FUNCTIONS) | {"__version__"} == set(libblock.__all__)


def test_the_version_is_that_of_the_distribution() -> None:
    assert libblock.__version__ == importlib.metadata.version("libblock")


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_documented_and_say_where_they_are(name: str) -> None:
    each = getattr(libblock, name)
    assert each.__doc__
    assert pickle.loads(pickle.dumps(each)) is each
    for attribute, value in vars(each).items():
        if attribute.startswith("_") or each.__module__ != "libblock":
            continue
        assert inspect.getdoc(value), f"{name}.{attribute} has no docstring"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_documented(name: str) -> None:
    signature, _, text = (getattr(libblock, name).__doc__ or "").partition("\n")
    assert signature.startswith(f"{name}(")
    assert text.strip()
