"""Pushing bundles to TAXII 2.1 servers: to medallion, and to servers of the tests' own for answers
that medallion never gives."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cli_support import run
from support import EXAMPLE
from taxii_server import (
    COLLECTION,
    MEDIA_TYPE,
    PASSWORD,
    READ_ONLY,
    USER,
    WRITE_ONLY,
    Answer,
    Request,
    api_root,
    collection,
    medallion,
    scripted,
)

httpx = pytest.importorskip("httpx")

from libblock.taxii import PushFailure, TaxiiClient, TaxiiError, read_bundle  # noqa: E402

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


def long_numbered(count: int) -> list[dict[str, Any]]:
    """With identifiers as long as those of STIX."""
    return [
        {"type": "indicator", "id": f"indicator--00000000-0000-5000-8000-{number:012}"}
        for number in range(count)
    ]


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
def test_pushing_again_adds_nothing_and_is_no_failure(server: str) -> None:
    bundle = bundle_of()
    where = ["--url", server, "--collection", COLLECTION, "--user", USER]
    run("taxii", "push", "-", *where, stdin=bundle)
    before = stored(server)
    result = run("taxii", "push", "-", *where, stdin=bundle)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{COLLECTION}: 0 objects added, 10 there already\n"
    result = run("taxii", "push", "-", *where, "--format", "json", stdin=bundle)
    assert (result.code, result.err) == (0, "")
    report = result.json("taxii-push")
    assert (report["successes"], report["present"], report["failures"]) == (0, 10, [])
    assert stored(server) == before


@pytest.mark.usefixtures("password")
def test_what_is_missing_alone_is_sent(server: str, tmp_path: Path) -> None:
    objects = json.loads(bundle_of())["objects"]
    where = ["--url", server, "--collection", COLLECTION, "--user", USER]
    part = json.dumps({"type": "bundle", "objects": objects[::3]}).encode()
    result = run("taxii", "push", "-", *where, stdin=part)
    assert result.out == f"{COLLECTION}: 4 objects added\n"
    whole = tmp_path / "bundle.json"
    whole.write_text(json.dumps({"type": "bundle", "objects": objects}))
    result = run("taxii", "push", whole, *where)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{COLLECTION}: 6 objects added, 4 there already\n"
    assert sorted(each["id"] for each in stored(server)) == sorted(each["id"] for each in objects)


def test_another_version_is_not_there(server: str) -> None:
    def version(time: str) -> dict[str, Any]:
        return {"type": "x", "id": "x--1", "created": "2023-01-01T00:00:00.000Z", "modified": time}

    unmodified = {"type": "marking-definition", "id": "m--1", "created": "2023-01-01T00:00:00Z"}
    old, new = version("2023-01-01T00:00:00.000Z"), version("2023-01-02T00:00:00.000Z")
    with TaxiiClient(server, auth=(USER, PASSWORD)) as client:
        assert client.push(COLLECTION, [new, unmodified]) == (2, 0, [])
        assert client.push(COLLECTION, [old, unmodified]) == (1, 1, [])
        # The older of two versions is there too, and its time may be written with other digits.
        written = version("2023-01-01T00:00:00Z")
        assert client.push(COLLECTION, [new, written, {**unmodified, "name": "n"}]) == (0, 3, [])


def test_manifests_of_several_pages_are_read_to_the_end(tmp_path: Path) -> None:
    pytest.importorskip("medallion")
    objects = numbered(200)
    with (
        medallion(tmp_path, 100_000, page=7) as url,
        TaxiiClient(url, auth=(USER, PASSWORD)) as client,
    ):
        assert client.push(COLLECTION, objects[:150]) == (150, 0, [])
        told: list[int] = []
        assert client.push(COLLECTION, objects, progress=told.append) == (50, 150, [])
        assert told == [200, 200]


def test_a_collection_that_may_not_be_read_is_sent_everything(server: str) -> None:
    objects = read_bundle(bundle_of(), "bundle")
    with TaxiiClient(server, auth=(USER, PASSWORD)) as client:
        assert client.push(WRITE_ONLY, objects) == (10, 0, [])
        successes, present, failures = client.push(WRITE_ONLY, objects)
    # This server calls it a failure that it has an object.
    assert (successes, present) == (0, 0)
    refusal = "Unable to process object"
    assert failures == [PushFailure(each["id"], refusal) for each in objects]


@pytest.mark.usefixtures("password")
def test_failures_are_reported_object_by_object(server: str) -> None:
    bundle = bundle_of()
    where = ["--url", server, "--collection", WRITE_ONLY, "--user", USER]
    run("taxii", "push", "-", *where, stdin=bundle)
    result = run("taxii", "push", "-", *where, "--format", "json", stdin=bundle)
    assert (result.code, result.err) == (1, "")
    report = result.json("taxii-push")
    assert (report["successes"], report["present"]) == (0, 0)
    ids = [each["id"] for each in json.loads(bundle)["objects"]]
    assert [each["id"] for each in report["failures"]] == ids
    assert {each["message"] for each in report["failures"]} == {"Unable to process object"}
    result = run("taxii", "push", "-", *where, stdin=bundle)
    assert result.code == 1
    *failures, summary = result.out.splitlines()
    assert [line.split()[1] for line in failures] == ids
    assert summary == f"{WRITE_ONLY}: 0 objects added, 10 failures"


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

MANIFEST = f"/root/collections/{COLLECTION}/manifest/?"


def script(*answers: Answer, manifest: Sequence[Answer] = ()) -> Callable[[Request], Answer]:
    """What a server answers to a push: one after another, once it has told about itself. It can be
    asked what it has if there are answers to that."""
    rest, pages = list(answers), list(manifest)

    def answer(request: Request) -> Answer:
        if request.method == "GET" and request.path == "/root/":
            return 200, api_root(100_000)
        if request.path == f"/root/collections/{COLLECTION}/":
            return 200, collection(COLLECTION, can_write=True, can_read=bool(manifest))
        if request.path.startswith(MANIFEST):
            return pages.pop(0)
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
    assert result == (1, 0, [PushFailure("x--1", "no such reference")])
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


def record(identifier: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "date_added": f"2023-05-01T00:00:00.{identifier[-1]}Z", **more}


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.path).query))


def test_pages_follow_as_the_server_says_or_else_by_date() -> None:
    pages: list[Answer] = [
        (200, {"more": True, "next": "p/2", "objects": [record("x--0", version="2023")]}),
        (200, {"more": True, "objects": [record("x--1", version="2023")]}),
        (200, {"more": False, "objects": [record("x--3", version="2023")]}),
    ]
    answers = [status("complete", success_count=1, failure_count=0)]
    with scripted(script(*answers, manifest=pages)) as (url, asked), TaxiiClient(url) as client:
        assert client.push(COLLECTION, numbered(4)) == (1, 3, [])
    first = {"match[id]": "x--0,x--1,x--2,x--3", "match[version]": "all", "limit": "1000"}
    after = "2023-05-01T00:00:00.1Z"
    *queries, post = asked[2:]
    assert query_of(queries[0]) == first
    assert query_of(queries[1]) == {**first, "next": "p/2"}
    assert query_of(queries[2]) == {**first, "next": "p/2", "added_after": after}
    assert json.loads(post.body) == {"objects": [{"type": "x", "id": "x--2"}]}


@pytest.mark.parametrize(
    "page",
    [
        (403, {"title": "Forbidden"}),
        (404, b""),
        (414, b"<html>"),
        (200, b"<html>"),
        (200, {}),
        (200, {"objects": {"id": "x--0"}}),
        (200, {"objects": [None, {"version": "2023"}, {"id": 1}]}),
        # That of a server that knows no filters, and has many pages.
        (200, {"more": True, "next": "2", "objects": [record("y--0"), record("y--1")]}),
    ],
)
def test_without_a_manifest_all_is_sent(page: Answer) -> None:
    answers = [status("complete", success_count=2, failure_count=0)]
    with scripted(script(*answers, manifest=[page])) as (url, asked), TaxiiClient(url) as client:
        assert client.push(COLLECTION, numbered(2)) == (2, 0, [])
    assert json.loads(asked[-1].body) == {"objects": numbered(2)}


def test_a_page_for_ever_ends() -> None:
    page = (200, {"more": True, "next": "1", "objects": [record("x--0", version="2023")]})
    answers = [status("complete", success_count=1, failure_count=0)]
    with scripted(script(*answers, manifest=[page] * 2)) as (url, _), TaxiiClient(url) as client:
        assert client.push(COLLECTION, numbered(2)) == (1, 1, [])


def test_a_refused_manifest_is_asked_for_once() -> None:
    answers = [status("complete", success_count=100, failure_count=0)] * 5
    pages: list[Answer] = [(403, {})]
    with scripted(script(*answers, manifest=pages)) as (url, asked), TaxiiClient(url) as client:
        assert client.push(COLLECTION, long_numbered(500), batch=100) == (500, 0, [])
    assert sum(each.path.startswith(MANIFEST) for each in asked) == 1


def test_questions_fit_into_the_line_of_a_request() -> None:
    objects = long_numbered(500)
    records = [record(each["id"], version="2023") for each in objects]
    pages = [(200, {"objects": records})] * 20
    with scripted(script(manifest=pages)) as (url, asked), TaxiiClient(url) as client:
        assert client.push(COLLECTION, objects) == (0, 500, [])
    questions = asked[2:]
    assert 5 < len(questions) < 20
    assert all(len(each.path) < 3_500 for each in questions)
    ids = ",".join(query_of(each)["match[id]"] for each in questions).split(",")
    assert sorted(ids) == [each["id"] for each in objects]


@pytest.mark.parametrize("identifier", ["x--\ud800", "a,b", "x" * 70_000, ""])
def test_what_is_no_identifier_is_sent_and_not_asked_for(identifier: str) -> None:
    objects = [{"type": "x", "id": identifier, "modified": ["no time"]}]
    pages = [(200, {"objects": [record("a"), record("b")]})]
    answers = [status("complete", success_count=1, failure_count=0)]
    with scripted(script(*answers, manifest=pages)) as (url, asked), TaxiiClient(url) as client:
        assert client.push(COLLECTION, objects) == (1, 0, [])
    (post,) = asked[2:]
    assert json.loads(post.body) == {"objects": objects}


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
        (["--url", "http://me:secret@127.0.0.1/"], "must not hold a user or a password"),
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
    assert "secret" not in result.err


def test_a_password_in_the_clear_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBBLOCK_TAXII_PASSWORD", "secret")
    bundle = json.dumps({"type": "bundle", "objects": numbered(1)}).encode()
    where = ["--url", "http://taxii.invalid/", "--collection", "c"]
    result = run("taxii", "push", "-", *where, "--user", "me", stdin=bundle)
    assert result.code == 2  # there is no such server
    assert "warning: http:// shows everybody" in result.err


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
