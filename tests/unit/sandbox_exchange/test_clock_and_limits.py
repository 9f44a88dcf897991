"""Exchange time by hand, and counters in fixed windows of the machine's clock."""

import pytest

from sandbox.exchange.api_error import ApiError
from sandbox.exchange.clock import ExchangeClock, FixedMachineClock
from sandbox.exchange.limits import Limits, LimitSettings

MINUTE_START = 1_790_000_040_000


def test_a_frozen_clock_ignores_the_machine() -> None:
    machine = FixedMachineClock()
    clock = ExchangeClock(1000, machine)
    machine.advance(500)
    assert clock.now() == 1000


def test_a_running_clock_goes_on_with_the_machine_from_where_it_was_set() -> None:
    machine = FixedMachineClock()
    clock = ExchangeClock(1000, machine, running=True)
    machine.advance(500)
    clock.set(90_000)
    machine.advance(7)
    assert clock.now() == 90_007


def test_freezing_keeps_the_moment_and_running_goes_on_from_it() -> None:
    machine = FixedMachineClock()
    clock = ExchangeClock(1000, machine, running=True)
    machine.advance(10)
    clock.freeze()
    machine.advance(10)
    clock.run()
    machine.advance(1)
    assert clock.now() == 1011


def test_a_jump_back_is_allowed() -> None:
    clock = ExchangeClock(1000, FixedMachineClock())
    clock.advance(-400)
    assert clock.now() == 600


def test_skew_comes_and_goes_without_moving_the_clock() -> None:
    clock = ExchangeClock(1000, FixedMachineClock())
    clock.skew_ms = 2000
    skewed = clock.now()
    clock.skew_ms = 0
    assert (skewed, clock.now()) == (3000, 1000)


def test_weight_is_counted_by_wall_clock_minute_not_over_sixty_seconds() -> None:
    machine = FixedMachineClock(MINUTE_START - 1)
    limits = Limits(machine)
    limits.use_weight("a", 6000)
    machine.advance(1)
    limits.use_weight("a", 6000)
    assert limits.weight.count("a") == 6000


def test_too_much_weight_says_how_long_to_wait() -> None:
    machine = FixedMachineClock(MINUTE_START + 18_500)
    limits = Limits(machine)
    limits.use_weight("a", 6000)
    with pytest.raises(ApiError) as caught:
        limits.use_weight("a", 1)
    assert (caught.value.status, caught.value.retry_after_s) == (429, 42)


def test_addresses_do_not_share_their_weight() -> None:
    limits = Limits(FixedMachineClock())
    limits.use_weight("a", 6000)
    limits.use_weight("b", 1)
    assert limits.weight.count("b") == 1


def test_a_filled_order_gives_its_place_back() -> None:
    limits = Limits(FixedMachineClock())
    limits.count_order(7, 1)
    limits.count_order(7, -5)
    assert limits.order_counts(7) == (0, 0)


def test_connects_are_limited_in_five_minutes() -> None:
    machine = FixedMachineClock(0)
    limits = Limits(machine, LimitSettings(connects_per_five_minutes=2))
    attempts = [limits.connection_allowed("a") for _ in range(3)]
    machine.advance(300_000)
    assert [*attempts, limits.connection_allowed("a")] == [True, True, False, True]
