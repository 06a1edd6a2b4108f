"""The object face: `/<bucket>/<key>` as the vendor's object clients speak it, and the download links."""

from reelwright.faces.oss.app import build

__all__ = ["build"]
