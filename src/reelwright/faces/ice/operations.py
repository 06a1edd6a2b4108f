"""Every operation of the ICE face, one entry each: wire name -> domain name.

Parsing, signatures and the error envelope belong to `faces.rpc`, what an operation does
to `faces.calls`; the functions of IProduction jobs have a table of their own
(`functions`). An operation we know of and do not offer stays here with its reason: the
caller gets it, and the coverage page is made from this table.
"""

from reelwright.faces.ice.functions import FAMILY, NAMES, FunctionResult, submission
from reelwright.faces.wire import (
    Table,
    always,
    any_object,
    cancel,
    each,
    integer,
    json_object,
    link,
    moment,
    one_of,
    query,
    refused,
    submit,
    text,
)
from reelwright.jobs.job import LEAST_URGENT, MOST_URGENT, Status

VERSION = "2020-11-09"

# ---- IProduction

STATUS = {
    Status.QUEUED: "Queuing",
    Status.RUNNING: "Analysing",
    Status.SUSPENDED: "Queuing",
    Status.SUCCEEDED: "Success",
    Status.FAILED: "Fail",
    Status.CANCELLED: "Fail",
}
TYPE = {"OSS": "OSS", "Media": "Media"}
TYPE_SYNONYMS = {"MediaId": "Media"}
BIZ = {"IMS": "IMS", "VOD": "VOD"}

JOB_ID: Table = {"JobId": text("id", required=True)}
INPUT: Table = {
    "Type": one_of("wire.input.type", TYPE, also=TYPE_SYNONYMS, required=True),
    "Media": text("wire.input.media", required=True),
}
OUTPUT: Table = {
    "Type": one_of("wire.output.type", TYPE, also=TYPE_SYNONYMS, required=True),
    "Media": (text("wire.output.media", required=True), text("destination")),
    "Biz": one_of("wire.output.biz", BIZ),
}
SCHEDULE: Table = {
    "PipelineId": (text("wire.pipeline"), text("pipeline")),
    "Priority": integer("priority", least=LEAST_URGENT, most=MOST_URGENT),
}
ASKED: Table = {
    "FunctionName": text("wire.function", required=True),
    "Input": json_object(INPUT, required=True),
    "Output": json_object(OUTPUT, required=True),
    "JobParams": (text("wire.job_params"), any_object("job_params")),
    "ModelId": "wire.model",
    "Name": text("wire.name", most=100),
    "ScheduleConfig": json_object(SCHEDULE),
    "TemplateId": "wire.template",
    "UserData": text("wire.user_data", most=256),
}
TOLD: Table = {
    **JOB_ID,
    **{name: rows for name, rows in ASKED.items() if name != "ModelId"},
    "Status": one_of("status", STATUS),
    "CreateTime": moment("created_at"),
    "FinishTime": moment("finished_at"),
    "Result": FunctionResult(""),
    "OutputFiles": each("outputs", "key"),
    "OutputUrls": each("outputs", link()),
    "OutputMediaIds": always([]),  # ids of a media library, which Output.Type=Media would need
}

IPRODUCTION = (
    submit("SubmitIProductionJob", takes=ASKED, gives=JOB_ID, family=FAMILY, wanted=submission, also_named=NAMES),
    query("QueryIProductionJob", takes=JOB_ID, gives=TOLD, family=FAMILY),
    cancel("CancelIProductionJob", takes=JOB_ID, gives={"Message": always("Success")}, family=FAMILY),
)

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
PIPELINES = "is not built yet in this face; the native API has pipelines"
TEMPLATES = "needs templates, which this server does not have yet"
STORAGE = "needs the media library's storage settings; buckets here are made by the object API"
EVENTS = "needs the callbacks of the vendor's events, which are not built yet"

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
    "CreatePipeline": PIPELINES,
    "GetPipeline": PIPELINES,
    "ListPipelines": PIPELINES,
    "UpdatePipeline": PIPELINES,
    "DeletePipeline": PIPELINES,
    "CreateCustomTemplate": TEMPLATES,
    "GetCustomTemplate": TEMPLATES,
    "ListCustomTemplates": TEMPLATES,
    "UpdateCustomTemplate": TEMPLATES,
    "DeleteCustomTemplate": TEMPLATES,
    "SetDefaultCustomTemplate": TEMPLATES,
    "ListSystemTemplates": TEMPLATES,
    "GetSystemTemplate": TEMPLATES,
    "SetDefaultStorageLocation": STORAGE,
    "GetDefaultStorageLocation": STORAGE,
    "GetStorageList": STORAGE,
    "SetEventCallback": EVENTS,
    "GetEventCallback": EVENTS,
}

OPERATIONS = (*IPRODUCTION, *(refused(action, because=because) for action, because in REFUSED.items()))
