"""A prompt told at length: what was read from it, said again as a picture editor would, in the prompt's language.

This stands in for a language model where there is none: it adds nothing that the painter will not show.
"""

import re

from reelwright.kernels.painting import styles
from reelwright.kernels.painting.reading import Scene

HAN = re.compile(r"[一-鿿]")
ENGLISH = {
    "dawn": "soft light of dawn",
    "day": "clear daylight",
    "dusk": "low golden sun of the evening",
    "night": "deep blue night",
    "rain": "rain falling",
    "storm": "a storm with lightning",
    "snow": "snow drifting down",
    "fog": "mist over the ground",
    "cloudy": "heavy clouds",
    "wind": "wind in the grass",
    "push": "the camera moves slowly closer",
    "pull": "the camera slowly draws back",
    "left": "the camera pans to the left",
    "right": "the camera pans to the right",
    "up": "the camera tilts up",
    "down": "the camera sinks down",
    "orbit": "the camera drifts around the scene",
    "handheld": "handheld camera",
    "still": "fixed camera",
    "ink": "ink wash painting",
    "neon": "neon light",
    "noir": "black and white",
    "pastel": "pastel colours",
    "warm": "warm colours",
    "cold": "cold colours",
    "": "flat illustration with depth",
}
CHINESE = {
    "dawn": "清晨柔和的光线",
    "day": "明亮的日光",
    "dusk": "傍晚金色的斜阳",
    "night": "深蓝色的夜",
    "rain": "雨丝落下",
    "storm": "电闪雷鸣",
    "snow": "雪花飘落",
    "fog": "薄雾弥漫",
    "cloudy": "云层厚重",
    "wind": "风吹草动",
    "push": "镜头缓缓推近",
    "pull": "镜头缓缓拉远",
    "left": "镜头向左平移",
    "right": "镜头向右平移",
    "up": "镜头上摇",
    "down": "镜头下降",
    "orbit": "镜头环绕移动",
    "handheld": "手持镜头",
    "still": "固定镜头",
    "ink": "水墨画风格",
    "neon": "霓虹光影",
    "noir": "黑白影像",
    "pastel": "粉彩色调",
    "warm": "暖色调",
    "cold": "冷色调",
    "": "有纵深的扁平插画",
}


def extended(prompt: str, scene: Scene) -> str:
    """The prompt with the light, weather, style and camera that it left open."""
    is_chinese = bool(HAN.search(prompt))
    words = {**(CHINESE if is_chinese else ENGLISH), **({"": ""} if scene.preset else {})}
    kinds = [kind for kind in ("time", "weather", "style", "camera") if kind not in scene.told]
    told = [words[name] for name in (getattr(scene, kind) for kind in kinds) if words.get(name) and name != "clear"]
    joined = ("，" if is_chinese else ", ").join([prompt.strip().rstrip("。.，,"), *told])
    whole = joined + ("。" if is_chinese else ".") if told else prompt
    return styles.asked(whole, scene.preset)
