"""Every operation of the ICE face, one entry each: wire name -> domain name.

Parsing, signatures and the error envelope belong to `faces.rpc`, what an operation does to
`faces.calls`. The entries stand in a module for each family, the functions of IProduction
jobs in a table of their own (`functions`). An operation we know of and do not offer stays
here with its reason: the caller gets it, and the coverage page is made from this table.
"""

from reelwright.faces.ice.events import EVENTS
from reelwright.faces.ice.iproduction import IPRODUCTION
from reelwright.faces.ice.pipelines import PIPELINES
from reelwright.faces.ice.storages import STORAGES
from reelwright.faces.ice.templates import TEMPLATES
from reelwright.faces.wire import refused

VERSION = "2020-11-09"

# ---- known, not offered

SPEECH = "needs a speech model, and none is built in yet"
VOICE = "needs a voice model, and none is built in yet"
LANGUAGE = "needs a language model, and none is built in yet"
AVATAR = "needs an avatar model, and none is built in yet"
MONTAGE = "needs shot understanding and a timeline, which are not built yet"
SMART_JOBS = "tells of smart jobs, and none of those can be submitted yet"
TAGGING = "needs the tagging of video content, which is not built yet"
HOTWORDS = "serves speech recognition, which is not built yet"
STORYBOARD = "needs the storyboard pipeline, which is not built yet"
APPS = "needs the app graph, which is not built yet"
WORKSPACES = "needs workspaces and users of the studio, which this server does not have yet"
ASSETS = "needs the studio's asset library, which this server does not have yet"
LIBRARY = "needs the media library, which this server does not have yet; objects are used by their address"

REFUSED = {
    "GetSmartHandleJob": SMART_JOBS,
    "SubmitASRJob": SPEECH,
    "SubmitAudioProduceJob": VOICE,
    "SubmitTextGenerateJob": LANGUAGE,
    "SubmitDynamicChartJob": "needs the drawing of animated charts, which is not built yet",
    "SubmitVideoTranslationJob": "needs speech, translation and voice models, and none is built in yet",
    "SubmitSegmentationJob": MONTAGE,
    "SubmitHighlightExtractionJob": MONTAGE,
    "SubmitScreenMediaHighlightsJob": MONTAGE,
    "SubmitSportsHighlightsJob": MONTAGE,
    "SubmitAvatarVideoJob": AVATAR,
    "SubmitMediaAiAnalysisJob": TAGGING,
    "ListSmartJobs": SMART_JOBS,
    "DeleteSmartJob": SMART_JOBS,
    "ListSmartVoiceGroups": VOICE,
    "ListSmartSysAvatarModels": AVATAR,
    "SubmitSmarttagJob": TAGGING,
    "QuerySmarttagJob": TAGGING,
    "CreateHotwordLibrary": HOTWORDS,
    "GetHotwordLibrary": HOTWORDS,
    "ListHotwordLibraries": HOTWORDS,
    "UpdateHotwordLibrary": HOTWORDS,
    "DeleteHotwordLibrary": HOTWORDS,
    "SubmitYikeStoryboardJob": STORYBOARD,
    "GetYikeStoryboardJob": STORYBOARD,
    "ResumeYikeStoryboardJob": STORYBOARD,
    "SubmitYikeAIAppJob": APPS,
    "PrecheckYikeAIAppJob": APPS,
    "GetYikeAIAppJob": APPS,
    "BatchGetYikeAIAppJob": APPS,
    "CreateYikeWorkspace": WORKSPACES,
    "CreateYikeProduction": WORKSPACES,
    "ListYikeProductions": WORKSPACES,
    "ListYikeAssetFolders": ASSETS,
    "CreateYikeUser": WORKSPACES,
    "GetYikeUser": WORKSPACES,
    "SetYikeUserRole": WORKSPACES,
    "AddYikeUserCredit": WORKSPACES,
    "SubYikeUserCredit": WORKSPACES,
    "GetYikeUserCredit": WORKSPACES,
    "CreateYikeAssetUpload": ASSETS,
    "RegisterYikeAssetMediaInfo": ASSETS,
    "GetYikeAssetMediaInfo": ASSETS,
    "BatchGetYikeAssetMediaInfos": ASSETS,
    "DeleteYikeAssetMediaInfos": ASSETS,
    "RegisterMediaInfo": LIBRARY,
    "CreateUploadMedia": LIBRARY,
    "RefreshUploadMedia": LIBRARY,
    "UploadMediaByURL": LIBRARY,
    "GetUrlUploadInfos": LIBRARY,
    "GetMediaInfo": LIBRARY,
    "BatchGetMediaInfos": LIBRARY,
    "ListMediaBasicInfos": LIBRARY,
    "UpdateMediaInfo": LIBRARY,
    "DeleteMediaInfos": LIBRARY,
}

OFFERED = (*IPRODUCTION, *PIPELINES, *TEMPLATES, *STORAGES, *EVENTS)
OPERATIONS = (*OFFERED, *(refused(action, because=because) for action, because in REFUSED.items()))
