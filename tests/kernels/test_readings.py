"""Numbers and signs in words."""

import pytest

from reelwright.kernels.readings import read
from reelwright.kernels.script import Run, plain, sentences


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("增长35%，", "增长百分之35，"),
        ("下降了-2.5%", "下降了负百分之2.5"),
        ("浓度3‰", "浓度千分之3"),
        ("1998年和2024年", "一九九八年和二零二四年"),
        ("1000年前", "1000年前"),
        ("30年后", "30年后"),
        ("2024-10-01开始", "二零二四年10月1日开始"),
        ("2024/3/8", "二零二四年3月8日"),
        ("10:30开会", "10点30分开会"),
        ("9:00开门", "9点整开门"),
        ("比分是3:1", "比分是3:1"),
        ("气温-5℃", "气温零下5摄氏度"),
        ("水温36.5°C", "水温36.5摄氏度"),
        ("¥99", "99元"),
        ("$35.50", "35.50美元"),
        ("￥1,234元", "1234元"),
        ("€3万", "3万欧元"),
        ("打13812345678", "打幺三八幺二三四五六七八"),
        ("打010-12345678", "打零幺零，幺二三四五六七八"),
        ("单号20241001123", "单号二零二四一零零一一二三"),
        ("10086人", "10086人"),
        ("跑了20km", "跑了20千米"),
        ("时速120km/h。", "时速120千米每小时。"),
        ("用5G网络", "用5G网络"),
        ("MP3和A4纸", "MP3和A4纸"),
        ("3-5天", "3到5天"),
        ("2023年-2024年", "二零二三年-二零二四年"),
        ("完成了3/4", "完成了4分之3"),
        ("24/7服务", "24/7服务"),
        ("3+2=5", "3加2等于5"),
        ("得-3分", "得负3分"),
        ("第3-4号", "第3到4号"),
        ("Python 3.11", "Python 3.11"),
        ("甲&乙", "甲和乙"),
    ],
)
def test_chinese(text, said):
    assert read(text, "zh") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It costs $35.50.", "It costs 35 dollars and 50 cents."),
        ("$1 and £2", "1 dollar and 2 pounds"),
        ("$3.5 million", "3.5 million dollars"),
        ("on 2024-10-01", "on October 1st, 2024"),
        ("at 9:00 sharp", "at 9 o'clock sharp"),
        ("at 9:00 am", "at 9:00 am"),
        ("at 10:30", "at 10:30"),
        ("call 555-1234", "call 5 5 5, 1 2 3 4"),
        ("call (415) 555-1234", "call 4 1 5, 5 5 5, 1 2 3 4"),
        ("20km away", "20 kilometres away"),
        ("1 kg", "1 kilogram"),
        ("-5°C", "minus 5 degrees Celsius"),
        ("3/4 of it", "3 quarters of it"),
        ("24/7", "24/7"),
        ("in 1984", "in 19 84"),
        ("in 1905", "in 19 oh 5"),
        ("in 2000", "in 2000"),
        ("in 1500", "in 1500"),
        ("1234 apples", "1234 apples"),
        ("No. 5", "number 5"),
        ("No. I said no", "No. I said no"),
        ("St. John lives on Baker St.", "Saint John lives on Baker St."),
        ("Tom & Jerry", "Tom and Jerry"),
        ("5G and 100m", "5G and 100 metres"),
        ("I'm 5'10", "I'm 5'10"),
        ("v2.0.1-3", "v2.0.1-3"),
    ],
)
def test_english(text, said):
    assert read(text, "en") == said


def test_other_languages_read_for_themselves():
    assert read("35% in 1984", "fr") == "35% in 1984"


def test_what_is_written_is_told_and_what_is_read_is_said():
    (one,) = sentences(plain("增长35%。"))

    assert one.text == "增长35%。"
    assert one.phrases[0].spans[0].text == "增长百分之35。"


def test_what_a_document_says_itself_is_not_touched():
    (one,) = sentences([Run("号码", said=None), Run("13812345678", said="13812345678"), Run("。")])

    assert one.phrases[0].spans[0].text == "号码13812345678。"
