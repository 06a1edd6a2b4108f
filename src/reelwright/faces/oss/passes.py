"""Upload passes at this face: what somebody with temporary credentials may do.

A pass puts its one object, in one go or in parts, and may ask for what it put. It reads no object's content, and
copies none.
"""

from reelwright.errors import Forbidden
from reelwright.faces.oss.call import Call
from reelwright.faces.oss.errors import AccessDenied
from reelwright.faces.oss.objects import COPY_SOURCE

TOKEN_HEADER = "x-oss-security-token"
TOKEN_PARAMS = ("security-token", "x-oss-security-token")


def secret_of_pass(call: Call, access_key_id: str) -> str:
    """The secret that the request must be signed with. `AccessDenied` if the pass is not for this."""
    token = call.headers.get(TOKEN_HEADER) or next(filter(None, map(call.params.get, TOKEN_PARAMS)), None)
    if token is None:
        raise AccessDenied("Temporary credentials need their security token; send it in x-oss-security-token.")
    if not _is_upload(call):
        raise AccessDenied("These credentials are for uploading one object; use a key of your own for anything else.")
    try:
        return call.service.uploads.secret(token, access_key_id, call.bucket, call.key)
    except Forbidden as error:
        raise AccessDenied(f"{error.message[:1].upper()}{error.message[1:]}.") from error


def _is_upload(call: Call) -> bool:
    if call.method in ("PUT", "POST"):
        return COPY_SOURCE not in call.headers
    return call.method == "HEAD" or "uploadId" in call.params
