"""Object stores and the web, through fsspec. All of fsspec is here, and loaded only where an address is named.

A file is fetched whole into a folder for temporary ones, worked on there as any other, and what is written there is put
whole under its name: nobody ever sees half of it. What fails in a way that passes is tried again (`patience.py`).
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import functools
import glob
import hashlib
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.scratch import scratch_folder
from eqmorph.batch.patience import PASSES, patiently
from eqmorph.batch.remote import Remote, web_name
from eqmorph.errors import EqmorphError, ExistsError, InputError, OutputError, Stopped, UsageError
from eqmorph.process import Watch, unwatched
from eqmorph.wording import Means, Phrase

try:
    import fsspec
    from fsspec.callbacks import Callback
except ImportError as error:
    raise UsageError(
        "addresses such as s3:// need fsspec", hint='Install it with: pip install "eqmorph[cloud]"'
    ) from error

__all__ = ["Found", "Store", "at_hand", "find_at", "scratch", "staged"]

_PREFIX = "eqmorph-store-"
_BLOCK_BYTES = 1 << 24
#: Protocols that put an object whole or not at all. Others, such as sftp://, would show half a file.
_WHOLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci", "memory"}
_S3 = {"s3", "s3a"}
_WEB = {"http", "https"}
#: One at a time and in pieces of a few MiB: by itself, s3fs would hold 500 MB of a file in memory.
_GET: dict[str, Any] = {"max_concurrency": 1}
_PUT: dict[str, Any] = {"max_concurrency": 2, "chunksize": _BLOCK_BYTES}
_OF_THIS_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.ENAMETOOLONG, errno.EMFILE}
_STAMPS = ("ETag", "etag", "md5Hash", "content_md5", "Content-MD5", "Digest")
_TIMES = ("LastModified", "last_modified", "updated", "mtime", "created", "Last-Modified")
#: What libraries raise below fsspec, by name: they are loaded by it, if at all.
_NO_CREDENTIALS = {
    *("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "CredentialRetrievalError"),
    *("TokenRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError", "DefaultCredentialsError"),
}
_NETWORK = {
    *(
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ConnectionClosedError",
        "ProxyConnectionError",
    ),
    *("HTTPClientError", "ResponseStreamingError", "IncompleteReadError", "ConnectionError", "FSTimeoutError"),
    *(
        "ClientConnectorError",
        "ClientConnectorDNSError",
        "ClientOSError",
        "ClientPayloadError",
        "ServerDisconnectedError",
    ),
    *("ServerTimeoutError", "SocketTimeoutError", "ConnectionTimeoutError", "TransportError", "ServiceRequestError"),
}
_HOW_TO_BE_LET_IN = (
    "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; FSSPEC_S3_ANON=true for public ones."
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file below an address, the path that it has there, and when it was written by the store's own clock."""

    remote: Remote
    relative: PurePosixPath
    modified: float = 0.0


