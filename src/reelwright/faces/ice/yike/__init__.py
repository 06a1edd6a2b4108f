"""The studio of this face: storyboards, AI apps, and the assets, productions and users around them."""

from reelwright.faces.ice.yike.apps import APPS
from reelwright.faces.ice.yike.assets import ASSET_OPERATIONS
from reelwright.faces.ice.yike.storyboards import STORYBOARDS
from reelwright.faces.ice.yike.users import USERS_AND_CREDITS
from reelwright.faces.ice.yike.workspaces import WORKSPACES_AND_PRODUCTIONS

YIKE = (*WORKSPACES_AND_PRODUCTIONS, *USERS_AND_CREDITS, *ASSET_OPERATIONS, *STORYBOARDS, *APPS)

__all__ = ["YIKE"]
