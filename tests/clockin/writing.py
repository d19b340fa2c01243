"""Small writers of clock-in files, each as its device or platform writes them (the samples are the pattern).

A writer cuts the moment down to what its format holds and writes nothing else
of it. What must come back is stated beside the writer and taken from the row
that went in, never from the reader: ``Format.expected``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

ZONE = timezone(timedelta(hours=8))
NAME = "沈玉兰"
CODES = {"face": "15", "finger": "1", "card": "4", "password": "3"}  # ZKTeco push protocol, appendix 7


@dataclass(frozen=True, slots=True)
class Written:
    """A clock-in as it happened: civil time of a terminal at +08:00, to the millisecond."""

    employee_id: str
    at: datetime
    credential: str

    def epoch(self, units_a_second: int) -> int:
        """The moment as a count since 1970, cut down."""
        since = self.at.replace(tzinfo=ZONE) - datetime(1970, 1, 1, tzinfo=UTC)
        return since // timedelta(microseconds=1_000_000 // units_a_second)


Writer = Callable[[Sequence[Written]], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """How a format writes, and what of a row it holds.

    ``unit_s`` is the finest step of its times; ``zone`` "+00:00" where it counts from 1970, "+08:00" where it writes
    the offset, None where it tells none. ``credentials`` are those that it can name. ``mapping`` is what a person
    has to state, such as the order of dates where 03/04 can be read both ways.
    """

    name: str
    write: Writer
    unit_s: float = 1.0
    zone: str | None = None
    credentials: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    newest_first: bool = False

    def expected(self, row: Written) -> tuple[str, str, float, str | None, str]:
        """Id, civil time, precision, zone and credential that must be read of a row."""
        at = row.at - timedelta(hours=8) if self.zone == "+00:00" else row.at
        whole = at.microsecond == 0 or self.unit_s >= 1
        at = at.replace(microsecond=0) if self.unit_s >= 1 else at
        at = at.replace(second=0) if self.unit_s >= 60 else at
        # A count of milliseconds that ends in zeros is taken for a whole second, which holds the moment either way.
        precision_s = max(self.unit_s, 1.0) if whole else self.unit_s
        known = row.credential if row.credential in self.credentials else "unknown"
        return row.employee_id, at.isoformat(), precision_s, self.zone, known


def table(rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A table with CR LF."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def document(told: Any) -> bytes:
    """JSON as a server answers it."""
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def attlog(rows: Sequence[Written]) -> bytes:
    """Six columns without headings."""
    lines = [f"{row.employee_id:>9}\t{row.at:%Y-%m-%d %H:%M:%S}\t1\t0\t{CODES[row.credential]}\t0\r\n" for row in rows]
    return "".join(lines).encode("ascii")


def glg(rows: Sequence[Written]) -> bytes:
    """ZKTeco's own heading with its doubled tabs, two blanks within the time, names filled up."""
    lines = ["No\tMchn\tEnNo\t\tName\t\tMode\tIOMd\tDateTime\t"]
    lines += [
        f"{k:06d}\t1\t{row.employee_id}\t{NAME:<10}\t{CODES[row.credential]}\t0\t{row.at:%Y/%m/%d  %H:%M:%S}\t"
        for k, row in enumerate(rows, 1)
    ]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def agl_utf16(rows: Sequence[Written]) -> bytes:
    """The variant with ways of checking in words and a remark above the heading."""
    words = {"face": "FACE", "finger": "FP", "card": "CARD", "password": "PWD"}
    lines = ["# DeviceModel = S362E Excel"]
    lines += ["No\tTMNo\tEnNo\tName\tGMNo\tMode\tIN/OUT\tAntipass\tDaiGong\tDateTime\tTR"]
    lines += [
        f"{k}\t1\t{row.employee_id}\t{NAME}\t1\t{words[row.credential]}\tDutyOn\t0\t0\t{row.at:%Y-%m-%d %H:%M:%S}\t"
        for k, row in enumerate(rows, 1)
    ]
    return ("\r\n".join(lines) + "\r\n").encode("utf-16")


def zktime(rows: Sequence[Written]) -> bytes:
    """Day first, in the page of a Chinese PC."""
    words = {"face": "FACE", "finger": "FP", "card": "CARD", "password": "PW"}
    head = ["Department", "Name", "No.", "Date/Time", "Location ID", "ID Number", "VerifyCode", "CardNo"]
    body = [
        ["综合办", NAME, row.employee_id, f"{row.at:%d/%m/%Y %H:%M:%S}", "1", "", words[row.credential], ""]
        for row in rows
    ]
    return table([head, *body], "gb18030")


