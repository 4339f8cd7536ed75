"""Sentences as people say them and recognisers write them: the lawful are left alone, the unlawful are found.

``undetermined`` is accepted where a person would have to listen too. None of these sentences is an example of a rule.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from inspector.rules.judge import judge
from inspector.rules.load import load_plan
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan

RULES = Path(__file__).resolve().parents[2] / "rules"

RETURN, RISK = "banned.guaranteed_return", "missing.risk_disclosure"
THEFT, OPENING, QUIET = "urgent.account_theft", "missing.opening_greeting", "service.long_silence"

FRAMES = {
    RETURN: "0:10 A {}",
    RISK: "0:05 A 我给您推荐我们这款理财产品\n0:10 C 嗯你说\n0:12 A {}\n0:25 C 行那就帮我办吧",
    THEFT: "0:10 C {}",
    OPENING: "0:01 A {}\n0:08 C 我想查一下余额\n0:31 A 您的余额查到了",
    QUIET: "0:01-0:04 C 我的转账没到账\n0:05-0:08 A {}\n0:38-0:40 A 查到了",
}

PROMISES = {
    "fires": [
        "这款理财产品薄本保息您尽管放心",  # noise: 保本 written 薄本
        "我们这个基金那个稳赚不赔的",
        "这款理财呃就是说保本保息",
        "您就放心买这款理财到期肯定赚",
        "这款理财绝对不会亏",
        "这个年金保险承诺收益百分之五",
        "买我们这个理财包赚不赔",
        "理财跟存款一样保本保息的",
        "这款理财没有风险稳赚不赔",
        "这款理财不会亏稳赚的",
        "这款理财保本保息不存在风险",
        "这款理财保本保息不可能亏的",
        "这款理财保本保息没问题的",
        "这款基金年化稳超百分之五",
        "这款理财旱涝保搜您看怎么样",  # noise: 收 written 搜
        "不瞒您说这款理财稳赚不赔",
        "您别担心这款理财本金绝对安全",
        "凡是买我们这款理财的客户都稳赚不赔",
        "我们财富管理部这款理财保本保息",
        "全部理财都保本保息",
        "这款理财非常稳百分百保本",
        "定期理财也是保本保息的",
        "这个理财我们从来没亏过肯定不会亏",
        "我跟您保证这只基金肯定赚",
        "这款理财跟定期一样保本只是收益更高",
        "这款理财稳嗯稳赚不赔",
        "理财产品宝本保息",
        "虽然有人说理财不保本其实我们这款保本保息",
    ],
    "silent": [
        "这款理财步保本步保息请您知悉",  # noise: 不 written 步
        "这款理财部是保本的",
        "这款理财呢不那个保本",
        "这款理财它就是说不保本",
        "这款理财我跟您说清楚不保本不保息",
        "这款理财绝对不保本",
        "这款理财肯定是不保本的",
        "这款理财收益是不固定的",
        "这款理财本金和收益都不保证",
        "这款理财收益部保证",
        "我们不能保证您一定赚",
        "没有人能保证理财一定赚",
        "谁也不敢保证这款基金不亏",
        "理财不一定赚钱的",
        "理财肯定有人赚有人亏",
        "买理财您一定要看清楚是赚是亏",
        "业绩比较基准不构成承诺收益",
        "没有，不保本的，这款理财有波动",
        "您是问这款理财保本对吗",
        "您刚才说的那个保本保息的理财我们没有",
        "网上说的理财保本保息您不要相信",
        "如果有人跟您说这款理财稳赚不赔您要当心",
        "打着保本保息旗号的理财都是骗人的",
        "这个存款产品是保本保息的",
        "我们的三年定存保本保息",
        "储蓄国债保本保息您可以放心",
        "存款和大额存单都是保本保息的",
        "理财和存款不一样存款保本理财不保本",
        "这款理财已经打破刚性兑付了不保本",
        "监管要求不允许承诺保本",
        "我们理财经理不会承诺收益的",
        "理财这块我们是不可以承诺保本的",
        "净值型产品不存在保本这一说",
        "现在没有哪款理财是保本的了",
        "资管新规以后理财都不能保本保息了",
        "您要是想保守就看看大额存单那是保本的",
        "我不敢跟您打包票说这款理财一定赚",
        "基金哪有稳赚不赔的呀",
        "以前的保本理财现在已经没有了",
        "银行从来没有保本保息的理财",
        "保险的现金价值写进合同保证领取",
        "保本这种说法这款理财是没有的",
        "这款理财投资保证金比例是百分之十",
        "这款理财过往业绩肯定赚不代表未来",
    ],
    "undetermined": [
        "这款理财保本保息其实是做不到的",
        "这款理财我们不是说不保本",
        "像存款这类产品是保本保息的",
        "您放心肯定赚的",
        "您想要保本的话理财可能不适合您",
        "您的定期存款到期了换成我们这款稳赚不赔",
    ],
}

DISCLOSURES = {
    "silent": [
        "那个投资是有风险的您要了解",
        "头资有风险入市需谨慎",  # noise
        "这款理财飞存款产品有封险投资需谨慎",  # noise
        "本金有可能会亏的您考虑清楚",
        "这个有一定的波动风险",
        "跟其他理财一样都是有风险的",
        "这款理财是非保本的哦",
        "亏损也是有可能的",
        "理财不是存款会有波动",
        "它不保证本金也不保证收益",
        "这个产品盈亏自负",
        "有亏钱的风险您知道吧",
        "风险等级是中低风险就是r二",
        "这款净值会波动的呃可能会亏损",
    ],
    "fires": [
        "这个哪有风险您放心",
        "我们银行的怎么可能亏呢",
        "这款有风险吗没有的",
        "这款没什么风险的",
        "不用担心有风险",
        "别的投资有风险我们这款没有",
        "这款零风险收益还高",
        "不会亏损的您放心",
        "不可能有损失的",
        "风险几乎为零",
    ],
}

CONSENTS = [  # said after the recommendation and before the disclosure: no consent, the disclosure is in time
    "我之前在你们银行办理过业务",
    "好的我考虑一下再买吧",
    "行我先不买吧再看看",
    "我要卖掉手里的股票才有钱",
    "我要买房没有闲钱",
    "可以办理吗",
]

THEFTS = {
    "fires": [
        "我的卡被到刷了三千块",  # noise: 盗 written 到
        "刚才有一笔钱不是我本人操作的",
        "我人在家里卡里的钱被人转走了怎么办",
        "就是那个我的钱不见了",
        "不是我刷的这笔交易你们查一下",
        "这张卡我没刷过怎么有一笔三千的消费",
        "我的卡被盗刷了不可能是我刷的",
        "我根本没操作钱怎么转出去了",
        "我怀疑我的卡被盗刷了刚收到短信扣了五千",
        "要是你们不处理我就报警我的卡被盗刷了",
    ],
    "silent": [
        "要是被盗刷了怎么办",
        "万一我的卡被盗刷了你们赔吗",
        "我就是怕被盗刷想设个限额",
        "手机银行我没操作过你教我一下",
        "这张卡我没刷过怎么收年费",
        "我的电话刚才被转走了三次",
        "我去年被盗刷过一次所以想开短信提醒",
        "我没转过账不会弄",
        "那笔五千的不是被盗刷是我儿子买的",
        "以防被盗刷我想锁卡",
        "我想问一下被盗刷险是什么",
        "我不是被盗刷了我是忘记密码",
        "这个功能我没操作过不太懂",
        "如果卡被盗了怎么挂失",
    ],
    "undetermined": [
        "我担心我的卡被盗刷了",
    ],
}

OPENINGS = {
    "silent": [
        "喂您好这里是云川信用卡中心",
        "您好云川营行很高兴为您服务",  # noise: 银行 written 营行
        "您好请问是王先生吗我是云川银航的客户经理",  # noise
        "你好欢迎致电云川银行请讲",
        "晚上好工号三零六二为您服务",
        "您好人工客服请问有什么可以帮您",
    ],
    "fires": ["喂哪位有事说", "嗯你说", "您好讲吧"],
}

WAITS = {
    "silent": [
        "我帮您看看",
        "您别挂电话我去核实一下",
        "麻烦您等一下啊",
        "请您少等我查询一下",  # noise: 稍 written 少
        "您先别挂断",
        "请耐心等待",
    ],
    "fires": ["嗯这个啊", "您的转账我知道了"],
}

TABLE = [
    (sentence, rule, wanted)
    for rule, groups in ((RETURN, PROMISES), (RISK, DISCLOSURES), (THEFT, THEFTS), (OPENING, OPENINGS), (QUIET, WAITS))
    for wanted, sentences in groups.items()
    for sentence in sentences
]


@cache
def plan() -> Plan:
    return load_plan(RULES)


def answer(rule: str, text: str) -> str:
    call, hearing = parse_call(text, "fairness")
    return str(judge(call, hearing, plan(), "test").by_rule[rule])


@pytest.mark.parametrize(("sentence", "rule", "wanted"), TABLE, ids=[f"{r}/{w}/{s}" for s, r, w in TABLE])
def test_a_sentence_gets_what_it_deserves(sentence: str, rule: str, wanted: str) -> None:
    assert answer(rule, FRAMES[rule].format(sentence)) == wanted


@pytest.mark.parametrize("sentence", CONSENTS)
def test_talk_of_buying_is_no_consent(sentence: str) -> None:
    said = f"0:05 A 我给您推荐我们这款理财产品\n0:12 C {sentence}\n0:18 A 先跟您说投资有风险"
    assert answer(RISK, said) == "silent"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("0:05 A 三年定期存款利率百分之二\n0:15 C 那这个保险吗\n0:18 A 保本保息您放心", "fires"),
        ("0:05 A 三年定期存款利率百分之二\n0:15 C 安全吗\n0:18 A 保本保息您放心", "silent"),
        ("0:05 A 三年定期存款利率百分之二\n0:15 C 安全吗\n0:18 A 这款保本保息您放心", "undetermined"),
        ("0:05 C 我想存定期\n0:12 A 我给您推荐一款理财\n0:20 C 安全吗\n0:23 A 这款保本保息您放心", "fires"),
        ("# product=存款\n0:05 A 这款保本保息您放心", "silent"),
        ("# product=理财\n0:05 A 保本保息您放心", "fires"),
    ],
)
def test_the_product_in_talk_decides(said: str, wanted: str) -> None:
    assert answer(RETURN, said) == wanted
