"""What is told of people and roles. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["PEOPLE_MESSAGES"]

PEOPLE_MESSAGES: dict[str, tuple[str, str]] = {
    "role_agent": ("坐席", "agent"),
    "role_team_lead": ("班长", "team lead"),
    "role_supervisor": ("值班主管", "supervisor"),
    "role_reviewer": ("质检员", "reviewer"),
    "role_qa_lead": ("质检主管", "QA lead"),
    "role_compliance": ("合规", "compliance"),
    "role_risk_control": ("风控", "risk control"),
    "role_business": ("业务", "business"),
    "role_operations": ("运维", "operations"),
    "role_auditor": ("审计", "auditor"),
    "role_admin": ("管理员", "admin"),
    "people_none": (
        "人员名单为空，由安装者一人使用，权限不限 → inspector people add",
        "nobody is listed: the owner of the installation may do everything → inspector people add",
    ),
    "people_unknown": ("名单上没有 {name}。", "{name} is not on the list."),
    "people_look": ("用 inspector people list 查看名单。", "look at it: inspector people list"),
    "people_teams": ("班组：{teams}", "teams: {teams}"),
    "people_password": (
        "临时密码，7 天内有效，首次登录后必须修改；原有登录已全部结束。",
        "a temporary password, good for 7 days and to be changed at the first login; all sessions have ended.",
    ),
    "people_gone": ("已停用", "gone"),
}
