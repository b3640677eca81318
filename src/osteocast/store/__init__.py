"""Cases, their versions, who may see them, and who did what: kept in SQLite or PostgreSQL.

`open_store` opens a `Store`. Every function takes it first and who asks second. Users, sessions and the rule
of who may do what stand beside the cases; errors are those of `osteocast.errors.StoreError`.
Needs SQLAlchemy, Alembic and argon2-cffi (``pip install 'osteocast[web]'``).
"""

from osteocast.errors import OsteocastError

try:
    # Alembic comes with the same extra; it is slow to load, and only a migration needs it.
    import argon2  # noqa: F401
    import sqlalchemy  # noqa: F401
except ModuleNotFoundError as error:
    raise OsteocastError(f"keeping cases needs {error.name}: pip install 'osteocast[web]'") from None

from osteocast.store.address import default_address
from osteocast.store.audit import AuditEntry, AuditPage, AuditReport, read_audit, verify_audit
from osteocast.store.authorisation import ACCESSES, ROLES, may
from osteocast.store.case_files import (
    CaseFile,
    Imported,
    export_case,
    file_name,
    import_case,
    read_case_file,
    write_case_file,
)
from osteocast.store.cases import create_case, duplicate_case, save_case
from osteocast.store.finding import find_case, get_case, list_cases, list_versions, permitted
from osteocast.store.login import (
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Session,
    SignedIn,
    find_session,
    log_in,
    log_out,
    revoke_sessions,
)
from osteocast.store.opening import Store, open_store
from osteocast.store.people import User
from osteocast.store.putting_away import archive_case, delete_case, restore_case
from osteocast.store.records import CasePage, CaseSummary, Share, Version, VersionSummary
from osteocast.store.results import find_result, keep_result
from osteocast.store.sharing import list_shares, share_case, unshare_case
from osteocast.store.users import (
    add_user,
    disable_user,
    enable_user,
    find_user,
    list_users,
    local_user,
    set_password,
    set_role,
)

__all__ = [
    "ACCESSES",
    "ROLES",
    "SESSION_ABSOLUTE",
    "SESSION_IDLE",
    "AuditEntry",
    "AuditPage",
    "AuditReport",
    "CaseFile",
    "CasePage",
    "CaseSummary",
    "Imported",
    "Session",
    "Share",
    "SignedIn",
    "Store",
    "User",
    "Version",
    "VersionSummary",
    "add_user",
    "archive_case",
    "create_case",
    "default_address",
    "delete_case",
    "disable_user",
    "duplicate_case",
    "enable_user",
    "export_case",
    "file_name",
    "find_case",
    "find_result",
    "find_session",
    "find_user",
    "get_case",
    "import_case",
    "keep_result",
    "list_cases",
    "list_shares",
    "list_users",
    "list_versions",
    "local_user",
    "log_in",
    "log_out",
    "may",
    "open_store",
    "permitted",
    "read_audit",
    "read_case_file",
    "restore_case",
    "revoke_sessions",
    "save_case",
    "set_password",
    "set_role",
    "share_case",
    "unshare_case",
    "verify_audit",
    "write_case_file",
]
