"""The examples do what their pages say."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from reelwright.media import images

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_covers_with_the_vendors_sdk(server, make_video, tmp_path):
    done = subprocess.run(
        [sys.executable, EXAMPLES / "vendor_sdk/covers.py", make_video().path, tmp_path / "covers"],
        env={**os.environ, "REELWRIGHT_SERVER": server.url, "REELWRIGHT_HOME": str(server.home)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "covers").glob("*.png"))) == len(done.stdout.splitlines()) >= 1


def test_an_operator_of_ones_own(tmp_path):
    sys.path.insert(0, str(EXAMPLES / "own_operator"))
    try:
        from posterise import PosteriseParams, posterise
    finally:
        sys.path.pop(0)
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(16, axis=0)
    picture = images.save(ramp, tmp_path / "ramp.png")

    made = images.load(posterise(PosteriseParams(image=str(picture), levels=4)).image)

    assert posterise.name == "image.posterise"
    assert sorted(set(made[..., 0].ravel().tolist())) == [0, 85, 170, 255]
