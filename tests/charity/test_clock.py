"""Time comes from one place and can be set."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from charity import clock


def test_the_day_in_china_begins_at_sixteen_hours_utc() -> None:
    with clock.at(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 1)
    with clock.at(datetime(2026, 3, 1, 16, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 2)


def test_a_set_clock_answers_in_utc_and_is_given_back() -> None:
    tokyo = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    with clock.at(tokyo):
        assert clock.now() == tokyo
        assert clock.now().utcoffset() == timedelta(0)
        with clock.at(tokyo + timedelta(days=1)):
            assert clock.now() == tokyo + timedelta(days=1)
        assert clock.now() == tokyo
    assert clock.now() != tokyo


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 3, 1)):  # noqa: DTZ001
        pass


def test_microseconds_lose_nothing() -> None:
    instant = datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=UTC)
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    assert beginning + timedelta(microseconds=clock.microseconds(instant)) == instant
    assert clock.microseconds(instant.astimezone(clock.CHINA)) == clock.microseconds(instant)
