"""Hostile trees and attachments."""

import base64
import io
import struct
import zipfile

from tests.hostile.writing import PNG, head, multipart, part


def nested(levels: int = 10_000) -> bytes:
    """Multiparts inside each other."""
    pieces = [head(content_type='multipart/mixed; boundary="0"')]
    for level in range(1, levels):
        pieces.append(
            f'--{level - 1}\r\nContent-Type: multipart/mixed; boundary="{level}"\r\n\r\n'.encode()
        )
    pieces.append(f"--{levels - 1}\r\n\r\nno fundo\r\n".encode())
    pieces.extend(f"--{level}--\r\n".encode() for level in range(levels - 1, -1, -1))
    return b"".join(pieces)


def flat(count: int = 10_000) -> bytes:
    """Parts beside each other."""
    return multipart(*(b"--b\r\n\r\nparte %d\r\n" % n for n in range(count)))


def mails_in_mails(levels: int = 500) -> bytes:
    """Each with the one before as its attachment."""
    inner = b"Subject: no fundo\r\n\r\noi\r\n"
    for _ in range(levels):
        inner = b"Subject: por fora\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    return multipart(part(inner, "message/rfc822", encode=False))


def boundary_8_bit() -> bytes:
    """A delimiter that is no ASCII."""
    text = "--limitação\r\n\r\noi\r\n--limitação--\r\n"
    return head(content_type='multipart/mixed; boundary="limitação"') + text.encode()


def boundary_of_boundary() -> bytes:
    """One delimiter is the beginning of the other, and both look closed."""
    return (
        head(content_type='multipart/mixed; boundary="a"')
        + b'--a\r\nContent-Type: multipart/mixed; boundary="a--"\r\n\r\n'
        + b"--a--\r\n\r\ndentro ou fora\r\n--a----\r\n--a--\r\n"
    )


def broken_2231() -> bytes:
    """Continuations that are missing, doubled, and in charsets that are none."""
    return multipart(
        b"--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename*1*=nada'x'%ZZ; filename*1*=b; filename*9999999="
        b"c; filename*=utf-8''%e9%00%2e%2e%2f; filename*x*=1\r\n\r\nconteudo\r\n"
    )


def large_status() -> bytes:
    """A delivery report for everybody."""
    block = (
        b"Final-Recipient: rfc822; p%d@exemplo.com.br\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    )
    status = b"Reporting-MTA: dns; mx\r\n\r\n" + b"".join(block % n for n in range(25_000))
    return multipart(
        part(status, "message/delivery-status", encode=False), subtype="report; report-type=x"
    )


def report_of_reports() -> bytes:
    """A bounce of a bounce of a bounce, each of which reports."""
    inner = b"Subject: o primeiro\r\nMessage-ID: <primeiro@exemplo.com.br>\r\n\r\noi\r\n"
    for _ in range(30):
        inner = multipart(
            part(b"Action: failed\r\nStatus: 9.9\r\n", "message/delivery-status", encode=False),
            part(inner, "message/rfc822"),
            subtype="report; report-type=delivery-status",
        )
    return inner


def seventy_attachments() -> bytes:
    """More pictures than anybody wants."""
    return multipart(*(part(PNG, "image/png", name=f"foto{n}.png") for n in range(70)))


def path_names() -> bytes:
    """Names that would write elsewhere, run, hide, or not be writable at all."""
    names = (
        "../../../etc/passwd",
        "..\\\\..\\\\windows\\\\system32\\\\cmd.exe",
        "/etc/shadow",
        "C:\\\\autoexec.bat",
        ".bashrc",
        "...",
        "CON",
        "nul.txt",
        "com1.pdf",
        "a\x00b.pdf",
        "a\tb\x07.pdf",
        "nota\u202efdp.exe",
        "=?utf-8?q?..=2F..=2Fa.pdf?=",
        " . ",
        "a" * 500 + ".pdf",
        "caf\u0065\u0301.pdf",
    )
    return multipart(*(part(PNG, "application/octet-stream", name=name) for name in names))


def same_names() -> bytes:
    """One name for all, but for its case."""
    names = ("nota.pdf", "NOTA.PDF", "nota.pdf", "nota (2).pdf", "Nota.pdf")
    return multipart(*(part(PNG, "application/pdf", name=name) for name in names))


def long_names() -> bytes:
    """A name longer than its file."""
    return multipart(part(PNG, "image/png", name="a" * 100_000 + ".png"))


def sixty_megabytes() -> bytes:
    """A mail that no listener should have fetched whole."""
    line = base64.b64encode(bytes(57)) + b"\r\n"
    body = line * (60_000_000 // len(line))
    return multipart(
        b"--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="tudo.zip"\r\n\r\n' + body
    )


def large_attachment() -> bytes:
    """One file beyond the budget, one within."""
    return multipart(
        part(bytes(26_000_000), "application/zip", name="grande.zip"),
        part(PNG, "image/png", name="pequena.png"),
    )


def lying_winmail() -> bytes:
    """A winmail.dat that says it holds four thousand million values."""
    value = struct.pack("<I", 1) + struct.pack("<HH", 0x1003, 0x0001) + struct.pack("<I", 2**32 - 1)
    lie = struct.pack("<BHHI", 1, 0x9003, 0x0006, len(value)) + value + b"\x00\x00"
    data = struct.pack("<IH", 0x223E9F78, 1) + lie + bytes(20)
    return multipart(part(data, "application/ms-tnef", name="winmail.dat"))


def zip_bomb() -> bytes:
    """A file that grows a thousandfold if somebody opens it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", bytes(50_000_000))
    return multipart(part(buffer.getvalue(), "application/zip", name="bomba.zip"))
