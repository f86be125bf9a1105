"""How many examples chance makes: few every day, as many as wanted by `INTAKE_FUZZ_EXAMPLES`."""

import os

import pytest
from hypothesis import HealthCheck, settings

EVERYDAY = 400
EXAMPLES = int(os.environ.get("INTAKE_FUZZ_EXAMPLES", EVERYDAY))

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
patient = pytest.mark.timeout(0 if EXAMPLES > EVERYDAY else 120)
