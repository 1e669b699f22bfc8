// A page in the frame of a widget tells the leaves that have changed, and takes those that Python has changed. A message is sent
// ten times a second at most, which is as often as a notebook can answer.
const MESSAGE_PAUSE = 100;
if (tape && parent !== window) {
  const leavesNow = () => tape.leaves.map((i) => exactly(tape.values[i]));
  let known = "", timer = null;
  const post = () => {
    timer = null;
    known = String(leavesNow());
    parent.postMessage({ leaves: leavesNow(), gradients: tape.leaves.map((i) => exactly(tape.grads[i])), root: exactly(tape.values[data.program.root]) }, "*");
  };
  tellParent = () => { if (timer === null && String(leavesNow()) !== known) timer = setTimeout(post, MESSAGE_PAUSE); };
  addEventListener("message", ({ source, data: message }) => {
    if (source !== parent || !message || !Array.isArray(message.leaves) || message.leaves.length !== tape.leaves.length) return;
    const numbers = message.leaves.map((leaf) => readNumber(String(leaf)));
    if (timer !== null || tape.leaves.every((i, n) => Object.is(tape.values[i], numbers[n]))) return; // what the reader moves is newer
    tape.leaves.forEach((i, n) => { tape.values[i] = numbers[n]; });
    known = String(leavesNow());
    recompute();
  });
  post();
}
