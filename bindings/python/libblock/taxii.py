"""Sending STIX bundles to TAXII 2.1 servers.

Needs httpx, which ``pip install 'libblock[taxii]'`` brings along. Source of the protocol: TAXII
Version 2.1, OASIS Standard, https://docs.oasis-open.org/cti/taxii/v2.1/taxii-v2.1.html.
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    import httpx

MEDIA_TYPE = "application/taxii+json;version=2.1"
BATCH = 1000
"""So many objects are sent at once, if no more are wished for and the server takes them."""

StixObject = Mapping[str, Any]
_ENVELOPE = len('{"objects":[]}')
_LONGEST_MESSAGE = 500

# Servers bound the line of a request, some at 4,094 characters; identifiers are asked for in
# questions that stay well below.
_LONGEST_QUESTION = 3000
_PAGE = 1000
_IDENTIFIER = re.compile(r"[\w.-]{1,300}", re.ASCII)


class TaxiiError(Exception):
    """A server cannot be reached, refuses what it is sent, or gives an answer that is none."""


class _RefusalError(TaxiiError):
    """A server that is there does not answer a request as TAXII has it."""


class PushFailure(NamedTuple):
    """An object that a server did not take, and why as far as it says."""

    id: str
    message: str


class PushResult(NamedTuple):
    """How many objects a server took, how many it had already in that version, so that they were
    not sent, and those that it did not take."""

    successes: int
    present: int
    failures: Sequence[PushFailure]


def read_bundle(data: bytes, name: str) -> list[StixObject]:
    """The objects of a STIX bundle; ValueError, beginning with `name`, if it is none."""
    try:
        bundle = json.loads(data)
    except ValueError as error:
        raise ValueError(f"{name}: not JSON: {error}") from None
    except RecursionError:
        raise ValueError(f"{name}: nested too deeply") from None
    if not isinstance(bundle, dict) or bundle.get("type") != "bundle":
        raise ValueError(f"{name}: not a STIX bundle")
    objects = bundle.get("objects", [])
    if not isinstance(objects, list):
        raise ValueError(f"{name}: the objects of the bundle are no list")
    for number, each in enumerate(objects, 1):
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise ValueError(f"{name}: object {number} has no id")
    return objects


class TaxiiClient:
    """A connection to an API root of a server, such as ``https://taxii.example.com/api1/``.

    ``auth`` is a user and a password; ``token`` goes into the header as a bearer. The certificate
    of the server is verified, by ``ca_file`` if one is given and else by the authorities that httpx
    trusts. ``timeout`` (seconds) holds for each request, and for the whole wait for a status.
    """

    def __init__(
        self,
        url: str,
        *,
        auth: tuple[str, str] | None = None,
        token: str | None = None,
        ca_file: str | None = None,
        timeout: float = 60.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._httpx = _import_httpx()
        if auth is not None and token is not None:
            raise ValueError("a user or a token, not both")
        self._url = url.rstrip("/") + "/"
        self._timeout = timeout
        self._sleep = sleep
        headers = {"Accept": MEDIA_TYPE}
        if token is not None:
            if not token.isascii() or not token.isprintable():
                raise ValueError("a token is of visible ASCII characters")
            headers["Authorization"] = f"Bearer {token}"
        try:
            address = self._httpx.URL(self._url)
            if address.userinfo:  # every message would show it
                raise TaxiiError("the address must not hold a user or a password")
            if address.scheme not in ("http", "https"):
                raise TaxiiError(f"{url}: not an address that begins with https:// or http://")
            # Redirects are not followed: they could lead the password elsewhere.
            self._client = self._httpx.Client(
                auth=auth,
                headers=headers,
                verify=True if ca_file is None else _trusting(ca_file),
                timeout=timeout,
            )
        except self._httpx.InvalidURL as error:
            raise TaxiiError(f"{url}: {error}") from None

    def __enter__(self) -> "TaxiiClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()

    def push(
        self,
        collection: str,
        objects: Sequence[StixObject],
        *,
        batch: int = BATCH,
        progress: Callable[[int], object] = lambda _done: None,
    ) -> PushResult:
        """Adds objects to a collection, at most ``batch`` at once and no more bytes than the server
        says it takes, and waits for each lot until the server is done with it.

        What the collection has already in the same version is not sent: TAXII leaves it open
        whether a server tells of a success or of a failure then, and each has servers that do.
        Where the collection may not be read, or its manifest is refused, all objects are sent, and
        what the server says of each is the result.

        ``progress`` is told how many objects are done. Raises TaxiiError; what was sent before
        that stays on the server, and pushing again sends the rest.
        """
        info = self._prepare(collection)
        failures: list[PushFailure] = []
        successes = present = done = 0

        def absent() -> Iterator[StixObject]:
            nonlocal present
            for each, is_there in self._look_up(info, objects):
                present += is_there
                if not is_there:
                    yield each

        for lot in _lots(absent(), batch, info.most_bytes):
            status = self._wait(self._request("POST", info.path + "objects/", lot.body), lot)
            refused = list(_failures_of(status, lot))
            successes += len(lot.ids) - len(refused)
            failures += refused
            done += len(lot.ids)
            progress(done + present)
        progress(len(objects))
        return PushResult(successes, present, failures)

    def _prepare(self, collection: str) -> "_Collection":
        """What the server says of a collection, which must be one to write to."""
        root = self._request("GET", "")
        path = f"collections/{quote(collection, safe='')}/"
        info = self._request("GET", path)
        if info.get("can_write") is not True:
            raise TaxiiError(f"{self._url}: nothing may be added to the collection {collection}")
        most = root.get("max_content_length")
        if not isinstance(most, int) or most <= 0:
            raise TaxiiError(f"{self._url}: not an API root: it has no max_content_length")
        return _Collection(path, most, info.get("can_read") is True)

    def _look_up(
        self, info: "_Collection", objects: Iterable[StixObject]
    ) -> Iterator[tuple[StixObject, bool]]:
        """The objects in their order, and whether the collection has each already."""
        readable = info.can_read
        for asked in _questions(objects):
            there: set[_Version] = set()
            if readable:
                try:
                    there = self._versions(info, _identifiers(asked))
                except _RefusalError:
                    readable = False
            yield from ((each, _version_of(each, "modified") in there) for each in asked)

    def _versions(self, info: "_Collection", ids: set[str]) -> set["_Version"]:
        """The versions of some objects that the manifest of a collection lists."""
        found: set[_Version] = set()
        if not ids:
            return found
        query = {"match[id]": ",".join(sorted(ids)), "match[version]": "all", "limit": str(_PAGE)}
        while True:
            answer = self._request("GET", info.path + "manifest/", query=query)
            records = [each for each in _records_of(answer) if each["id"] in ids]
            new = {_version_of(each, "version") for each in records} - found
            # What is never modified is there in whatever version.
            found |= new | {(identifier, None) for identifier, _ in new}
            # A page of nothing new is that of a server that knows no filters, or has no end.
            if not new or answer.get("more") is not True:
                return found
            query = {**query, **_position_after(answer, records)}

    def _wait(self, status: Mapping[str, Any], lot: "_Lot") -> Mapping[str, Any]:
        """The status once it is complete."""
        waited, pause = 0.0, 0.1
        while status.get("status") != "complete":
            if status.get("status") != "pending" or not isinstance(status.get("id"), str):
                raise TaxiiError(f"{self._url}: the answer is no status of a request")
            if waited >= self._timeout:
                raise TaxiiError(
                    f"{self._url}: status {status['id']} is still pending after {waited:.0f} s, "
                    f"for {len(lot.ids)} objects"
                )
            self._sleep(pause)
            waited += pause
            pause = min(pause * 2, 5.0)
            status = self._request("GET", f"status/{quote(status['id'], safe='')}/")
        return status

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        url = self._url + path
        headers = {} if body is None else {"Content-Type": MEDIA_TYPE}
        try:
            response = self._client.request(
                method, url, content=body, headers=headers, params=query
            )
        except (self._httpx.HTTPError, self._httpx.InvalidURL) as error:
            raise TaxiiError(f"{url}: {error or type(error).__name__}") from None
        if not response.is_success:
            hint = _HINTS.get(response.status_code, "")
            raise _RefusalError(f"{url}: {response.status_code} {_reason_of(response)}{hint}")
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise _RefusalError(f"{url}: the answer is no JSON object: not a TAXII 2.1 server?")
        return answer


_HINTS = {
    401: ": it wants to know who you are",
    404: ": is it an API root, and the id that of a collection?",
}


# ---- what is there -----------------------------------------------------------------------------


class _Collection(NamedTuple):
    """Where a collection is, how many bytes it takes at once, and whether it can be asked."""

    path: str
    most_bytes: int
    can_read: bool


_Version = tuple[str, str | None]
"""An identifier, and a time to be compared; None for an object that is never modified."""


def _questions(objects: Iterable[StixObject]) -> Iterator[Sequence[StixObject]]:
    """As many objects at a time as a request can ask for."""
    asked: list[StixObject] = []
    size = 0
    for each in objects:
        length = len(each["id"]) + len("%2C")
        if asked and size + length > _LONGEST_QUESTION:
            yield asked
            asked, size = [], 0
        asked.append(each)
        size += length
    if asked:
        yield asked


def _identifiers(objects: Iterable[StixObject]) -> set[str]:
    """Those that can be asked for; what has others is sent, and the server says what is wrong."""
    return {each["id"] for each in objects if _IDENTIFIER.fullmatch(each["id"])}


def _version_of(each: Mapping[str, Any], member: str) -> _Version:
    """Servers write times with more digits of a second, or fewer, than they were given."""
    if each.get(member) is None:
        return each["id"], None
    whole, _, fraction = str(each[member]).upper().removesuffix("Z").partition(".")
    return each["id"], f"{whole}.{fraction.rstrip('0')}"


def _records_of(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    records = manifest.get("objects")
    if not isinstance(records, list):
        return []
    return [each for each in records if isinstance(each, dict) and isinstance(each.get("id"), str)]


def _position_after(
    answer: Mapping[str, Any], records: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Where the next page begins: as the server says, or else after the last record."""
    if isinstance(answer.get("next"), str):
        return {"next": answer["next"]}
    return {"added_after": str(records[-1].get("date_added"))}


