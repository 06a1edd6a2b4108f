"""The DashScope face: the vendor's task API for videos and pictures, under both of its prefixes."""

from starlette.types import ASGIApp

from reelwright.faces.dashscope.app import UPLOADS, Face
from reelwright.service import Service

__all__ = ["build", "is_for_dashscope"]

PREFIXES = ("/api/v1/", "/alibailian/api/v1/")


def build(service: Service) -> ASGIApp:
    return Face(service, PREFIXES)


def is_for_dashscope(path: str) -> bool:
    return path.startswith(PREFIXES) or path.rstrip("/") == UPLOADS
