"""SciPy's special functions as mpmath has them, and points to compare them at. Nothing here uses the library."""

import mpmath as mp
from hypothesis import strategies as st
from mpmath import mpf


def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


REFERENCES = {
    "expit": lambda x: 1 / (1 + mp.exp(-x)),
    "log_expit": lambda x: -mp.log1p(mp.exp(-x)),
    "logit": lambda x: mp.log(x / (1 - x)),
    "erfi": mp.erfi,
    "erfinv": mp.erfinv,
    "erfcx": lambda x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
    "ndtr": normal_cdf,
    "log_ndtr": lambda x: mp.log1p(-normal_cdf(-x)) if x > 0 else mp.log(normal_cdf(x)),
    "exp10": lambda x: mpf(10) ** x,
    "exprel": lambda x: mp.expm1(x) / x,
    "cosm1": lambda x: -2 * mp.sin(x / 2) ** 2,
    "exp1": mp.e1,
    "expi": mp.ei,
    "wrightomega": lambda x: mp.lambertw(mp.exp(x)).real,
    "gamma": mp.gamma,
    "gammaln": mp.loggamma,
    "loggamma": mp.loggamma,
    "rgamma": mp.rgamma,
    "digamma": mp.digamma,
    "polygamma": lambda n, x: mp.polygamma(int(n), x),
    "zeta": mp.zeta,
    "poch": mp.rf,
    "binom": mp.binomial,
    "beta": mp.beta,
    "betaln": lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
    "gammainc": lambda a, x: mp.gammainc(a, 0, x, regularized=True),
    "gammaincc": lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True),
    "betainc": lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True),
    "xlogy": lambda a, b: a * mp.log(b),
    "xlog1py": lambda a, b: a * mp.log1p(b),
    "entr": lambda x: -x * mp.log(x),
    "rel_entr": lambda x, y: x * mp.log(x / y),
    "kl_div": lambda x, y: x * mp.log(x / y) - x + y,
    "pseudo_huber": lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1),
    "j0": lambda x: mp.besselj(0, x),
    "j1": lambda x: mp.besselj(1, x),
    "jv": mp.besselj,
    "y0": lambda x: mp.bessely(0, x),
    "y1": lambda x: mp.bessely(1, x),
    "yv": mp.bessely,
    "yn": mp.bessely,
    "i0": lambda x: mp.besseli(0, x),
    "i1": lambda x: mp.besseli(1, x),
    "iv": mp.besseli,
    "k0": lambda x: mp.besselk(0, x),
    "k1": lambda x: mp.besselk(1, x),
    "kv": mp.besselk,
    "kn": mp.besselk,
    "i0e": lambda x: mp.besseli(0, x) * mp.exp(-abs(x)),
    "i1e": lambda x: mp.besseli(1, x) * mp.exp(-abs(x)),
    "ive": lambda v, x: mp.besseli(v, x) * mp.exp(-abs(x)),
    "k0e": lambda x: mp.besselk(0, x) * mp.exp(x),
    "k1e": lambda x: mp.besselk(1, x) * mp.exp(x),
    "kve": lambda v, x: mp.besselk(v, x) * mp.exp(x),
    "hyp0f1": mp.hyp0f1,
    "hyp1f1": mp.hyp1f1,
    "hyp2f1": mp.hyp2f1,
}


# In mpmath these take a limit in the order, which needs up to seconds for one point.
SLOW = {"y0", "y1", "k0", "k1", "k0e", "k1e", "kve", "kv", "zeta", "yv", "yn", "kn", "polygamma"}


@st.composite
def spread_points(draw, domains):
    """Arguments inside of domains: of ordinary size, and close to 0 or large."""
    args = []
    for d in domains:
        low, high = max(d.low, -30.0), min(d.high, 30.0)
        ordinary = st.integers(int(low * 1000) + 1, int(high * 1000) - 1).filter(bool).map(lambda n: n / 1000)
        magnitude = st.floats(-6.0, 3.0).map(lambda e: 10.0**e)
        if d.high < 30.0:
            extreme = ordinary
        elif d.low == -float("inf"):
            extreme = st.one_of(magnitude, magnitude.map(lambda x: -x))
        else:
            extreme = magnitude.map(lambda x, low=low: x + max(low, 0.0))
        x = draw(st.one_of(ordinary, extreme))
        args.append(float(round(x)) if d.is_integer else x)
    return args
