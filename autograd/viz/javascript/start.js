// A browser may save a page as it has become. So the page keeps a copy of what it was, and begins with that when it is opened again.
const beginAnew = (...selectors) => {
  const kept = document.getElementById("start"), start = kept || document.createElement("template");
  for (const selector of selectors) {
    const part = document.querySelector(`body > ${selector}`);
    if (kept) part.replaceWith(start.content.querySelector(selector).cloneNode(true)); else start.content.append(part.cloneNode(true));
  }
  if (!kept) { start.id = "start"; document.body.prepend(start); }
};
