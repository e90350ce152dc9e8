"""The stand-ins of the network are at fault in the one way that they are named for."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from journeys.cause import Cause
from journeys.system import System
from tests.faults.bench import Bench, journey_named
from tests.faults.case import PERSONAS
from tests.faults.listener import gateway, listening, over_tls
from tests.faults.network import Ground, good

pytestmark = pytest.mark.browser


def test_a_good_certificate_of_the_same_authority_is_trusted(bench: Bench) -> None:
    ground = Ground(bench.impatient, System.NMO, bench.authority)
    with listening(over_tls(good(bench.authority, ground.host))) as port:
        target = ground.moved(f"https://{ground.host}:{port}")
        result = bench.walk(journey_named("sign-in"), bench.control.account(PERSONAS["sign-in"]), target)

    assert result.failure
    assert (result.failure.system, result.failure.cause) == (System.NMO, Cause.ELEMENT_MISSING)
    assert [(hop.system, hop.status) for hop in result.hops] == [(System.NMO, 200)]
    told = result.security[ground.host]
    assert (told.protocol, told.subject) == ("TLS 1.3", ground.host)
    assert told.issuer
    assert told.not_before < result.started_at.timestamp() < told.not_after


def test_a_gateway_that_ends_nothing_is_not_noticed(bench: Bench) -> None:
    asked: list[str] = []
    with listening(gateway(lambda url: asked.append(url))) as port:
        target = replace(bench.impatient, proxy=SecretStr(f"http://127.0.0.1:{port}"))
        result = bench.walk(journey_named("sign-in"), bench.control.account(PERSONAS["sign-in"]), target)

    assert result.verdict == "passed", result.explanation
    assert any("//esia." in url for url in asked)
