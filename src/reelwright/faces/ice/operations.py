"""Every operation of the ICE face, one entry each: wire name -> domain name.

Parsing, signatures and the error envelope belong to `faces.rpc`, what an operation does to
`faces.calls`. The entries stand in a module for each family, the functions of IProduction
jobs in a table of their own (`functions`). An operation we know of and do not offer stays
here with its reason: the caller gets it, and the coverage page is made from this table.
"""

from reelwright.faces.ice.events import EVENTS
from reelwright.faces.ice.hotwords import HOTWORDS
from reelwright.faces.ice.iproduction import IPRODUCTION
from reelwright.faces.ice.library import LIBRARY
from reelwright.faces.ice.pipelines import PIPELINES
from reelwright.faces.ice.smart.jobs import SMART
from reelwright.faces.ice.smart.tagging import TAGGING
from reelwright.faces.ice.storages import STORAGES
from reelwright.faces.ice.templates import TEMPLATES
from reelwright.faces.ice.yike import YIKE
from reelwright.faces.wire import refused

VERSION = "2020-11-09"

# ---- known, not offered

AVATAR = "needs a model that makes a person speak, and none with a free licence is known"

REFUSED = {
    "SubmitAvatarVideoJob": AVATAR,
    "ListSmartSysAvatarModels": AVATAR,
}

OFFERED = (*IPRODUCTION, *SMART, *TAGGING, *PIPELINES, *TEMPLATES, *STORAGES, *EVENTS, *LIBRARY, *HOTWORDS, *YIKE)
OPERATIONS = (*OFFERED, *(refused(action, because=because) for action, because in REFUSED.items()))
