"""Everything that can be set: flags > environment (`REELWRIGHT_*`) > `reelwright.toml` in the home > defaults.

A setting is one field here; the reference page is made from the descriptions.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

GIB = 1 << 30


def default_home() -> Path:
    return Path(os.environ.get("REELWRIGHT_HOME", "~/.reelwright")).expanduser()


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REELWRIGHT_", extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=default_home, description="Folder of the ledger, objects, models and credentials."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8710, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    open: bool = Field(False, description="Accept unsigned requests. Only on a loopback address.")
    public_url: str = Field("", description="Base of the links in replies; empty uses the Host of each request.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level written to the log."
    )

    workers: int = Field(
        0, ge=0, le=256, description="Worker processes; 0 is one for each core, at least 1, at most 8."
    )
    threads_per_worker: int = Field(
        0, ge=0, le=64, description="Native threads in a worker; 0 shares the cores evenly."
    )
    time_limit: float = Field(6 * 3600.0, gt=0, description="Wall-clock seconds one execution of a step may take.")
    memory_limit: int = Field(8 * GIB, ge=GIB // 4, description="Bytes of address space one worker may use.")
    tasks_per_worker: int = Field(200, ge=0, description="Steps after which a worker process is replaced; 0 never.")

    lease: float = Field(30.0, gt=0, description="Seconds a claim is valid without a heartbeat.")
    max_attempts: int = Field(3, ge=1, le=1000, description="Executions of a step before a mendable error is final.")
    retry_delay: float = Field(1.0, ge=0, description="Seconds before the first retry; doubled for each further one.")
    retention_days: float = Field(365.0, gt=0, description="Days a job is kept after it was submitted.")

    storage: Literal["local", "s3"] = Field("local", description="Where objects lie.")
    s3_endpoint: str = Field("", description="Endpoint of the S3-compatible store.")
    s3_region: str = Field("us-east-1", description="Region named in its signatures.")
    s3_access_key_id: str = Field("", description="Its access key.")
    s3_secret_access_key: str = Field("", description="Its secret.", repr=False)
    s3_virtual_hosted: bool = Field(False, description="Put the bucket into the host name (needed by some vendors).")
    s3_buckets: tuple[str, ...] = Field(
        (), description="Buckets of the store that may be used; the first also holds the memo."
    )
    auto_create_buckets: bool = Field(True, description="A PUT of an object to a bucket that is not there makes it.")
    flush_objects: bool = Field(
        False,
        description="Answer a PUT to a local store only when its bytes are on the disk: a power cut then loses none "
        "that was answered. Small objects take some milliseconds longer.",
    )
    max_object_bytes: int = Field(64 * GIB, gt=0, description="Largest object an upload may make.")
    results_bucket: str = Field("results", description="Bucket of results that were given no address.")
    link_seconds: float = Field(24 * 3600.0, gt=0, description="How long a download link in a reply is good, at least.")

    fetch_max_bytes: int = Field(16 * GIB, gt=0, description="Most bytes fetched from one http(s) address.")
    fetch_timeout: float = Field(3600.0, gt=0, description="Seconds one fetch may take in all.")
    fetch_stall: float = Field(30.0, gt=0, description="Seconds a fetch may go without a byte.")
    fetch_redirects: int = Field(5, ge=0, le=20, description="Redirects followed, each checked again.")
    fetch_allow: tuple[str, ...] = Field(
        (), description="Networks (CIDR) that may be fetched from, and told to, though they are private."
    )

    callback_attempts: int = Field(
        12, ge=1, le=50, description="Tries of a callback before it is given up; with the default delay that is a day."
    )
    callback_delay: float = Field(
        5.0,
        gt=0,
        description="Seconds before the second try; three times as long for each further one, at most 6 hours.",
    )
    callback_timeout: float = Field(15.0, gt=0, description="Seconds a receiver may take to answer a callback.")

    rate_limit: float = Field(
        0.0, ge=0, description="Requests a second that one key may send to the task API; 0 does not limit."
    )
    clock_window: float = Field(0.0, ge=0, description="Seconds a signed request may be old; 0 does not check.")
    models_dir: Path | None = Field(None, description="Folder of model weights; `models` in the home by default.")

    llm_url: str = Field(
        "",
        description="Base address of a language model, OpenAI-compatible or llama.cpp; empty for none.",
        examples=["http://127.0.0.1:8080/v1"],
    )
    llm_key: str = Field("", description="Its key; empty where it wants none.", repr=False)
    llm_model: str = Field("default", description="Name of the model; a llama.cpp server takes any.")
    llm_timeout: float = Field(120.0, gt=0, description="Seconds one answer of the language model may take.")
    llm_attempts: int = Field(
        4, ge=1, le=20, description="Tries of one question before a language model that fails is given up."
    )

    prices: dict[str, float] = Field(
        {},
        description="Price at a provider of a second of media, or of a step that makes none; in a currency of yours.",
        examples=['{"dashscope": 0.07}'],
    )

    labels_folder: str = Field(
        "", description="Folder of a CLIP or SigLIP pair in ONNX that names what films show; empty names nothing."
    )
    inpainting_folder: str = Field(
        "", description="Folder of an inpainting network in ONNX (LaMa), for what no frame shows; empty uses none."
    )
    diffusion_video: str = Field(
        "", description="Folder of a diffusers pipeline that makes films (Wan, LTX, …); empty paints here."
    )
    diffusion_picture: str = Field(
        "", description="Folder of a diffusers pipeline that makes pictures (Qwen-Image, Flux, …); empty paints here."
    )
    generation_kind: Literal["dashscope", "openai", "comfyui"] = Field(
        "dashscope",
        description="What makes pictures and films elsewhere: DashScope, an OpenAI-compatible server, ComfyUI.",
    )
    generation_url: str = Field(
        "",
        description="Its base address; empty paints here.",
        examples=["https://dashscope.aliyuncs.com/api/v1", "http://127.0.0.1:8188"],
    )
    generation_key: str = Field("", description="Its key; empty where it wants none.", repr=False)
    generation_model: str = Field("", description="Name of the model there; empty takes the one that was asked for.")
    generation_graph: str = Field("", description="File of ComfyUI's graph, in its API format.")
    generation_timeout: float = Field(60.0, gt=0, description="Seconds one answer of that server may take.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        given: dict[str, Any] = getattr(init_settings, "init_kwargs", {})
        home = Path(given.get("home") or default_home())
        toml = TomlConfigSettingsSource(settings_cls, home / "reelwright.toml")
        return init_settings, env_settings, toml

    @property
    def worker_count(self) -> int:
        return self.workers or max(1, min(8, os.cpu_count() or 1))

    @property
    def worker_threads(self) -> int:
        return self.threads_per_worker or max(1, (os.cpu_count() or 1) // self.worker_count)

    @property
    def models_folder(self) -> Path:
        return self.models_dir or self.home / "models"
