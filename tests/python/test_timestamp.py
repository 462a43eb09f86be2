from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import instants
from support import instant

from libblock import InvalidValueError, Package, format_timestamp, parse_timestamp


@given(instants)
def test_round_trip(moment: datetime) -> None:
    text = format_timestamp(moment)
    assert text == moment.replace(tzinfo=None).isoformat() + "Z"
    again = parse_timestamp(text)
    assert again == moment
    assert again is not None
    assert again.tzinfo is timezone.utc


@given(instants, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
def test_other_zones_are_converted(moment: datetime, offset: timedelta) -> None:
    zone = timezone(timedelta(minutes=offset // timedelta(minutes=1)))
    moment = moment.replace(year=2024, day=28)
    assert format_timestamp(moment.astimezone(zone)) == format_timestamp(moment)


@pytest.mark.parametrize(
    "text", ["", "2024-01-01", "2024-01-01T00:00:00", "2024-02-30T00:00:00Z", "2024-01-01T0:00:00Z"]
)
def test_other_text_is_nothing(text: str) -> None:
    assert parse_timestamp(text) is None


def test_what_documents_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="needs a time zone"):
        format_timestamp(datetime(2024, 1, 1))
    with pytest.raises(InvalidValueError, match="whole second"):
        format_timestamp(instant(2024).replace(microsecond=1))
    with pytest.raises(InvalidValueError, match="1970 to 9999"):
        format_timestamp(instant(1969))
    with pytest.raises(TypeError):
        format_timestamp("2024-01-01T00:00:00Z")  # type: ignore[arg-type]


def test_now_may_have_fractions_of_a_second() -> None:
    package = Package("a", expires=instant(2024))
    second = timedelta(seconds=1)
    assert not package.expired(instant(2024) - second / 1000)
    assert package.expired(instant(2024))
    assert package.expired(instant(2024) + second / 1000)
    with pytest.raises(InvalidValueError, match="needs a time zone"):
        package.expired(datetime(2024, 1, 1))
