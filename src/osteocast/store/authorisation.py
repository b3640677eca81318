"""Who may do what: the one rule, as a table.

What somebody may do with a case is what their relation to it allows and their role does not forbid. An admin
looks after users and reads the audit trail, but has no way to a case that nobody shared with them.
"""

from __future__ import annotations

from typing import Literal, get_args

__all__ = [
    "ACCESSES",
    "CASE_ACTIONS",
    "RELATIONS",
    "ROLES",
    "SYSTEM_ACTIONS",
    "Access",
    "Action",
    "Relation",
    "Role",
    "may",
    "permitted_to",
]

Role = Literal["admin", "clinician", "viewer"]
#: What a case can be shared for.
Access = Literal["read", "write"]
#: What ties somebody to a case.
Relation = Literal["owner", "write", "read", "none"]
Action = Literal[
    "read",
    "export",
    "history",
    "duplicate",
    "write",
    "share",
    "archive",
    "delete",
    "create",
    "manage_users",
    "see_audit",
]

ROLES: tuple[Role, ...] = get_args(Role)
ACCESSES: tuple[Access, ...] = get_args(Access)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
SYSTEM_ACTIONS: tuple[Action, ...] = ("create", "manage_users", "see_audit")
CASE_ACTIONS: tuple[Action, ...] = tuple(each for each in get_args(Action) if each not in SYSTEM_ACTIONS)

_BY_RELATION: dict[Relation, frozenset[Action]] = {
    "owner": frozenset(CASE_ACTIONS),
    "write": frozenset({"read", "export", "duplicate", "write"}),
    "read": frozenset({"read", "export", "duplicate"}),
    "none": frozenset(),
}
_BY_ROLE: dict[Role, frozenset[Action]] = {
    "admin": frozenset({*CASE_ACTIONS, *SYSTEM_ACTIONS}),
    "clinician": frozenset({*CASE_ACTIONS, "create"}),
    "viewer": frozenset({"read", "export", "history"}),
}


def permitted_to(role: Role, relation: Relation) -> frozenset[Action]:
    """Return everything that may be done with a case.

    Examples
    --------
    >>> sorted(permitted_to("viewer", "write"))
    ['export', 'read']
    """
    return _BY_RELATION[relation] & _BY_ROLE[role]


def may(role: Role, relation: Relation, action: Action) -> bool:
    """Whether somebody may do something.

    Parameters
    ----------
    role : {"admin", "clinician", "viewer"}
    relation : {"owner", "write", "read", "none"}
        To the case; of no account for what concerns no case.
    action : str

    Examples
    --------
    >>> may("admin", "none", "manage_users"), may("admin", "none", "read")
    (True, False)
    """
    if action in SYSTEM_ACTIONS:
        return action in _BY_ROLE[role]
    return action in permitted_to(role, relation)
