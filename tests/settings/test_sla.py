"""[[sla.type]] and [[sla.service]]: rows on top of the shipped table."""

from pathlib import Path

import pytest

from routing.sla.shipped import SHIPPED_SERVICES, SHIPPED_TYPES
from tests.settings.file import loaded, refused

TERM = (
    "is no term; write for instance '3h úteis', '30 min úteis', '2 dias úteis', "
    "'avaliação mensal', 'até resolução' or 'por serviço, senão 2 dias úteis'"
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[[sla.type]]\nid = 'bugs'\nresolution = '2h úteis'\n",
            (
                "F:2: sla.type[1].id: 'bugs' is not a shipped type, so label, level, "
                "first_response must be given; or did you mean 'bug'?"
            ),
        ),
        (
            "[[sla.type]]\nid = 'bug'\nresolution = '2 horas'\n",
            f"F:3: sla.type[1].resolution: '2 horas' {TERM}",
        ),
        (
            "[[sla.type]]\nid = 'bug'\nfirst_response = 'até resolução'\n",
            (
                "F:3: sla.type[1].first_response: 'até resolução' has no fixed length; "
                "write for instance '1h útil'"
            ),
        ),
        (
            "[[sla.type]]\nid = 'Nova Prefeitura'\n",
            (
                "F:2: sla.type[1].id: 'Nova Prefeitura' is no id; "
                "write it like nova_prefeitura: a-z, 0-9 and _"
            ),
        ),
        (
            "[[sla.type]]\nid = 'bug'\n[[sla.type]]\nid = 'bug'\nlevel = 'N0'\n",
            "F:4: sla.type[2].id: 'bug' stands there twice: join the two",
        ),
        (
            "[[sla.type]]\nid = 'bug'\nlevel = 'n1'\n",
            "F:3: sla.type[1].level: unknown level 'n1'; did you mean 'N1'?",
        ),
        (
            "[[sla.type]]\nid = 'bug'\nresolucao = '2h úteis'\n",
            "F:3: unknown key 'sla.type[1].resolucao'; did you mean 'resolution'?",
        ),
        (
            "[[sla.service]]\nid = 'cndd'\n",
            (
                "F:2: sla.service[1].id: 'cndd' is not a shipped service, so label, resolution "
                "must be given; or did you mean 'cnd'?"
            ),
        ),
        (
            "[[sla.service]]\nid = 'cnd'\nresolution = 'avaliação mensal'\n",
            (
                "F:3: sla.service[1].resolution: 'avaliação mensal' has no fixed length; "
                "write for instance '1h útil'"
            ),
        ),
    ],
)
def test_one_line_says_where_what_and_what_would_be_right(
    tmp_path: Path, text: str, line: str
) -> None:
    assert refused(tmp_path, text) == [line]


def test_rows_change_what_they_name_and_nothing_else(tmp_path: Path) -> None:
    table = loaded(
        tmp_path,
        """
        [[sla.type]]
        id = "bug"
        resolution = "2h úteis"

        [[sla.type]]
        id = "improvement"
        resolution = "avaliação mensal, dia 20"

        [[sla.type]]
        id = "audit"
        label = "Auditoria"
        level = "N2"
        first_response = "30 min úteis"
        resolution = "5 dias úteis"

        [[sla.service]]
        id = "cnd"
        resolution = "1 dia útil"

        [[sla.service]]
        id = "itr"
        label = "ITR"
        resolution = "8 dias úteis"
        """,
    ).sla.build()
    assert (table.types["bug"].label, table.types["bug"].level) == (
        SHIPPED_TYPES["bug"].label,
        "N1",
    )
    assert str(table.types["bug"].resolution) == "2h úteis"
    assert str(table.types["improvement"].resolution) == "avaliação mensal, dia 20"
    assert str(table.types["audit"].first_response) == "30 min úteis"
    assert str(table.services["cnd"].resolution) == "1 dia útil"
    assert list(table.services) == [*SHIPPED_SERVICES, "itr"]
    assert table.types["usage"] == SHIPPED_TYPES["usage"]