def biotime(rows: Sequence[Written]) -> bytes:
    """Date and time in two columns, minutes only."""
    words = {"face": "Face", "finger": "Fingerprint", "card": "Card", "password": "Password"}
    head = (
        "No.,Employee ID,First Name,Last Name,Department,Date,Time,Punch State,Verification Method,Card No.,"
        "Device Name,Device SN,Data Sources,Reserved,Reserved 2,Reserved 3"
    )
    body = [
        [str(k), row.employee_id, NAME, "", "综合办", f"{row.at:%d-%m-%Y}", f"{row.at:%H:%M}", "Check In",
         words[row.credential], "0", "社区大门", "CQZ7000000001", "Machine", "", "", ""]
        for k, row in enumerate(rows, 1)
    ]  # fmt: skip
    return table([head.split(","), *body], "utf-8-sig")


def biotime_api(rows: Sequence[Written]) -> bytes:
    """One page with all transactions."""
    items = [
        {"id": 88000 + k, "emp_code": row.employee_id, "first_name": NAME, "last_name": None,
         "punch_time": f"{row.at:%Y-%m-%d %H:%M:%S}", "punch_state": "0", "punch_state_display": None,
         "verify_type": int(CODES[row.credential]), "verify_type_display": "?", "terminal_sn": "CQZ7000000001",
         "terminal_alias": "社区大门", "upload_time": f"{row.at + timedelta(seconds=3):%Y-%m-%d %H:%M:%S}"}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    return document({"count": len(items), "next": None, "previous": None, "msg": "", "code": 0, "data": items})


def hik_acs_event(rows: Sequence[Written]) -> bytes:
    """A last page; the permitted way of checking is none that was used."""
    minors = {"face": 75, "finger": 38, "card": 1, "password": 181}
    items = [
        {"major": 5, "minor": minors[row.credential], "time": f"{row.at:%Y-%m-%dT%H:%M:%S}+08:00", "name": NAME,
         "cardReaderNo": 1, "doorNo": 1, "employeeNoString": row.employee_id, "serialNo": 97800 + k,
         "currentVerifyMode": "cardOrFaceOrFp", "attendanceStatus": "undefined"}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    envelope = {"searchID": "b6e1244c", "totalMatches": len(items), "responseStatusStrg": "OK"}
    return document({"AcsEvent": {**envelope, "numOfMatches": len(items), "InfoList": items}})


def ivms(rows: Sequence[Written]) -> bytes:
    """Ids behind an apostrophe, month first."""
    head = (
        "Person ID,Name,Department,Time,Attendance Status,Attendance Check Point,Custom Name,Data Source,"
        "Handling Type,Temperature,Abnormal"
    )
    body = [
        [f"'{row.employee_id}", NAME, "社区/综合办", f"{row.at:%m/%d/%Y %H:%M:%S}", "None",
         "社区大门_Entrance Card Reader1", "-", "Original Records", "-", "0.0°C", "No"]
        for row in rows
    ]  # fmt: skip
    return table([head.split(","), *body], "gb18030")


def dahua(rows: Sequence[Written]) -> bytes:
    """A door station, whose table names four ways of checking; CreateTime is shifted to local time."""
    methods = {"password": 0, "card": 1, "finger": 2, "face": 3}
    lines = [f"totalCount={len(rows)}", f"found={len(rows)}"]
    for k, row in enumerate(rows):
        told = {
            "CardName": NAME, "CardNo": "", "CreateTime": row.epoch(1) + 8 * 3600, "CreateTimeRealUTC": row.epoch(1),
            "ErrorCode": 0, "Method": methods[row.credential], "RecNo": 500 + k, "Status": 1, "Type": "Entry",
            "UserID": row.employee_id,
        }  # fmt: skip
        lines += [f"records[{k}].{name}={value}" for name, value in told.items()]
    return ("\r\n".join(lines) + "\r\n").encode()


def biostar(rows: Sequence[Written]) -> bytes:
    """Newest first; number and name in one cell."""
    words = {"face": "Face", "finger": "Fingerprint", "card": "Card", "password": "PIN"}
    body = [
        [f"{row.at:%Y-%m-%d %H:%M:%S}", "", "538218377", "社区大门 IN", "综合办", f"{row.employee_id}({NAME})",
         f"1:N authentication succeeded ({words[row.credential]})"]
        for row in reversed(rows)
    ]  # fmt: skip
    return table([["Date", "Door", "Device ID", "Device", "User Group", "User", "Event"], *body], "utf-8-sig")


def feishu_csv(rows: Sequence[Written]) -> bytes:
    """Ids in a spreadsheet's guard."""
    head = "姓名,工号,部门,考勤组名称,班次,打卡日期,打卡时间,打卡类型,打卡结果,打卡方式,打卡地点/设备,备注,照片"
    body = [
        [NAME, f'="{row.employee_id}"', "综合办", "社区考勤", "日班 08:30-17:30", f"{row.at:%Y/%m/%d}",
         f"{row.at:%H:%M:%S}", "上班", "正常", "考勤机", "F2 人脸考勤机(7341)", "", ""]
        for row in rows
    ]  # fmt: skip
    return table([head.split(","), *body], "utf-8-sig")


def feishu_api(rows: Sequence[Written]) -> bytes:
    """Seconds since 1970 as text."""
    items = [
        {"user_id": row.employee_id, "creator_id": row.employee_id, "check_time": str(row.epoch(1)), "comment": "",
         "record_id": str(6709359313699356941 + k), "type": 5, "photo_urls": [], "device_id": "99e0609e",
         "check_result": "Normal"}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    return document({"code": 0, "msg": "success", "data": {"user_flow_results": items}})


def wecom_api(rows: Sequence[Written]) -> bytes:
    """Seconds since 1970."""
    items = [
        {"userid": row.employee_id, "groupname": "社区考勤", "checkin_type": "上班打卡", "exception_type": "",
         "checkin_time": row.epoch(1), "location_title": "某某社区居委会", "mediaids": [], "deviceid": "CQZ7000000001",
         "sch_checkin_time": 30600}
        for row in rows
    ]  # fmt: skip
    return document({"errcode": 0, "errmsg": "ok", "checkindata": items})


def dingtalk_api(rows: Sequence[Written]) -> bytes:
    """Milliseconds since 1970."""
    items = [
        {"id": 933202551 + k, "userId": row.employee_id, "checkType": "OnDuty", "userCheckTime": row.epoch(1000),
         "timeResult": "Normal", "locationResult": "Normal", "sourceType": "ATM", "recordId": 933202551 + k}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    return document({"errcode": 0, "errmsg": "ok", "hasMore": False, "recordresult": items})


def anviz(rows: Sequence[Written]) -> bytes:
    """One row a clock-in, nothing of the credential."""
    head = "Userid,CheckTime,CheckType,Sensorid,WorkType,AttFlag,Checked,Exported,OpenDoorFlag"
    body = [[row.employee_id, f"{row.at:%Y-%m-%d %H:%M:%S}", "I", "1", "0", "0", "0", "0", "0"] for row in rows]
    return table([head.split(","), *body])


FORMATS = (
    Format("zkteco_attlog", attlog, credentials=CODES),
    Format("zkteco_glg", glg, credentials=CODES),
    Format("zkteco_glg", agl_utf16, credentials=CODES),
    Format("zktime_csv", zktime, credentials=CODES, mapping={"date_order": "dmy"}),
    Format("biotime_csv", biotime, unit_s=60.0, credentials=CODES, mapping={"date_order": "dmy"}),
    Format("biotime_api", biotime_api, credentials=CODES),
    Format("hik_acs_event", hik_acs_event, zone="+08:00", credentials=CODES),
    Format("hik_original_records", ivms, mapping={"date_order": "mdy"}),
    Format("dahua_records", dahua, zone="+00:00", credentials=CODES,
           mapping={"format": "dahua_records", "device_kind": "vto"}),
    Format("biostar_events", biostar, credentials=CODES, newest_first=True),
    Format("feishu_csv", feishu_csv),
    Format("feishu_api", feishu_api, zone="+00:00"),
    Format("wecom_api", wecom_api, zone="+00:00"),
    Format("dingtalk_api", dingtalk_api, unit_s=0.001, zone="+00:00"),
    Format("anviz_checkinout", anviz),
)  # fmt: skip