class Store:
    """What lies below one address.

    Attributes:
        url: the address, without a slash at its end.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._protocol = urlsplit(url).scheme.lower()

    @property
    def takes_files_whole(self) -> bool:
        return self._protocol in _WHOLE

    def url_of(self, relative: str) -> str:
        return f"{self.url}/{relative}" if relative else self.url

    def files(self, below: str = "", *, must_exist: bool = False) -> list[Found]:
        """Return the files below, or below a folder in it, sorted by name; none where there is no such folder.

        Raises:
            EqmorphError: nobody may look, or nobody is there.
        """
        url = self.url_of(below)
        files, root = _connected(url)
        with _explained(url, kind=UsageError):
            try:
                listed = files.find(root, detail=True)
            except FileNotFoundError:
                if must_exist:
                    raise
                return []
        start = len(files._strip_protocol(self.url).rstrip("/")) + 1
        return [
            Found(_remote(self.url_of(name[start:]), info), PurePosixPath(name[start:]), _modified(info))
            for name, info in listed.items()
            if info.get("type") == "file" and not name.endswith("/") and name[start:]
        ]

    def look(self, relative: str = "") -> Remote | None:
        """Look at a file; None if there is none of this name."""
        url = self.url_of(relative)
        files, name = _connected(url)
        with _explained(url):
            try:
                info = files.info(name)
            except FileNotFoundError:
                return None
        return _remote(url, info) if info.get("type") == "file" else None

    def read(self, relative: str) -> bytes:
        """Return what a small file holds."""
        url = self.url_of(relative)
        files, name = _connected(url)
        with _explained(url):
            data: bytes = files.cat_file(name)
        return data

    def write(self, relative: str, data: bytes) -> None:
        """Write a small file, or replace it."""
        url = self.url_of(relative)
        files, name = _connected(url)

        def put() -> None:
            with _explained(url, writing=True):
                files.pipe_file(name, data)

        patiently(put)

    def put(self, path: Path, relative: str, *, overwrite: bool, watch: Watch = unwatched) -> Remote:
        """Put a finished file under its name, whole; return what is there then.

        Raises:
            ExistsError: the name is taken, and may not be replaced.
            OutputError: it can't be put there; nothing of it is.
        """
        url = self.url_of(relative)
        files, name = _connected(url)
        options = _PUT if self._protocol in _S3 else {}
        tried: list[EqmorphError] = []

        def put() -> Remote:
            try:
                return put_once()
            except ExistsError:
                there = self.look(relative)
                if tried and there is not None and _holds(there, path):
                    return there  # it had come, and the answer had not
                raise
            except EqmorphError as error:
                tried.append(error)
                raise

        def put_once() -> Remote:
            watch(0.0)
            with _explained(url, writing=True):
                try:
                    files.put_file(
                        str(path),
                        name,
                        **({} if overwrite else {"mode": "create"}),
                        **options,
                    )
                except OSError as error:
                    if not overwrite and _is_taken(error):
                        raise ExistsError(
                            "already exists", hint=Phrase("Use {} to overwrite it.", Means.REPLACE), path=url
                        ) from None
                    raise
            there = self.look(relative)
            if there is None or there.size != path.stat().st_size:
                raise OutputError(
                    "isn't there as it was written", hint="Does another program write there too?", path=url
                ) from TimeoutError(errno.ETIMEDOUT, "incomplete")
            return there

        return patiently(put, watch=watch)


def find_at(url: str) -> tuple[Remote | None, list[Found]]:
    """Return the file of this address, if it is one, else all files below it or, for a glob, all that match.

    Raises:
        UsageError: nobody may look, or nobody is there.
    """
    store = Store(url)
    try:
        exact = store.look() if not url.endswith("/") else None
    except InputError as error:
        raise UsageError(error.problem, hint=error.remedy, path=error.path) from error
    if exact is not None:
        return exact, []
    if urlsplit(url).scheme.lower() in _WEB:  # what a page links to is none of ours
        raise UsageError("isn't there", hint="Check the address.", path=web_name(url))
    root = _fixed_part(url)
    if root == url:
        return None, store.files(must_exist=True)
    files, pattern = _connected(url)
    with _explained(url, kind=UsageError):
        listed = files.glob(pattern, detail=True)
    start = len(files._strip_protocol(root).rstrip("/")) + 1
    return None, [
        Found(_remote(f"{root}/{name[start:]}", info), PurePosixPath(name[start:]))
        for name, info in sorted(listed.items())
        if info.get("type") == "file"
    ]


@contextmanager
def at_hand(path: Path, remote: Remote, watch: Watch = unwatched) -> Iterator[Remote]:
    """Have a file of elsewhere here under ``path`` for a while; yield what was fetched.

    Raises:
        EqmorphError: it can't be fetched.
    """
    try:
        yield patiently(lambda: _fetch(remote, path, watch), watch=watch)
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        with contextlib.suppress(OSError):
            path.parent.rmdir()


def staged(remote: Remote, walk: int) -> Path:
    """Return where a file is put while it is at hand: in a folder of its own, under its own name.

    Another ``walk`` has another: neither of two runs in one process takes away what the other has fetched.
    """
    mark = hashlib.blake2b(remote.url.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    return scratch() / f"{walk}-{mark}" / (PurePosixPath(urlsplit(remote.name).path).name or "file")


def scratch() -> Path:
    """Return this process's folder for what is at hand. It goes with the process."""
    with _making:
        return _scratch()


_making = threading.Lock()


@functools.cache
def _scratch() -> Path:
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(scratch_folder(_PREFIX))


