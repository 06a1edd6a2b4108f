"""Operators, and the contract they are written against."""

from reelwright.operators import files
from reelwright.operators.context import Context
from reelwright.operators.contract import Operator, Params, Quality, Resources, Result, operator, param
from reelwright.operators.registry import load, names

__all__ = [
    "Context",
    "Operator",
    "Params",
    "Quality",
    "Resources",
    "Result",
    "files",
    "load",
    "names",
    "operator",
    "param",
]
