"""Why gradient descent decreases a cost: ΔC ≈ ∇C·Δv, so a step of -η∇C gives ΔC ≈ -η‖∇C‖² (S0 eq. 3 and 4)."""

import numpy as np

from autograd import Value


def cost(w1, w2, b):
    """Return the quadratic cost of a sigmoid neuron with inputs 1.5 and -0.5 and target 0.9."""
    return 0.5 * ((1.5 * w1 - 0.5 * w2 + b).sigmoid() - 0.9) ** 2


def cost_and_gradient(v):
    """Return the cost and its gradient at the point v = (w1, w2, b)."""
    parameters = [Value(x) for x in v]
    C = cost(*parameters)
    C.backward()
    return C.data, np.array([p.grad for p in parameters])


v = np.array([-0.4, 0.8, -1.0])
C, gradient = cost_and_gradient(v)
print(f"C = {C:.6f}, gradient = {gradient.round(6)}")

print("\n   ‖Δv‖      ΔC           ∇C·Δv        difference / ‖Δv‖²")
direction = np.array([0.6, 0.0, 0.8])
for step in (0.1, 0.01, 0.001):
    change = cost_and_gradient(v + step * direction)[0] - C
    ratio = (change - gradient @ direction * step) / step**2
    print(f"  {step:6.3f}  {change:+.8f}  {gradient @ direction * step:+.8f}  {ratio:+.4f}")
    assert abs(ratio) < 0.1  # the difference is of second order in ‖Δv‖

print("\n      η       ΔC           -η‖∇C‖²")
for eta in (1.0, 0.1, 0.01):
    change = cost_and_gradient(v - eta * gradient)[0] - C
    predicted = -eta * gradient @ gradient
    print(f"  {eta:6.2f}  {change:+.8f}  {predicted:+.8f}")
    assert change < 0.0
    assert abs(change - predicted) < eta**2 * 0.02

for _ in range(400):
    C, gradient = cost_and_gradient(v)
    v = v - 2.0 * gradient
print(f"\nafter 400 steps: C = {C:.2e}, ‖∇C‖ = {np.linalg.norm(gradient):.1e}")
assert C < 1e-4
