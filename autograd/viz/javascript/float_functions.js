// Functions of floats that JavaScript lacks, or that differ there from those of Python and NumPy.

// IEEE 754: 1 to any power is 1, and so is -1 to an infinite power. In JavaScript these are NaN.
const power = (a, b) => (a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b);
const exp2 = (a) => 2 ** a;
const maximum = (a, b) => (a >= b || a !== a ? a : b);
const minimum = (a, b) => (a <= b || a !== a ? a : b);
const withSign = (size, sign) => (sign < 0 || Object.is(sign, -0) ? -Math.abs(size) : Math.abs(size));

// To the nearest whole number, and to the even one of two. From 2**52 on all numbers are whole.
const rint = (a) => {
  if (!(Math.abs(a) < 2 ** 52)) return a;
  const size = Math.abs(a) + 2 ** 52 - 2 ** 52;
  return withSign(size, a);
};
const fmod = (a, b) => a % b;
const remainder = (a, b) => {
  const rest = a % b;
  if (rest === 0) return withSign(0, b);
  return b < 0 !== rest < 0 ? rest + b : rest;
};
const floor_divide = (a, b) => {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return withSign(0, a / b);
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
};
const logaddexp = (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));

// The square of a number as two numbers: the nearest one, and the rest (T. J. Dekker, Numerische Mathematik 18, 1971).
const exactSquare = (a) => {
  const shifted = (2 ** 27 + 1) * a, high = shifted - (shifted - a), low = a - high, square = a * a;
  return [square, high * high - square + 2 * high * low + low * low];
};

// Math.hypot may be wrong in its last two digits. The root is corrected by its exact residual, as Python does it.
const hypot = (a, b) => {
  let large = Math.max(Math.abs(a), Math.abs(b)), small = Math.min(Math.abs(a), Math.abs(b));
  if (Math.abs(a) === Infinity || Math.abs(b) === Infinity) return Infinity;
  if (!(large > 0) || small === 0) return large;
  const scale = 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(large))));
  large /= scale;
  small /= scale;
  const root = Math.sqrt(large * large + small * small);
  const [l, lRest] = exactSquare(large), [s, sRest] = exactSquare(small), [r, rRest] = exactSquare(root);
  return (root + (l - r + s + (lRest + sRest - rRest)) / (2 * root)) * scale;
};