# ---- lots --------------------------------------------------------------------------------------


class _Lot(NamedTuple):
    """What is sent in one request."""

    ids: Sequence[str]
    body: bytes


def _lots(objects: Iterable[StixObject], batch: int, most_bytes: int) -> Iterator[_Lot]:
    ids: list[str] = []
    texts: list[bytes] = []
    size = _ENVELOPE
    for each in objects:
        text = json.dumps(each, separators=(",", ":")).encode()
        if _ENVELOPE + len(text) > most_bytes:
            raise TaxiiError(
                f"{each['id']} has {len(text):,} bytes, and the server takes {most_bytes:,} at once"
            )
        if ids and (len(ids) == batch or size + len(text) + 1 > most_bytes):
            yield _Lot(ids, _envelope(texts))
            ids, texts, size = [], [], _ENVELOPE
        ids.append(each["id"])
        texts.append(text)
        size += len(text) + 1
    if ids:
        yield _Lot(ids, _envelope(texts))


def _envelope(texts: Sequence[bytes]) -> bytes:
    return b'{"objects":[' + b",".join(texts) + b"]}"


def _failures_of(status: Mapping[str, Any], lot: _Lot) -> Iterator[PushFailure]:
    """Each object that a complete status tells no success of. Servers may give counts alone, so
    that a list shorter than its count is filled up."""
    listed = [each for each in status.get("failures") or [] if isinstance(each, dict)]
    for each in listed:
        yield PushFailure(str(each.get("id", "?")), str(each.get("message", "")))
    count = status.get("failure_count")
    missing = count - len(listed) if isinstance(count, int) else 0
    for _ in range(min(missing, len(lot.ids) - len(listed))):
        yield PushFailure("?", "the server does not say which object, nor why")


# ---- httpx -------------------------------------------------------------------------------------


def _import_httpx() -> Any:
    try:
        import httpx
    except ImportError:
        raise TaxiiError(
            "httpx is not installed, which TAXII needs: pip install 'libblock[taxii]'"
        ) from None
    return httpx


def _trusting(ca_file: str) -> Any:
    import ssl

    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or getattr(error, "reason", None) or "no certificates in it"
        raise TaxiiError(f"{ca_file}: {reason}") from None


def _reason_of(response: "httpx.Response") -> str:
    """What a server says of an error; TAXII has a form for it, but not all answers are of TAXII."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        texts = [answer.get("title"), answer.get("description")]
        said = ": ".join(each for each in texts if isinstance(each, str) and each)
        if said:
            return said[:_LONGEST_MESSAGE]
    return response.reason_phrase
