"""Pushing bundles to TAXII 2.1 servers: to medallion, and to servers of the tests' own for answers
that medallion never gives."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_support import run
from taxii_server import (
    COLLECTION,
    MEDIA_TYPE,
    PASSWORD,
    READ_ONLY,
    USER,
    Answer,
    Request,
    api_root,
    collection,
    medallion,
    scripted,
)

httpx = pytest.importorskip("httpx")

from libblock.taxii import PushFailure, TaxiiClient, TaxiiError, read_bundle  # noqa: E402

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/3cx/3cx-desktopapp.yaml"
MOST_BYTES = 4_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("medallion")
    with medallion(tmp_path, MOST_BYTES) as url:
        yield url


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBBLOCK_TAXII_PASSWORD", PASSWORD)


def bundle_of(package: Path = EXAMPLE) -> bytes:
    result = run("export", package, "--to", "stix", "-o", "-")
    assert result.code == 0
    return result.out.encode()


def stored(url: str) -> list[dict[str, Any]]:
    """All objects of the collection, as a subscriber gets them."""
    response = httpx.get(
        f"{url}collections/{COLLECTION}/objects/",
        params={"limit": 1000},
        auth=(USER, PASSWORD),
        headers={"Accept": MEDIA_TYPE},
    )
    objects: list[dict[str, Any]] = response.json().get("objects", [])
    return objects


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"type": "x", "id": f"x--{number}"} for number in range(count)]


# ---- medallion ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("password")
def test_an_exported_bundle_reaches_the_subscribers(server: str) -> None:
    bundle = bundle_of()
    where = ["--url", server, "--collection", COLLECTION, "--user", USER]
    result = run("taxii", "push", "-", *where, "--batch", "4", stdin=bundle)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{COLLECTION}: 10 objects added\n"
    expected = {each["id"]: each for each in json.loads(bundle)["objects"]}
    assert {each["id"]: each for each in stored(server)} == expected


@pytest.mark.usefixtures("password")
def test_what_is_there_already_is_reported_object_by_object(server: str) -> None:
    bundle = bundle_of()
    where = ["--url", server, "--collection", COLLECTION, "--user", USER]
    run("taxii", "push", "-", *where, stdin=bundle)
    result = run("taxii", "push", "-", *where, "--format", "json", stdin=bundle)
    assert (result.code, result.err) == (1, "")
    report = result.json("taxii-push")
    assert report["successes"] == 0
    ids = [each["id"] for each in json.loads(bundle)["objects"]]
    assert [each["id"] for each in report["failures"]] == ids
    assert {each["message"] for each in report["failures"]} == {"Unable to process object"}
    result = run("taxii", "push", "-", *where, stdin=bundle)
    assert result.code == 1
    *failures, summary = result.out.splitlines()
    assert [line.split()[1] for line in failures] == ids
    assert summary == f"{COLLECTION}: 0 objects added, 10 failures"


def test_requests_are_no_larger_than_the_server_says(server: str) -> None:
    objects = read_bundle(bundle_of(), "bundle")
    with TaxiiClient(server, auth=(USER, PASSWORD)) as client:
        told: list[int] = []
        result = client.push(COLLECTION, objects, progress=told.append)
        assert (result.successes, result.failures) == (len(objects), [])
        assert len(told) > 1  # medallion refuses a larger one as a whole
        assert told[-1] == len(objects)
        large = {"type": "x", "id": "x--large", "text": "x" * MOST_BYTES}
        with pytest.raises(TaxiiError, match=r"x--large has 4,0\d\d bytes, and the server takes"):
            client.push(COLLECTION, [large])


@pytest.mark.parametrize(
    ("identifier", "auth", "message"),
    [
        (READ_ONLY, (USER, PASSWORD), "nothing may be added"),
        ("missing", (USER, PASSWORD), "404 .*missing"),
        ("a/../b", (USER, PASSWORD), "404"),
        (COLLECTION, (USER, "wrong"), "401"),
        (COLLECTION, None, "401"),
    ],
)
def test_refusals_are_told(
    server: str, identifier: str, auth: tuple[str, str] | None, message: str
) -> None:
    with TaxiiClient(server, auth=auth) as client, pytest.raises(TaxiiError, match=message):
        client.push(identifier, numbered(1))
    assert stored(server) == []


# ---- a server of the tests' own ----------------------------------------------------------------


def script(*answers: Answer) -> Callable[[Request], Answer]:
    """What a server answers to a push: one after another, once it has told about itself."""
    rest = list(answers)

    def answer(request: Request) -> Answer:
        if request.method == "GET" and request.path == "/root/":
            return 200, api_root(100_000)
        if request.path == f"/root/collections/{COLLECTION}/":
            return 200, collection(COLLECTION, can_write=True)
        return rest.pop(0)

    return answer


def status(word: str, **more: Any) -> Answer:
    return 202, {"id": "st/1", "status": word, "total_count": 2, **more}


def test_a_pending_status_is_asked_for_until_it_is_complete() -> None:
    failure = {"id": "x--1", "version": "2023-01-01T00:00:00Z", "message": "no such reference"}
    answers = [
        status("pending", pending_count=2),
        status("pending", pending_count=1),
        status("complete", success_count=1, failure_count=1, failures=[failure]),
    ]
    pauses: list[float] = []
    with scripted(script(*answers)) as (url, asked):
        client = TaxiiClient(url, token="secret", sleep=pauses.append)
        with client:
            result = client.push(COLLECTION, numbered(2))
    assert result == (1, [PushFailure("x--1", "no such reference")])
    assert pauses == [0.1, 0.2]
    post, *polls = asked[2:]
    assert post.path == f"/root/collections/{COLLECTION}/objects/"
    assert post.headers["Content-Type"] == MEDIA_TYPE
    assert json.loads(post.body) == {"objects": numbered(2)}
    assert [each.path for each in polls] == ["/root/status/st%2F1/"] * 2
    for each in asked:
        assert each.headers["Accept"] == MEDIA_TYPE
        assert each.headers["Authorization"] == "Bearer secret"


def test_failures_that_are_only_counted_are_told() -> None:
    answers = [status("complete", success_count=0, failure_count=2)]
    with scripted(script(*answers)) as (url, _), TaxiiClient(url) as client:
        result = client.push(COLLECTION, numbered(2))
    assert result.successes == 0
    assert [each.id for each in result.failures] == ["?", "?"]


def test_a_status_that_stays_pending_is_given_up() -> None:
    answers = [status("pending")] * 20
    with (
        scripted(script(*answers)) as (url, _),
        TaxiiClient(url, timeout=3, sleep=lambda _: None) as client,
        pytest.raises(TaxiiError, match="status st/1 is still pending after 3 s, for 2 objects"),
    ):
        client.push(COLLECTION, numbered(2))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, b"<html>"), "no JSON object"),
        ((200, []), "no JSON object"),
        ((200, {"status": "done"}), "no status"),
        ((500, b"\xff"), "500 Internal Server Error"),
        ((422, {"title": "Bad", "description": "no pattern"}), "422 Bad: no pattern"),
        ((307, {}), "307"),
    ],
)
def test_answers_that_are_none_are_refused(answer: Answer, message: str) -> None:
    with (
        scripted(script(answer)) as (url, _),
        TaxiiClient(url) as client,
        pytest.raises(TaxiiError, match=message),
    ):
        client.push(COLLECTION, numbered(2))


def test_a_server_of_another_kind_is_refused() -> None:
    with (
        scripted(lambda _: (200, {"can_write": True})) as (url, _),
        TaxiiClient(url) as client,
        pytest.raises(TaxiiError, match="not an API root"),
    ):
        client.push(COLLECTION, numbered(1))


# ---- TLS ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext"
    subprocess.run(
        [*command.split(), "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return cert


def test_certificates_are_verified(certificate: Path, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    answers = [status("complete", success_count=1, failure_count=0)]
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps({"type": "bundle", "objects": numbered(1)}))
    with scripted(script(*answers), context) as (url, asked):
        where = ["taxii", "push", str(bundle), "--url", url, "--collection", COLLECTION]
        result = run(*where)
        assert result.code == 2
        assert "CERTIFICATE_VERIFY_FAILED" in result.err
        assert asked == []
        result = run(*where, "--ca", certificate)
        assert (result.code, result.err) == (0, "")
        assert result.out == f"{COLLECTION}: 1 object added\n"


# ---- arguments ---------------------------------------------------------------------------------

WHERE = ("--url", "http://127.0.0.1:1/", "--collection", "c")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "stdin: not JSON"),
        (b"[" * 100_000, "stdin: "),
        (b"\xff\xfe\x00", "stdin: not JSON"),
        (b"[]", "stdin: not a STIX bundle"),
        (b'{"type": "bundle", "objects": {}}', "are no list"),
        (b'{"type": "bundle", "objects": [{"id": "a"}, {}]}', "object 2 has no id"),
        (b'{"type": "bundle"}', "there are no objects to send"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, message: str) -> None:
    result = run("taxii", "push", "-", *WHERE, stdin=data)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--user", "me", "--token"], "--user or --token, not both"),
        (["--user", "me"], "set LIBBLOCK_TAXII_PASSWORD"),
        (["--token"], "set LIBBLOCK_TAXII_TOKEN"),
        (["--url", "ftp://x/"], "ftp://x/: not an address"),
        (["--url", "http://[/"], "http://["),
        (["--ca", "missing.pem"], "missing.pem: No such file"),
        (["--batch", "0"], "--batch"),
        ([], "http://127.0.0.1:1/: "),
    ],
)
def test_bad_arguments_give_one_clear_message(
    options: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"LIBBLOCK_TAXII_{name}", raising=False)
    bundle = json.dumps({"type": "bundle", "objects": numbered(1)}).encode()
    result = run("taxii", "push", "-", *WHERE, *options, stdin=bundle)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err


def test_tokens_are_no_headers_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBBLOCK_TAXII_TOKEN", "a\r\nHost: b")
    bundle = json.dumps({"type": "bundle", "objects": numbered(1)}).encode()
    result = run("taxii", "push", "-", *WHERE, "--token", stdin=bundle)
    assert result.code == 2
    assert "visible ASCII" in result.err


def test_without_httpx_it_is_said_what_to_install(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps({"type": "bundle", "objects": numbered(1)}))
    (tmp_path / "httpx.py").write_text("raise ImportError")
    result = subprocess.run(
        [sys.executable, "-m", "libblock", "taxii", "push", bundle, *WHERE],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "pip install 'libblock[taxii]'" in result.stderr
    assert "Traceback" not in result.stderr
