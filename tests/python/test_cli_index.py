"""libblock index."""

import random
import signal
import sys
import time
from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run, start


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list").write_text(f'{SHA["a"]}  app\n"{SHA["b"]}","x"\nnone\n', encoding="utf-8")


def test_texts_become_an_index() -> None:
    out = ok("index", "build", "i", "list", "-", stdin=SHA["c"].encode())
    assert out == ("list: 2 hashes, 1 line without\nstdin: 1 hash, 0 lines without\ni: 3 hashes\n")
    assert ok("index", "query", "i", SHA["a"], SHA["d"], "--only", "unknown") == (
        f"{SHA['d']}  unknown\n1 known, 1 unknown\n"
    )
    out = ok("index", "query", "i", "list", "--only", "known", "--format", "hashes")
    assert out == f"{SHA['a']}\n{SHA['b']}\n"


def test_json() -> None:
    built = run("index", "build", "i", "list", "--format", "json").json("index-build")
    assert built["hashes"] == 2
    assert built["inputs"] == [{"file": "list", "hashes": 2, "lines": 3, "lines_without_hash": 1}]
    answers = run("index", "query", "i", "-", "--format", "json", stdin=SHA["a"].encode())
    assert answers.json("index-query")["hashes"] == [{"sha256": SHA["a"], "known": True}]
    told = run("index", "info", "i", "--verify", "--format", "json").json("index-info")
    assert (told["hashes"], told["verified"]) == (2, True)
    assert "2 hashes" in ok("index", "info", "i")


def test_exit_codes() -> None:
    ok("index", "build", "i", "list")
    assert run("index", "query", "i", SHA["d"]).code == 0
    assert run("index", "query", "i", SHA["d"], "--strict").code == 1
    assert run("index", "query", "i", SHA["a"], "--strict").code == 0
    assert "no hash index" in refused("index", "info", "list")
    assert "nope" in refused("index", "query", "i", "nope")
    assert "nope" in refused("index", "build", "i", "nope")
    assert "is no size" in refused("index", "build", "i", "list", "--memory", "many")
    assert "too few" in refused("index", "build", "i", "list", "--memory", "1K")


def test_a_text_without_hashes_is_told() -> None:
    Path("empty").touch()
    result = run("index", "build", "i", "empty")
    assert result.code == 0
    assert result.err == "libblock: warning: empty: no SHA-256 is in it\n"


@pytest.mark.skipif(sys.platform != "linux", reason="needs resource usage and signals as on Linux")
def test_memory_is_bounded_and_nothing_stays_behind() -> None:
    import resource

    generator = random.Random(1)
    with Path("many").open("w", encoding="ascii") as file:
        for _ in range(600_000):
            file.write(f"{generator.getrandbits(256):064x}\n")
    idle = start("--version")
    idle.communicate()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    process = start("index", "build", "i", "many", "--memory", "8M")
    process.communicate()
    assert process.returncode == 0
    # In KiB: the index alone has 21 MB, and what the interpreter takes differs a little.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 24 << 10
    process = start("index", "build", "j", "-", "--memory", "1M")
    process.stdin.write(Path("many").read_bytes())
    process.stdin.flush()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert sorted(path.name for path in Path().iterdir()) == ["i", "list", "many"]
