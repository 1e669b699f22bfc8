"""Gradients of some programs of `tests/loop_programs.py` as a person writes them: a loop forward, and a loop backward.

Steps on numbers are lines on Python floats, and steps on vectors and matrices are lines of NumPy. Each function takes the constants of
its program first, and returns the value and the gradients by the arguments.
"""

import math

import numpy as np


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def autoregression(y, a, b):
    h, states = 0.0, [0.0]
    for y_t in y:
        h = math.tanh(a * h + b * y_t)
        states.append(h)
    loss = sum((h - y_t) ** 2 for h, y_t in zip(states[1:], y, strict=True))
    da = db = dh = 0.0
    for t in reversed(range(len(y))):
        dz = (dh + 2.0 * (states[t + 1] - y[t])) * (1.0 - states[t + 1] ** 2)
        da, db, dh = da + dz * states[t], db + dz * y[t], dz * a
    return loss, (da, db)


def kalman_filter(y, a, q, r):
    m, p, likelihood, steps = 0.0, 1.0, 0.0, []
    for y_t in y:
        m_before, p_before = m, p
        m, p = a * m, a * a * p + q
        s, error = p + r, y_t - m
        gain = p / s
        likelihood -= 0.5 * (math.log(s) + error * error / s)
        steps.append((m_before, p_before, p, s, error, gain))
        m, p = m + gain * error, (1.0 - gain) * p
    da = dq = dr = dm = dp = 0.0
    for m_before, p_before, p, s, error, gain in reversed(steps):
        dgain = dm * error - dp * p
        derror = dm * gain - error / s
        dp_predicted = dp * (1.0 - gain) + dgain / s
        ds = -0.5 / s + 0.5 * (error / s) ** 2 - dgain * gain / s
        dm, dp, dr = dm - derror, dp_predicted + ds, dr + ds
        da, dq = da + dm * m_before + dp * 2.0 * a * p_before, dq + dp
        dm, dp = dm * a, dp * a * a
    return likelihood, (da, dq, dr)


def garch(r, w, a, b):
    v, variances, likelihood = 0.1, [], 0.0
    for r_t in r:
        variances.append(v)
        likelihood -= 0.5 * (math.log(v) + r_t * r_t / v)
        v = w + a * r_t * r_t + b * v
    dw = da = db = dv = 0.0
    for v, r_t in zip(reversed(variances), reversed(r), strict=True):
        dw, da, db = dw + dv, da + dv * r_t * r_t, db + dv * v
        dv = dv * b - 0.5 / v + 0.5 * (r_t / v) ** 2
    return likelihood, (dw, da, db)


def polynomial(c, x, scale):
    p, partial = 0.0, []
    for c_k in c:
        partial.append(p)
        p = p * x + scale * c_k
    dp, dx, dscale = 1.0, 0.0, 0.0
    for p_before, c_k in zip(reversed(partial), reversed(c), strict=True):
        dx, dscale, dp = dx + dp * p_before, dscale + dp * c_k, dp * x
    return p, (dx, dscale)


def recurrent_network(x, W, U, b, v):
    x = np.asarray(x)
    h, states, errors = np.zeros(3), [np.zeros(3)], []
    for x_t in x:
        h = np.tanh(W @ h + U @ x_t + b)
        states.append(h)
        errors.append(v @ h - x_t[0])
    dW, dU, db, dv, dh = np.zeros((3, 3)), np.zeros((3, 2)), np.zeros(3), np.zeros(3), np.zeros(3)
    for t in reversed(range(len(x))):
        h, dy = states[t + 1], 2.0 * errors[t]
        dv += dy * h
        dz = (dh + dy * v) * (1.0 - h * h)
        dW += np.outer(dz, states[t])
        dU += np.outer(dz, x[t])
        db += dz
        dh = W.T @ dz
    return sum(error * error for error in errors), (dW, dU, db, dv)


def gated_network(x, Wz, Uz, Wr, Ur, Wc, Uc, v):
    x = np.asarray(x)
    h, steps = np.zeros(3), []
    for x_t in x:
        z, r = sigmoid(Wz @ x_t + Uz @ h), sigmoid(Wr @ x_t + Ur @ h)
        c = np.tanh(Wc @ x_t + Uc @ (r * h))
        steps.append((h, z, r, c))
        h = (1.0 - z) * h + z * c
    value, dv, dh = v @ h, h, v
    gradients = [np.zeros((3, 3)) for _ in range(6)]
    dWz, dUz, dWr, dUr, dWc, dUc = gradients
    for x_t, (h, z, r, c) in zip(x[::-1], reversed(steps), strict=True):
        delta_c = dh * z * (1.0 - c * c)
        delta_z = dh * (c - h) * z * (1.0 - z)
        d_reset = Uc.T @ delta_c
        delta_r = d_reset * h * r * (1.0 - r)
        for total, delta, state in ((dUz, delta_z, h), (dUr, delta_r, h), (dUc, delta_c, r * h)):
            total += np.outer(delta, state)
        for total, delta in ((dWz, delta_z), (dWr, delta_r), (dWc, delta_c)):
            total += np.outer(delta, x_t)
        dh = dh * (1.0 - z) + Uz.T @ delta_z + Ur.T @ delta_r + d_reset * r
    return value, (*gradients, dv)


BY_HAND = {f.__name__: f for f in (autoregression, kalman_filter, garch, polynomial, recurrent_network, gated_network)}
