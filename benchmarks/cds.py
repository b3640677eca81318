"""Time until a record has its cards: a server on this machine, called over the loopback as a record calls.

    python benchmarks/cds.py [--calls 200] [--port 8751]

Every call is of another patient, so that nothing is remembered from the one before. Prints the median and the
95th percentile of each hook, and how many forecasts came too late to be in the cards. Exits with 1 if a 95th
percentile is above 500 ms. What is called first warms the server and is not counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn

from osteocast.web import Settings, create_app
from osteocast.web.cds.settings import CdsSettings
from osteocast.web.cds.warming import warm_cards

LIMIT_SECONDS = 0.5
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
INHIBITOR, DENOSUMAB = "84857", "993449"
#: Resources that a record has besides, and sends along.
OTHER_ORDERS, OTHER_BLOOD = 100, 200
HOOKS = ("patient-view", "order-select", "order-sign")


def day(ago: int) -> str:
    """Return a date some days ago."""
    return (date.today() - timedelta(days=ago)).isoformat()


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return a searchset."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def patient(number: int) -> dict[str, Any]:
    """Return what a record sends of a patient: each has another age and density."""
    subject = {"reference": f"Patient/{number}"}

    def order(name: str, code: str, ago: int) -> dict[str, Any]:
        concept = {"coding": [{"system": RXNORM, "code": code}]}
        return {
            **{"resourceType": "MedicationRequest", "id": name, "status": "active", "intent": "order"},
            **{"medicationCodeableConcept": concept, "subject": subject, "authoredOn": day(ago)},
        }

    def value(name: str, code: str, number: float, unit: str, ago: int) -> dict[str, Any]:
        quantity = {"value": number, "unit": unit, "code": unit, "system": UCUM}
        return {
            **{"resourceType": "Observation", "id": name, "status": "final", "subject": subject},
            **{"code": {"coding": [{"system": LOINC, "code": code}]}, "effectiveDateTime": day(ago)},
            **{"valueQuantity": quantity, "note": [{"text": "Hologic Horizon"}]},
        }

    density = round(0.95 - 0.001 * (number % 100), 3)
    scans = [value(f"s{ago}", "24966-4", density, "g/cm2", ago) for ago in (800, 90)]
    blood = [value("d", "62292-8", 24 + number % 20, "ng/mL", 60), value("c", "17861-6", 9.4, "mg/dL", 60)]
    blood += [value(f"b{i}", "2160-0", 0.8, "mg/dL", 60 + i) for i in range(OTHER_BLOOD)]
    orders = [order("ai", INHIBITOR, 500), *(order(f"o{i}", f"9{i:06}", i) for i in range(OTHER_ORDERS))]
    born = date(1938 + number % 20, 1 + number % 12, 1 + number % 28).isoformat()
    return {
        "patient": {"resourceType": "Patient", "id": str(number), "gender": "female", "birthDate": born},
        **{"densities": bundle(*scans), "laboratory": bundle(*blood), "medications": bundle(*orders)},
        **dict.fromkeys(("conditions", "administrations", "family", "procedures", "orders")),
    }


def call(hook: str, number: int) -> bytes:
    """Return the call of a hook."""
    sent = patient(number)
    context: dict[str, Any] = {"userId": "Practitioner/1", "patientId": str(number)}
    if hook != "patient-view":
        code = DENOSUMAB if number % 2 else INHIBITOR
        concept = {"coding": [{"system": RXNORM, "code": code}]}
        draft = {"resourceType": "MedicationRequest", "id": "new", "status": "draft", "intent": "order"}
        context["draftOrders"] = bundle({**draft, "medicationCodeableConcept": concept})
        sent["medications"]["entry"] = sent["medications"]["entry"][1:]
    if hook == "order-select":
        context["selections"] = ["MedicationRequest/new"]
    whole = {"hook": hook, "hookInstance": str(uuid.uuid4()), "context": context, "prefetch": sent}
    return json.dumps(whole).encode()


@contextmanager
def served(port: int) -> Iterator[Any]:
    """Serve, warm, and end."""
    with TemporaryDirectory() as folder:
        cds = CdsSettings(calls_per_minute=1_000_000)
        database = f"sqlite:///{Path(folder) / 'cases.db'}"
        app = create_app(Settings(port=port, database=database, warm=False, cds=cds))
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        warm_cards(app.state.service)
        try:
            yield app.state.service
        finally:
            server.should_exit = True
            thread.join()


def main() -> int:
    """Time calls, and say how long they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--port", type=int, default=8751)
    chosen = parser.parse_args()
    slowest = 0.0
    with served(chosen.port) as service:
        connection = HTTPConnection("127.0.0.1", chosen.port)
        for n_hook, hook in enumerate(HOOKS):
            seconds, shown = [], 0
            for number in range(-5, chosen.calls):
                body = call(hook, 10_000 * (n_hook + 1) + number)
                begun = time.perf_counter()
                path = f"/cds-services/osteocast-{hook}"
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
                if number >= 0:
                    seconds.append(time.perf_counter() - begun)
                if answer.status != 200:
                    raise SystemExit(f"{hook}: {answer.status} {content[:300]!r}")
                shown += bool(json.loads(content)["cards"])
            high = statistics.quantiles(seconds, n=20)[-1]
            slowest = max(slowest, high)
            middle = statistics.median(seconds)
            print(
                f"{hook:13} median {1000 * middle:4.0f} ms, 95th percentile {1000 * high:4.0f} ms; "
                f"{len(body) / 1000:.0f} kB sent; cards in {shown} of {chosen.calls + 5}"
            )
        late = [line for line in service.metrics.text(service.computations).splitlines() if "late" in line]
    print(f"forecasts that came too late: {late[-1].rpartition(' ')[2] if late else 0}")
    return int(slowest > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
