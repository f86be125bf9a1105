"""Postfix's configuration files, for a private copy."""

from pathlib import Path

from tests.servers.certificates import Certificates
from tests.servers.process import HOST, Account

MASTER = """\
{port} inet n - n - - smtpd
{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def main(
    folder: Path,
    *,
    certificates: Certificates,
    sasl_port: int,
    owner: Account,
) -> str:
    """main.cf. Every domain is ours, so nothing ever leaves this machine."""
    return f"""\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /tmp
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = {owner.name}
setgid_group = postdrop
alias_maps =
alias_database =

myhostname = postfix.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = {HOST}
inet_protocols = ipv4
smtputf8_enable = yes
message_size_limit = 0
mailbox_size_limit = 0
virtual_mailbox_limit = 0
biff = no

# Nobody is unknown: what the transport table does not send elsewhere falls into one Maildir.
virtual_mailbox_domains = static:any
virtual_mailbox_maps = static:sink/
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:{owner.uid}
virtual_gid_maps = static:{owner.gid}
virtual_minimum_uid = 1
transport_maps = regexp:{folder}/etc/transport
smtpd_recipient_restrictions =
  check_recipient_access regexp:{folder}/etc/recipients
  permit_mynetworks permit_sasl_authenticated reject
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated reject

smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:{HOST}:{sasl_port}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificates.certificate}
smtpd_tls_key_file = {certificates.key}
smtpd_tls_eccert_file = {certificates.certificate}
smtpd_tls_eckey_file = {certificates.key}
smtpd_tls_session_cache_database =
smtp_tls_session_cache_database =

smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 2000
default_destination_concurrency_limit = 20
# Waiting is for tests' sake short; bounces go nowhere.
minimal_backoff_time = 1s
maximal_backoff_time = 5s
queue_run_delay = 1s
notify_classes =
"""


def transport(dovecot_domain: str, lmtp_port: int, discard_domain: str) -> str:
    """The transport table, as regular expressions."""
    return f"""\
/@{_literal(dovecot_domain)}$/ lmtp:inet:{HOST}:{lmtp_port}
/@{_literal(discard_domain)}$/ discard:
"""


def recipients(refused: str, deferred: str) -> str:
    """Who is refused, for good and for now."""
    return f"""\
/^{refused}@/ 550 5.1.1 no such user here
/^{deferred}@/ 451 4.3.0 come back later
"""


def _literal(domain: str) -> str:
    return domain.replace(".", r"\.")
