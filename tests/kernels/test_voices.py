"""The vendor's list of voices."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.kernels import voices

LISTED = (
    "zhimiao_emo zhimi_emo zhibei_emo zhiyan_emo zhitian_emo zhitian zhiqing zhichu zhide zhifei zhijia zhilun "
    "zhinan zhiqi zhiqian zhiru zhiwei zhixiang zhiya aixia aiyue siyue aishuo xiaomei aiqi aicheng aijia siqi "
    "sijia mashu yuer ruoxi aida sicheng ninger xiaoyun xiaogang ruilin laomei laotie stella stanley kenny rosa "
    "aitong aiwei jielidou xiaobei sitong aibao ava luca luna emily eric annie andy abby lydia olivia wendy harry "
    "cuijie kelly jiajia dahu aikan taozi qingqing xiaoze shanshan chuangirl longwan longcheng longhua longxiaochun "
    "longxiaoxia longshu longshuo longmiao longyuan loongstella loongbella longwan_v2 longxiaochun_v2 loongbella_v2 "
    "sys_GracefulPoisedWoman sys_ElderlyWistfulWoman sys_SweetBrightGirl sys_YoungGracefulWoman sys_MaturePoisedWoman "
    "sys_MatureWiseWoman sys_CalmDeepMale sys_SereneIntellect sys_MajesticBaritone sys_GravellySoulful "
    "sys_ClassicYoungMan "
    "sys_WiseYoungMan sys_ClassicYoungWoman sys_IntellectualYoungWoman sys_GentleYoungMan sys_thoughtfulBoy "
    "sys_RichBassMale sys_ClassicMiddleAgedWoman longbaizhi"
)


@pytest.mark.parametrize("name", LISTED.split())
def test_every_name_of_the_list_is_there(name):
    assert voices.find(name.upper()).name == name


def test_no_name_comes_twice():
    names = [one.name for one in voices.every()]

    assert len(names) == len(set(names)) == 113


def test_no_two_voices_are_made_alike():
    sounds = {(one.pitch, one.lift, one.size, one.breath, one.bright) for one in voices.every()}

    assert len(sounds) == 113


@pytest.mark.parametrize(("wrong", "near"), [("zhitan", "zhitian"), ("Emiley", "emily"), ("longwan_v3", "longwan_v2")])
def test_a_misspelt_name_is_told_what_is_near(wrong, near):
    with pytest.raises(InvalidParameter, match=rf"no voice '{wrong}'; near it are .*{near}"):
        voices.find(wrong)
