"""What the demo asks for: the fields of its smart jobs and tasks, and the words that are to come back."""

from typing import Any

INPUT = object()
"""Stands in params for the address of the uploaded input."""
MOST_SENTENCE = 8  # words
FILM: dict[str, Any] = {
    "model": "wan2.6-t2v",
    "prompt": "a red kite flies over a green meadow on a sunny day, pan left",
    "size": "640*360",
    "duration": 3,
    "seed": 7,
}
MOVED = {"model": "wan2.6-i2v", "prompt": "push in", "img_url": INPUT, "resolution": "480P", "duration": 2, "seed": 7}
SAID = ["你好，世界。", "Text becomes speech, and every sentence tells where it is heard.", "今天天气很好！"]
SPEECH = {
    "input_config": "".join(SAID),
    "editing_config": {"voice": "zhitian", "format": "WAV"},
    "output_config": {"bucket": "demo", "object": "out/speech"},
}
READ = {"input_file": "oss://demo/in/read.wav", "editing_config": {"SentenceMaxLength": MOST_SENTENCE}}
SONG = {"inputs": {"file": "oss://demo/in/song.wav"}}  # where the demo puts it
TEXTS: dict[str, Any] = {"keywords": "咖啡,手工,学生", "textLength": 60, "targetCount": 5}
TEXT = {"type": "MarketingCopy", "generate_config": TEXTS}
CHART: dict[str, Any] = {
    "chart_type": "BarRace",
    "input": {"XlsFile": "oss://demo/in/numbers.csv"},
    "chart_title": {"Text": "Four cities"},
    "chart_config": {"Style": "Normal", "TitleStartTime": "0", "ChartStartTime": "200", "VideoDuration": "4000"},
    "output_config": {"MediaURL": "oss://demo/out/race.mp4", "Width": 800, "Height": 450},
}
BEAUTY = {"beauty_params": "smooth=80,whiten=40,detail=30"}
