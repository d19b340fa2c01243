"""Words of the site's own papers: headings and kinds of a context table, in English and Chinese, as one list.

A word that is not here is kept as it is written and told as unknown: a guess
would turn a leave into a duty. New words go here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.clockin.fields.words import EMPLOYEE_HEADINGS, JOINTS
from toolkit.clockin.files.tabular import clean_cell

UNKNOWN = "unknown"
# What is said of one person; a row of these without an id is said of everybody, which is noted.
PERSONAL = ("leave", "duty", "field_visit", "off_site_record", "presence")
GENERAL = ("device_fault", "policy", "correspondence", "enrolment_test", "entrance", "detection_test")
KINDS = (*PERSONAL, *GENERAL)

# Where several of a column's headings stand in one table, the one that comes first here is meant.
HEADINGS: dict[str, tuple[str, ...]] = {
    "employee_id": (*EMPLOYEE_HEADINGS, "id", "employee", "staff id", "编号"),
    "kind": (
        "kind", "type", "category", "类型", "类别", "种类", "记录类型", "请假类型", "假别", "审批类型",
        "申请类型", "事项",
    ),
    "from": (
        "from", "start", "begin", "since", "start time", "start date", "from time", "first_day", "first day", "开始",
        "开始时间", "开始日期", "起始", "起始时间", "起始日期", "起始日", "起", "自", "date", "日期", "时间",
    ),
    "to": (
        "to", "end", "until", "till", "end time", "end date", "to time", "last_day", "last day", "结束", "结束时间",
        "结束日期", "截止", "截止时间", "截止日期", "结束日", "止", "至",
    ),
    "note": ("note", "notes", "remark", "remarks", "reason", "comment", "备注", "说明", "事由", "原因", "内容"),
    "source": ("source", "obtained from", "basis", "来源", "出处", "依据", "提供者", "提供人"),
    "camera": ("camera", "camera id", "camera_id", "摄像头", "摄像机", "相机", "镜头"),
    "covered": ("covered", "in view", "覆盖", "是否覆盖", "在画面内"),
    "seen": ("seen", "detected", "检出", "检出数", "检出次数"),
    "of": ("of", "passes", "tried", "次数", "试验次数", "总次数", "通过次数"),
}  # fmt: skip
NAME_HEADINGS = ("name", "employee name", "姓名", "员工姓名", "人员姓名")
NEEDED = ("kind", "from")
IN_BRACKETS = re.compile(r"\([^)]*\)")

_WORDS: dict[str, tuple[str, ...]] = {
    "leave": (
        "leave", "annual leave", "sick leave", "personal leave", "maternity leave", "vacation", "holiday",
        "day off", "time off", "请假", "休假", "事假", "病假", "年假", "年休假", "婚假", "产假", "陪产假", "护理假",
        "丧假", "探亲假", "育儿假", "工伤假", "调休", "轮休", "补休", "调休假", "放假", "休息",
    ),
    "duty": (
        "duty", "on duty", "shift", "rota", "duty roster", "overtime", "值班", "值守", "轮值", "夜班", "早班",
        "排班", "当班", "加班", "带班",
    ),
    "field_visit": (
        "field visit", "field work", "fieldwork", "site visit", "business trip", "trip", "travel", "official trip",
        "outside work", "外勤", "出差", "公出", "因公外出", "外出", "走访", "入户", "入户走访", "下乡", "下沉",
        "外出办事",
    ),
    "off_site_record": (
        "off site record", "off-site clock-in", "remote clock-in", "remote record", "make-up", "make up", "makeup",
        "correction", "missed punch", "补卡", "补签", "补打卡", "补卡申请", "外勤打卡", "外出打卡", "手机打卡",
        "远程打卡", "异地打卡",
    ),
    "device_fault": (
        "device fault", "fault", "terminal fault", "outage", "power cut", "power failure", "network failure",
        "repair", "maintenance", "设备故障", "考勤机故障", "故障", "停电", "断网", "网络故障", "维修", "检修",
        "机器故障",
    ),
    "presence": (
        "presence", "present", "other presence", "evidence of presence", "witness", "witnessed", "meeting",
        "access log", "在场", "在岗", "到岗", "在场证明", "在岗证明", "其他在场证据", "会议", "会议签到",
        "门禁记录", "证人",
    ),
    "policy": (
        "policy", "rule", "rules", "instruction", "notice", "制度", "规定", "通知", "考勤制度", "要求", "指示",
    ),
    "correspondence": (
        "correspondence", "letter", "mail", "e-mail", "email", "reply", "信函", "来函", "复函", "函", "往来函件",
        "邮件", "回复", "书面答复", "答复",
    ),
    "enrolment_test": (
        "enrolment test", "enrollment test", "enrolment", "enrollment", "terminal test", "device test", "人脸录入",
        "录入", "录入测试", "注册", "人脸注册", "注册测试", "设备测试", "考勤机测试", "调试", "设备调试",
    ),
    "entrance": ("entrance", "entrances", "door", "出入口", "入口", "通道", "门口", "大门"),
    "detection_test": (
        "detection test", "walk test", "passing test", "检测测试", "检出测试", "走测", "通行测试", "走位测试",
    ),
}  # fmt: skip
# An entrance beside the one in view, whatever the table says further.
_SIDE_ENTRANCES = ("side entrance", "side door", "back door", "rear entrance", "侧门", "后门", "边门", "便门", "旁门")
_COVERED = {
    "all": ("all", "all entrances", "complete", "全部", "所有", "全覆盖", "全部覆盖"),
    "yes": ("yes", "y", "true", "1", "covered", "是", "已覆盖", "有", "在"),
    "no": ("no", "n", "false", "0", "not covered", "否", "未覆盖", "无", "没有", "不在"),
}


def _plain(word: str) -> str:
    return JOINTS.sub("", clean_cell(word).lower())


_KIND_OF = {_plain(word): kind for kind, words in _WORDS.items() for word in (kind, *words)}
_SIDE = frozenset(_plain(word) for word in _SIDE_ENTRANCES)
_COVER_OF = {_plain(word): code for code, words in _COVERED.items() for word in words}


@dataclass(frozen=True, slots=True)
class Named:
    """A kind, and for an entrance what its own name says of being in view ("no" for a side door, else "")."""

    kind: str
    covered: str = ""


def kind_of_word(word: str) -> Named:
    """The kind that a word of either language names; "unknown" where it is not in the list."""
    for plain in (_plain(word), _plain(IN_BRACKETS.sub("", clean_cell(word)))):  # 年假(已批准)
        if plain in _SIDE:
            return Named("entrance", "no")
        if plain in _KIND_OF:
            return Named(_KIND_OF[plain])
    return Named(UNKNOWN)


def covered_of_word(word: str) -> str:
    """Whether an entrance is in view: "all" of the site's, "yes" for this one, "no", or "" where nothing is told."""
    return _COVER_OF.get(_plain(word), "")
