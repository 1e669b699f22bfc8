// Search
let hits = [], hit = -1;
byId("search").oninput = (event) => {
  const wanted = event.target.value.toLowerCase();
  hits = wanted ? data.boxes.map((box, k) => k).filter((k) => `#${k} ${data.boxes[k].title} ${data.boxes[k].words}`.toLowerCase().includes(wanted)) : [];
  hit = -1;
  boxes.forEach((box, k) => box.classList.toggle("found", hits.includes(k)));
  refresh();
  byId("hits").textContent = wanted ? `${hits.length} found` : "";
};
byId("search").onkeydown = (event) => {
  if (event.key === "Enter" && hits.length) {
    hit = (hit + 1) % hits.length;
    choose(hits[hit]);
    centre(hits[hit]);
  }
};