def _fetch(remote: Remote, path: Path, watch: Watch) -> Remote:
    files, name = _connected(remote.url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_os_error(error, path) from error
    with _explained(remote.url, here=path):
        files.get_file(name, str(path), callback=_asking(watch), **(_GET if urlsplit(remote.url).scheme in _S3 else {}))
    size = path.stat().st_size
    if remote.size not in (-1, size):
        now = Store(remote.url).look()
        if now is None or now.size != size:
            raise InputError(
                f"{size} bytes of {remote.size} came", hint="Is the network overloaded?", path=remote.name
            ) from TimeoutError(errno.ETIMEDOUT, "incomplete")
        return now  # it was written anew since it was found
    return remote


def _connected(url: str) -> tuple[Any, str]:
    """Return what reaches an address, and the name of it there."""
    for name in ("s3fs", "botocore", "aiobotocore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # we say it ourselves
    protocol = urlsplit(url).scheme.lower()
    options: dict[str, Any] = {"use_listings_cache": False}
    if protocol in _WEB:
        options = {"encoded": True}
    try:
        kind = fsspec.get_filesystem_class(protocol)
    except ValueError:
        raise UsageError(
            f"{protocol}:// is not known",
            hint="Addresses begin with s3://, gs://, az:// or https://.",
            path=web_name(url),
        ) from None
    except ImportError as error:
        what = '"eqmorph[cloud]"' if protocol in _S3 | _WEB else _package(str(error), protocol)
        raise UsageError(
            f"{protocol}:// needs a package that isn't there",
            hint=f"Install it with: pip install {what}",
            path=web_name(url),
        ) from error
    with _explained(url):
        files = fsspec.filesystem(protocol, **kind._get_kwargs_from_urls(url), **options)
    return files, kind._strip_protocol(url)


def _asking(watch: Watch) -> Callback:
    """Ask whether to go on whenever some of a file has come or gone."""

    def ask(*_: Any, **__: Any) -> None:
        try:
            watch(0.0)
        except KeyboardInterrupt as error:  # which would end the thread that all transfers are in
            raise Stopped("interrupted") from error

    return Callback(hooks={"watch": ask})


def _remote(url: str, info: Mapping[str, Any]) -> Remote:
    stamp = next((info[name] for name in _STAMPS if info.get(name)), "")
    stamp = stamp or _modified(info) or next((info[name] for name in _TIMES if info.get(name)), "")
    size = info.get("size")
    return Remote(url, -1 if size is None else int(size), str(stamp).strip('"'))


def _modified(info: Mapping[str, Any]) -> float:
    """Return when an object was written, in seconds since 1970; 0 where nobody says."""
    for name in _TIMES:
        when = info.get(name)
        if isinstance(when, str):
            with contextlib.suppress(ValueError):
                when = datetime.fromisoformat(when.replace("Z", "+00:00"))
        if isinstance(when, datetime):
            return when.timestamp()
        if isinstance(when, (int, float)):
            return float(when)
    return 0.0


def _fixed_part(url: str) -> str:
    """Return the folder in front of the first part with a wildcard; all of it if there is none."""
    parts = url.split("/")
    first = next((n for n, part in enumerate(parts) if n > 2 and glob.has_magic(part)), None)
    return url if first is None else "/".join(parts[:first])


def _holds(remote: Remote, path: Path) -> bool:
    """Tell whether an object is what was written here, by its stamp where that is an MD5, as S3's mostly is."""
    if remote.size != path.stat().st_size:
        return False
    if not re.fullmatch(r"[0-9a-f]{32}", remote.stamp):
        return True
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest() == remote.stamp


def _is_taken(error: OSError) -> bool:
    """Tell whether a store refused to replace an object: each says so in its own way."""
    return isinstance(error, FileExistsError) or any(
        mark in str(one)
        for one in _chain(error)
        for mark in ("PreconditionFailed", "pre-conditions", "At least one of")
    )


def _package(told: str, protocol: str) -> str:
    """Return the package that fsspec names, such as gcsfs."""
    found = re.search(r"[Ii]nstall (\w+)", told)
    return found[1] if found else f"what fsspec needs for {protocol}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@contextmanager
def _explained(
    url: str, *, writing: bool = False, here: Path | None = None, kind: type[EqmorphError] | None = None
) -> Iterator[None]:
    """Say in plain words what a store, or the network on the way to it, refused; mark what may pass.

    Args:
        url: what was to be reached.
        writing: whether it was to be written.
        here: the file of this machine that what is read goes to.
        kind: the error to raise.
    """
    try:
        yield
    except EqmorphError:
        raise
    except Exception as error:  # a library's own, of which there are many
        if here is not None and isinstance(error, OSError) and error.errno in _OF_THIS_DISK:
            raise explain_os_error(error, here) from error
        what, hint, may_pass = _reason(error, url, writing=writing)
        cause: BaseException = error
        if may_pass:
            cause = TimeoutError(errno.ETIMEDOUT, str(error))
            cause.__cause__ = error
        raise (kind or (OutputError if writing else InputError))(what, hint=hint, path=web_name(url)) from cause


def _reason(error: Exception, url: str, *, writing: bool) -> tuple[str, str, bool]:
    """Return what is wrong, what to do about it, and whether it may pass."""
    names = {base.__name__ for one in _chain(error) for base in type(one).__mro__}
    answers = (getattr(one, "status", None) for one in _chain(error))  # of the web
    status = next((answer for answer in answers if isinstance(answer, int)), 0)
    protocol = urlsplit(url).scheme.lower()
    let_in = _HOW_TO_BE_LET_IN if protocol in _S3 else "Log in as its own tools want it."
    if names & _NO_CREDENTIALS:
        return "there are no credentials for it", let_in, False
    if isinstance(error, PermissionError) or status in (401, 403):
        may = "write" if writing else "list and read"
        return "access is denied", f"Check who may {may} there, and whose credentials these are. {let_in}", False
    is_busy = isinstance(error, OSError) and error.errno in PASSES
    if names & _NETWORK or isinstance(error, TimeoutError) or is_busy or status == 429 or status >= 500:
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return (
            f"can't be reached: {told}",
            "Check the network, and AWS_ENDPOINT_URL where that is set." if protocol in _S3 else "Check the network.",
            True,
        )
    if isinstance(error, FileNotFoundError):
        if writing:
            return "there is no such bucket", "Make it first, or check its name.", False
        return "isn't there", "Check the name, and that of its bucket.", False
    return f"can't be {'written' if writing else 'read'}: {type(error).__name__}: {error}", "Check the address.", False
