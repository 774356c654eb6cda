"""Intervals and quantiles that scores and samples need: Wilson's for shares, Student's t; standard library only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

CONFIDENCE = 0.95
"""Of every interval this service tells, unless it says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimated number with what is known of its error, all in the unit of the number."""

    value: float
    error: float  #: standard error; 0 where everything was counted
    low: float  #: bounds of the 95 % interval
    high: float
    freedom: float = math.inf  #: degrees of freedom of the error


def estimate(value: float, error: float, freedom: float, *, lowest: float = -math.inf, highest: float = math.inf) -> Estimate:
    """value ± t·error with `freedom` degrees of freedom at 95 %, cut to what the number can be."""
    reach = t_quantile(0.5 + CONFIDENCE / 2, freedom) * error if error else 0.0
    return Estimate(value=value, error=error, low=max(lowest, value - reach), high=min(highest, value + reach), freedom=freedom)


def wilson(passed: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share passed / n; n may be an effective number of trials. (0, 1) where n is 0."""
    if n <= 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = passed / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (0.0 if passed <= 0 else max(0.0, middle - half)), (1.0 if passed >= n else min(1.0, middle + half))


@lru_cache(maxsize=4096)
def t_quantile(probability: float, freedom: float) -> float:
    """Quantile of Student's t with `freedom` > 0 degrees of freedom (any real number; infinity: the normal distribution).

    Bisection of the distribution function, which is an incomplete beta function (Abramowitz and Stegun 26.7.1), to 1e-10.
    ValueError outside of 0 < probability < 1.
    """
    if not 0 < probability < 1 or freedom <= 0:
        raise ValueError(f"no quantile {probability} of t with {freedom} degrees of freedom")
    if freedom > 1e6:
        return NormalDist().inv_cdf(probability)
    if probability < 0.5:
        return -t_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while t_share(high, freedom) < probability:
        low, high = high, high * 2
    while high - low > 1e-10 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if t_share(middle, freedom) < probability else (low, middle)
    return (low + high) / 2


def t_share(t: float, freedom: float) -> float:
    """Probability that Student's t is at most `t` >= 0."""
    return 1 - incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0 <= x <= 1, by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1 / max(tiny, abs(1 - (a + b) * x / (a + 1))) * (1 if 1 - (a + b) * x / (a + 1) >= 0 else -1)
    total = d
    for m in range(1, 500):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            total *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * total
