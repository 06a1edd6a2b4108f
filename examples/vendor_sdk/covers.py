"""Upload a film, ask for covers, download them: the vendor's own libraries, another endpoint.

python covers.py FILM FOLDER
"""

import json
import os
import sys
import time
from pathlib import Path

import oss2
from alibabacloud_ice20201109 import models as ice
from alibabacloud_ice20201109.client import Client
from alibabacloud_tea_openapi import utils_models

SERVER = os.environ.get("REELWRIGHT_SERVER", "http://127.0.0.1:8710")
HOME = Path(os.environ.get("REELWRIGHT_HOME", "~/.reelwright")).expanduser()


def main(film: Path, folder: Path) -> int:
    keys = json.loads((HOME / "credentials.json").read_text())
    bucket = oss2.Bucket(oss2.Auth(keys["AccessKeyId"], keys["AccessKeySecret"]), SERVER, "films")
    bucket.put_object_from_file(film.name, str(film))

    client = Client(
        utils_models.Config(
            access_key_id=keys["AccessKeyId"],
            access_key_secret=keys["AccessKeySecret"],
            endpoint=SERVER.removeprefix("http://"),
            protocol="http",
        )
    )
    job_id = client.submit_iproduction_job(
        ice.SubmitIProductionJobRequest(
            function_name="Cover",
            input=ice.SubmitIProductionJobRequestInput(type="OSS", media=f"oss://films/{film.name}"),
            output=ice.SubmitIProductionJobRequestOutput(
                type="OSS", media="oss://films/covers/{source}-{sequenceId}.png"
            ),
        )
    ).body.job_id
    job = client.query_iproduction_job(ice.QueryIProductionJobRequest(job_id=job_id)).body
    while job.status not in ("Success", "Fail"):
        time.sleep(0.5)
        job = client.query_iproduction_job(ice.QueryIProductionJobRequest(job_id=job_id)).body
    if job.status == "Fail":
        print(f"the job failed: {job.result}")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for key, cover in zip(job.output_files, json.loads(job.result), strict=True):
        bucket.get_object_to_file(key, str(folder / Path(key).name))
        print(f"{folder / Path(key).name}  at {float(cover['Time']) / 1000:.2f} s, score {cover['Score']:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
