"""Made arrays become files: H.264 and AAC in MP4, 16-bit WAV. Kept apart from `media.encode`,
so that a test never checks an encoder with a file that the same encoder wrote.
"""

import wave
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream
else:
    av = lazy("av")

Rgb = NDArray[np.uint8]
Samples = NDArray[np.float32]

BT709 = 1  # the same number for primaries, transfer and matrix in ITU-T H.273
LIMITED = 1  # AVCOL_RANGE_MPEG
FULL_SCALE = 32767
AAC_BLOCK = 1024  # samples the encoder takes at a time


def write_video(
    path: Path,
    frames: Iterable[Rgb],
    *,
    size: tuple[int, int],
    fps: Fraction | int,
    crf: int = 20,
    key_every: int | None = None,
    sound: Samples | None = None,
    rate: int = 48000,
    fast_start: bool = True,
    fragments: bool = False,
) -> Path:
    """Encode frames to MP4 (H.264, BT.709 limited range, tagged), with AAC sound if given.

    `frames`: uint8 [height, width, 3], RGB. `size`: even (width, height). `key_every`: frames
    from key frame to key frame. `sound`: float32 [n] or [channels, n] in [-1, 1] at `rate` Hz.
    The index goes to the front (`fast_start`), to the end, or is spread (`fragments`).
    """
    flags = "empty_moov+frag_keyframe" if fragments else "faststart" if fast_start else ""
    with av.open(str(path), "w", format="mp4", options={"movflags": flags} if flags else {}) as box:
        fps = Fraction(fps)
        video = _video_stream(box, size, fps, crf, key_every)
        audio = None if sound is None else _audio_stream(box, sound, rate)
        box.start_encoding()  # by hand, so that no frames at all still make a file
        for index, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=LIMITED)
            frame.pts, frame.time_base = index, 1 / fps
            box.mux(video.encode(frame))
        box.mux(video.encode(None))
        if sound is not None and audio is not None:
            _encode_sound(box, audio, sound, rate)
    return path


def _video_stream(
    box: "OutputContainer", size: tuple[int, int], fps: Fraction, crf: int, key_every: int | None
) -> "VideoStream":
    video = box.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
    video.width, video.height = size
    video.pix_fmt = "yuv420p"
    if key_every:
        video.codec_context.gop_size = key_every
    coder = video.codec_context
    coder.color_primaries = coder.color_trc = coder.colorspace = BT709
    coder.color_range = LIMITED
    return video


def _audio_stream(box: "OutputContainer", sound: Samples, rate: int) -> "AudioStream":
    channels = 1 if sound.ndim == 1 else sound.shape[0]
    return box.add_stream("aac", rate=rate, layout="mono" if channels == 1 else "stereo")


def _encode_sound(box: "OutputContainer", audio: "AudioStream", sound: Samples, rate: int) -> None:
    planes = np.ascontiguousarray(np.atleast_2d(sound), dtype=np.float32)
    layout = "mono" if planes.shape[0] == 1 else "stereo"
    for start in range(0, planes.shape[1], AAC_BLOCK):
        block = np.ascontiguousarray(planes[:, start : start + AAC_BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        box.mux(audio.encode(frame))
    box.mux(audio.encode(None))


def write_sound(path: Path, sound: Samples, rate: int) -> Path:
    """Encode sound alone (float32 [n] or [channels, n] in [-1, 1]) as AAC in MP4."""
    with av.open(str(path), "w", format="mp4") as box:
        _encode_sound(box, _audio_stream(box, sound, rate), sound, rate)
    return path


def write_wav(path: Path, sound: Samples, rate: int) -> Path:
    """Write float32 [n] or [channels, n] in [-1, 1] as 16-bit PCM. Louder values are clipped."""
    planes = np.atleast_2d(sound)
    pcm = np.round(np.clip(planes, -1, 1) * FULL_SCALE).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(pcm.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.T.tobytes())
    return path


def read_wav(path: Path) -> tuple[Samples, int]:
    """Read 16-bit PCM: float32 [n] (mono) or [channels, n] in [-1, 1], and the rate in Hz."""
    with wave.open(str(path), "rb") as file:
        channels, rate = file.getnchannels(), file.getframerate()
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    planes = (pcm.reshape(-1, channels).T / np.float32(FULL_SCALE)).astype(np.float32)
    return (planes[0] if channels == 1 else planes), rate
