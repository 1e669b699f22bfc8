// Numbers as short texts, digit by digit as Python writes them on the drawing
const isTieToEven = (x, digits) => { // halfway between two texts, the first of which ends in an even digit
  const all = Math.abs(x).toExponential(60).replace(".", "");
  return /^50*e/.test(all.slice(digits)) && Number(all[digits - 1]) % 2 === 0;
};
const shortNumber = (x, digits = 4) => {
  if (!Number.isFinite(x)) return `⚠ ${Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf"}`;
  if (x === 0) return "0";
  let [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  if (isTieToEven(x, digits)) [mantissa, exponent] = [x.toExponential(60).slice(0, mantissa.length), x.toExponential(60).split("e")[1]];
  const power = Number(exponent), bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power < -4 || power >= digits) return `${bare(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  return bare(Number(`${mantissa}e${power}`).toFixed(digits - 1 - power));
};
// All digits of a number, as Python writes what JavaScript calls NaN and Infinity
const exactly = (x) => (Number.isFinite(x) ? (Object.is(x, -0) ? "-0" : String(x)) : Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf");
const rangeText = (numbers, digits = numbers.length > 1 ? 3 : 4) => {
  const known = numbers.filter((x) => !Number.isNaN(x));
  if (!known.length) return "⚠ nan";
  const low = known.reduce((a, b) => (b < a ? b : a)), high = known.reduce((a, b) => (b > a ? b : a));
  const [first, last] = [shortNumber(low, digits), shortNumber(high, digits)];
  return first === last ? first : `${first} … ${last}`;
};
// How many numbers of a box are not finite, and how many of its gradients are zero
const countText = (numbers, isGradient) => {
  const count = (isSo) => numbers.filter(isSo).length, zeros = isGradient ? count((x) => x === 0) : 0;
  const counts = [[count(Number.isNaN), "nan"], [count((x) => Math.abs(x) === Infinity), "inf"]].filter(([n]) => n).map(([n, kind]) => `⚠ ${n} ${kind}`);
  if (zeros) counts.push(`${zeros === numbers.length ? "all" : zeros} zero ○`);
  return counts.join(", ");
};
const gradientText = (numbers) => `grad ${rangeText(numbers)}${numbers.length === 1 && numbers[0] === 0 ? " ○" : ""}`;
