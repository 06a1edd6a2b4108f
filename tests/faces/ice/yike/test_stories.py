"""The vendor's names for styles and narrators."""

from reelwright.faces import wire
from reelwright.faces.ice.yike import stories

STYLES = [
    "RealisticPhotographyPro",
    "RealisticGuzhuangPro",
    "RealisticXianxiaPro",
    "RealisticWesternPro",
    "RealisticPhotography",
    "RealisticGuzhuang",
    "RealisticXianxia",
    "RealisticWasteland",
    "RealisticEra",
    "GuofengAnime",
    "GuofengAnime3D",
    "AncientRomanceAnime",
    "PostApocalypticAnime",
    "Cartoon3D",
    "Photorealistic3D",
    "SciFiRealism",
    "Chibi3D",
    "ShojoManga",
    "ShonenManga",
    "NewPeriodAnime",
    "FairyTale2D",
    "Wasteland2D",
    "InkWuxia",
    "ShadiaoMeme",
    "Chibi2D",
    "Ghibli",
    "SciFiComic",
    "AmericanSuperhero",
    "Hokusei",
    "RealisticComic",
    "CinematicRealism",
    "MinimalistRealism",
]
NARRATORS = [
    "sys_GracefulPoisedWoman",
    "sys_ElderlyWistfulWoman",
    "sys_SweetBrightGirl",
    "sys_YoungGracefulWoman",
    "sys_MaturePoisedWoman",
    "sys_MatureWiseWoman",
    "sys_CalmDeepMale",
    "sys_SereneIntellect",
    "sys_MajesticBaritone",
    "sys_GravellySoulful",
    "sys_ClassicYoungMan",
    "sys_WiseYoungMan",
    "sys_ClassicYoungWoman",
    "sys_IntellectualYoungWoman",
    "sys_GentleYoungMan",
    "sys_thoughtfulBoy",
    "sys_RichBassMale",
    "sys_ClassicMiddleAgedWoman",
    "longbaizhi",
]


def test_every_style_of_the_vendor_is_one_that_pictures_are_made_in():
    meant = [wire.read({"StyleId": stories.style("style")}, {"StyleId": name})["style"] for name in STYLES]

    assert len(set(meant)) == 32
    assert set(meant) == set(stories.STYLES)


def test_every_narrator_of_the_vendor_is_known_by_the_same_name():
    for name in NARRATORS:
        assert wire.read({"NarrationVoiceId": stories.narrator("voice")}, {"NarrationVoiceId": name}) == {"voice": name}
