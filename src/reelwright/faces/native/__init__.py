"""The native face: `/v1`, its OpenAPI document, and the page made from it."""

from reelwright.faces.native.app import Native, build

__all__ = ["Native", "build"]
