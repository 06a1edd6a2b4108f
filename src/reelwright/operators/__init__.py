"""Operators, and the contract they are written against."""

from reelwright.operators import files
from reelwright.operators.casting import CastMember
from reelwright.operators.context import Context
from reelwright.operators.contract import Operator, Params, Quality, Resources, Result, operator, param
from reelwright.operators.registry import load, names
from reelwright.operators.sheet import Sheet

__all__ = [
    "CastMember",
    "Context",
    "Operator",
    "Params",
    "Quality",
    "Resources",
    "Result",
    "Sheet",
    "files",
    "load",
    "names",
    "operator",
    "param",
]
