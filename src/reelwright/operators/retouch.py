"""How faces are retouched: the amounts and keys of shape, for films and for still portraits."""

from reelwright.kernels import reshaping
from reelwright.kernels.smoothing import Strength
from reelwright.operators.contract import Params, param


def _amount(description: str) -> float:
    """A param 0–100."""
    amount: float = param(description, 0.0, ge=0, le=100)
    return amount


def _shift(description: str) -> float:
    """A param -100–100."""
    shift: float = param(description, 0.0, ge=-100, le=100)
    return shift


class RetouchParams(Params):
    """What is done to faces, and to which."""

    smooth: float = param("How far blotches and small wrinkles of the skin go down.", 20.0, ge=0, le=100)
    whiten: float = param("How much light the skin is given.", 20.0, ge=0, le=100)
    detail: float = param("How far eyes, brows and lips are brought out.", 20.0, ge=0, le=100)
    face_thin: float = _amount("Makes the face thinner from the temples down.")
    cheek_thin: float = _amount("Takes the cheekbones in.")
    face_cut: float = _amount("Takes the corners of the jaw in.")
    chin_thin: float = _amount("Makes the chin thinner.")
    eye_size: float = _amount("Makes the eyes larger.")
    smile: float = _amount("Lifts the corners of the mouth.")
    face_length: float = _shift("Above 0 the face is longer below the eyes, below 0 shorter.")
    chin_length: float = _shift("Above 0 the chin is longer.")
    eye_corner1: float = _shift("Above 0 the outer corners of the eyes are higher.")
    eye_distance: float = _shift("Above 0 the eyes are farther apart.")
    nose_thin: float = _shift("Above 0 the nose is thinner.")
    nose_wing: float = _shift("Above 0 the wings of the nose are closer together.")
    nose_length: float = _shift("Above 0 the nose is longer.")
    mouth_size: float = _shift("Above 0 the mouth is larger.")
    mouth_position: float = _shift("Above 0 the mouth is higher.")
    lip_thickness: float = _shift("Above 0 the lips are fuller.")
    hair_line: float = _shift("Above 0 the hair begins higher.")
    skin_enabled: bool = param("Whether smooth, whiten and detail count.", True)
    shape_enabled: bool = param("Whether the keys of shape count.", True)
    skin_model: bool = param("Tell skin by a colour model of each face; without it, by the face's outline alone.", True)
    detect_level: int = param(
        "How closely faces are looked for: 2 finds the smallest and takes longest.", 1, ge=0, le=2
    )
    max_face_num: int = param("How many faces are worked on at once, the largest first.", 32, ge=0, le=32)
    min_face: int = param("Breadth below which a face is left alone.", 40, ge=10, le=1024, unit="px")
    threshold: float = param("How sure a face must be; the detector inside OpenCV knows no degrees.", 0.8, ge=0, le=1)

    @property
    def amounts(self) -> dict[str, float]:
        """Key of shape -> -1 to 1, of those that change anything."""
        asked = {key: float(getattr(self, key)) / 100 for key in reshaping.KEYS} if self.shape_enabled else {}
        return {key: amount for key, amount in asked.items() if amount}

    @property
    def strength(self) -> Strength:
        if not self.skin_enabled:
            return Strength()
        return Strength(self.smooth / 100, self.whiten / 100, self.detail / 100)
