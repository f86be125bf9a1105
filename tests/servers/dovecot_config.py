"""Dovecot's configuration files (version 2.3), for a rootless private copy."""

import grp
from pathlib import Path
from typing import Protocol

from tests.servers.certificates import Certificates
from tests.servers.process import HOST, Account

NO_IDLE_HOST = "127.0.0.2"
"""Another address of loopback: what Dovecot says it can do may differ by local address only."""


class ListeningPorts(Protocol):
    """Where it is to listen."""

    @property
    def plain(self) -> int: ...
    @property
    def tls(self) -> int: ...
    @property
    def no_idle(self) -> int: ...
    @property
    def lmtp(self) -> int: ...
    @property
    def sasl(self) -> int: ...


def oauth2(folder: Path) -> str:
    """Access tokens are JWTs, checked with a key on disk: no HTTP server is needed."""
    return f"""\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/jwk/
username_attribute = email
"""


def introspection(port: int) -> str:
    """Access tokens are opaque: a token server on that port is asked about each (RFC 7662)."""
    return f"""\
introspection_mode = post
introspection_url = http://{HOST}:{port}/introspect
username_attribute = email
active_attribute = active
active_value = true
timeout_msecs = 5000
"""


def main(
    folder: Path, *, account: Account, ports: ListeningPorts, certificates: Certificates
) -> str:
    """dovecot.conf. Users are `name@domain`, each in a passwd-file of its own."""
    return f"""\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = {HOST}
protocols = imap lmtp

default_internal_user = {account.name}
default_internal_group = {_group(account)}
default_login_user = {account.name}
mail_uid = {account.uid}
mail_gid = {account.gid}
first_valid_uid = 1
first_valid_gid = 1

mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mailbox_list_index = no
maildir_very_dirty_syncs = no
namespace inbox {{
  inbox = yes
  separator = /
}}

ssl = yes
ssl_cert = <{certificates.certificate}
ssl_key = <{certificates.key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0

passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/introspection.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%u {folder}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users/%u
  override_fields = uid={account.uid} gid={account.gid} home={folder}/home/%u
}}

protocol imap {{
  mail_max_userip_connections = 200
  imap_idle_notify_interval = 1 mins
}}
# The one address where no IDLE is announced nor accepted.
local {NO_IDLE_HOST} {{
  protocol imap {{
    imap_capability = IMAP4rev1 UIDPLUS LITERAL+
  }}
}}

service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 500
  inet_listener imap {{
    port = {ports.plain}
  }}
  inet_listener imaps {{
    port = {ports.tls}
    ssl = yes
  }}
  inet_listener imap-no-idle {{
    address = {NO_IDLE_HOST}
    port = {ports.no_idle}
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    port = {ports.lmtp}
  }}
}}
service auth {{
  chroot =
  inet_listener sasl {{
    port = {ports.sasl}
  }}
}}
service anvil {{
  chroot =
  # Failed logins would otherwise be answered ever more slowly.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service ipc {{
  chroot =
}}
service imap {{
  process_limit = 500
}}
"""


def _group(account: Account) -> str:
    return grp.getgrgid(account.gid).gr_name
