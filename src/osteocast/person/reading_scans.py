"""The scans of a case document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from osteocast.errors import Problem
from osteocast.person.fields import Fields, match_name
from osteocast.person.models import SITES, VENDORS, DxaScan, SiteScan, Vendor
from osteocast.person.reading_courses import Clock
from osteocast.person.reading_dates import measurement_date
from osteocast.person.reference import t_score

__all__ = ["SITE_SYNONYMS", "read_scans"]

SCAN_FIELDS = ("date", "device", "reference", "precision", "sites")
SITE_FIELDS = ("bmd", "t_score", "z_score", "reference", "vertebrae")

SITE_SYNONYMS = {
    "ls": "lumbar_spine",
    "l1-l4": "lumbar_spine",
    "th": "total_hip",
    "total femur": "total_hip",
    "fn": "femoral_neck",
    "femur neck": "femoral_neck",
}
_VENDOR_SYNONYMS = {"ge": "lunar", "ge lunar": "lunar", "ge-lunar": "lunar", "ge healthcare": "lunar"}
_SCORE_RANGE = (-8.0, 8.0)
# No choice of young adults moves a T-score as far: one number is another person's, or a sign is lost.
_CONTRADICTION = 2.0


def read_scans(fields: Fields, clock: Clock) -> tuple[DxaScan, ...]:
    """Read the scans, in order of date."""
    scans: list[DxaScan] = []
    seen: dict[tuple[object, str], str] = {}
    for content, place in fields.items("scans"):
        scan = _read_scan(Fields(content, place, fields.problems, SCAN_FIELDS), clock)
        if scan is None:
            continue
        for site in scan.sites:
            other = seen.setdefault((scan.date, site), place)
            if other != place:
                expected = f"one value per site and day ({other} has one)"
                problem = Problem(f"{place}.sites.{site}", scan.date, expected, "remove the duplicate")
                fields.problems.append(problem)
        scans.append(scan)
    return tuple(sorted(scans, key=lambda scan: scan.date))


def _read_scan(scan: Fields, clock: Clock) -> DxaScan | None:
    if not scan.usable:
        return None
    on = measurement_date(scan, clock)
    given = scan.raw("device")
    content = {"vendor": given} if isinstance(given, str) else given
    device = Fields(content, scan.place("device"), scan.problems, ("vendor", "model"))
    device.require("vendor", f"a vendor: {', '.join(VENDORS)}", "name the maker of the device")
    vendor = device.choice("vendor", VENDORS, "vendor", _VENDOR_SYNONYMS)
    reference = scan.text("reference", "the name of the reference population")
    precision = dict(_read_precision(scan))
    if not scan.raw("sites"):
        scan.report("sites", f"at least one of {', '.join(SITES)}", "give BMD or T-score by site")
    sites: dict[str, SiteScan] = {}
    for name, values, place in scan.pairs("sites", "a mapping of sites to values"):
        site = match_name(name, SITES, SITE_SYNONYMS)
        if site is None:
            remedy = "only these sites are modelled: remove it, or say which hip region it is"
            scan.problems.append(Problem(place, name, f"a site: {', '.join(SITES)}", remedy))
            continue
        sites[site] = _read_site(Fields(values, place, scan.problems, SITE_FIELDS), site, reference)
    if on is None or vendor is None:
        return None
    _report_contradictions(scan, sites, vendor)
    return DxaScan(on, cast(Vendor, vendor), sites, device.text("model", "the device's name"), precision)


def _report_contradictions(scan: Fields, sites: Mapping[str, SiteScan], vendor: str) -> None:
    """Report densities and T-scores that cannot be of one measurement."""
    for site, measured in sites.items():
        if measured.bmd is None or measured.t_score is None:
            continue
        computed = t_score(site, measured.bmd, vendor=vendor).value
        if computed is not None and abs(computed - measured.t_score) > _CONTRADICTION:
            expected = f"about {computed:.1f}, as the BMD of {measured.bmd:.3f} g/cm2 gives"
            remedy = "compare both with the report, and the sign of the T-score"
            place = scan.place(f"sites.{site}.t_score")
            scan.problems.append(Problem(place, measured.t_score, expected, remedy))


def _read_precision(scan: Fields) -> Iterator[tuple[str, float]]:
    """Yield the centre's own precision by site, CV in percent."""
    for name, given, place in scan.pairs("precision", "a mapping of sites to CV in percent"):
        site = match_name(name, SITES, SITE_SYNONYMS)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?", str(given).strip())
        if site is None or match is None or not 0 < float(match[1]) <= 10:
            expected = "a known site with a CV between 0 and 10%"
            scan.problems.append(Problem(place, given, expected, "give the centre's precision, as in 1.2%"))
        else:
            yield site, float(match[1])


def _read_site(fields: Fields, site: str, scan_reference: str | None) -> SiteScan:
    bmd = fields.quantity("bmd", "bmd", default_unit="g/cm2")
    low, high = _SCORE_RANGE
    t_score = fields.number("t_score", low, high, "a T-score")
    z_score = fields.number("z_score", low, high, "a Z-score")
    reference = fields.text("reference", "the name of the reference population") or scan_reference
    if fields.usable and "bmd" not in fields and "t_score" not in fields:
        fields.report("bmd", "a BMD, or a T-score with its reference", "copy it from the report", None)
    if t_score is not None and reference is None:
        remedy = "name the reference the report prints, such as 'NHANES III' or 'Hologic'"
        fields.report("reference", "the reference population of the T-score", remedy)
    vertebrae = None
    if "vertebrae" in fields and site != "lumbar_spine":
        fields.report("vertebrae", "vertebrae at the lumbar spine only", "remove it")
    elif "vertebrae" in fields:
        vertebrae = fields.whole("vertebrae", 1, 4, "how many of L1-L4 were read")
    return SiteScan(bmd, t_score, z_score, reference, vertebrae)
