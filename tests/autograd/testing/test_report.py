"""Reports, as text and as data."""

from autograd.testing import Report


def test_a_report_has_at_most_fifteen_lines():
    report = Report("a check", expression="x", blame="y", reproduce="z")
    for _ in range(8):
        report.add_failure("value", "one\ntwo\nthree\nfour")
    assert len(str(report).splitlines()) <= 15
