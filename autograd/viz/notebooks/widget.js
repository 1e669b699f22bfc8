// A live page in a sandboxed frame, whose leaves are those of Python. Both sides send all leaves, as texts, which nan and inf can be.
const render = ({ model, el }) => {
  const frame = document.createElement("iframe");
  frame.title = model.get("title");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText = `width:100%;height:${model.get("height")}px;border:0`;
  let isReady = false;
  const send = () => { if (isReady) frame.contentWindow.postMessage({ leaves: model.get("leaves") }, "*"); };
  const receive = ({ source, data }) => {
    if (source !== frame.contentWindow || !data || !Array.isArray(data.leaves)) return;
    if (!isReady) { isReady = true; send(); return; }
    if (JSON.stringify(data.leaves) === JSON.stringify(model.get("leaves"))) return;
    model.set("leaves", data.leaves.map(String));
    model.set("gradients", data.gradients.map(String));
    model.set("root", String(data.root));
    model.save_changes();
  };
  addEventListener("message", receive);
  model.on("change:leaves", send);
  frame.srcdoc = model.get("page");
  el.append(frame);
  return () => { removeEventListener("message", receive); model.off("change:leaves", send); };
};
export default { render };
