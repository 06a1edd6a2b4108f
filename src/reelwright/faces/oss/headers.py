"""What is told of an object in headers: on the way in, and on the way out to browsers too."""

from collections.abc import Mapping

from reelwright.faces.oss.call import Call
from reelwright.faces.oss.conditions import http_date
from reelwright.faces.oss.errors import InvalidArgument
from reelwright.storage.port import ObjectInfo

USER = "x-oss-meta-"
SHOWN = ("cache-control", "content-disposition", "content-encoding", "content-language", "expires")
KEPT = "header."
"""Prefix under which those of `SHOWN` that came with a put are kept among the metadata."""
OVERRIDES = {f"response-{name}": name for name in ("content-type", *SHOWN)}
MAX_METADATA = 8 << 10  # bytes, the vendor's limit

# Types in which a browser would run what an uploader wrote, in the origin of the console.
ACTIVE = ("html", "xml", "svg", "javascript", "multipart")
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"


def metadata_of(call: Call) -> dict[str, str]:
    """What a put or the start of an upload wants to be kept."""
    kept = {name.removeprefix(USER): text for name, text in call.headers.items() if name.startswith(USER)}
    kept |= {KEPT + name: call.headers[name] for name in SHOWN if call.headers.get(name)}
    # The framing of a streamed body is no property of the object.
    if kept.get(f"{KEPT}content-encoding", "").lower() == "aws-chunked":
        del kept[f"{KEPT}content-encoding"]
    if sum(len(name) + len(text) for name, text in kept.items()) > MAX_METADATA:
        raise InvalidArgument(f"The metadata has more than {MAX_METADATA} bytes; keep less of it.")
    for name, text in kept.items():
        _check(name, text)
    return kept


def described(info: ObjectInfo) -> dict[str, str]:
    """Headers that every look at an object gives."""
    headers = {
        "ETag": f'"{info.etag}"',
        "Last-Modified": http_date(info.modified),
        "x-oss-object-type": "Multipart" if "-" in info.etag else "Normal",
        "x-oss-storage-class": "Standard",
    }
    if info.crc64 is not None:
        headers["x-oss-hash-crc64ecma"] = str(info.crc64)
    return headers


def served(call: Call, info: ObjectInfo) -> dict[str, str]:
    """Headers with which an object is given out."""
    headers = {"Content-Type": info.media_type, "Accept-Ranges": "bytes", **described(info)}
    for name, text in info.metadata.items():
        headers[name.removeprefix(KEPT).title() if name.startswith(KEPT) else USER + name] = text
    for parameter, name in OVERRIDES.items():
        if parameter in call.params:
            headers[name.title()] = _check(parameter, call.params[parameter])
    headers["X-Content-Type-Options"] = "nosniff"
    if is_active(headers["Content-Type"]):
        headers["Content-Security-Policy"] = SANDBOX
    return headers


def is_active(media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    return "/" not in kind or any(word in kind for word in ACTIVE)


def _check(name: str, text: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise InvalidArgument(f"{name} holds a control character; take that out.")
    return text


def crc_header(info: ObjectInfo) -> Mapping[str, str]:
    return {} if info.crc64 is None else {"x-oss-hash-crc64ecma": str(info.crc64)}
