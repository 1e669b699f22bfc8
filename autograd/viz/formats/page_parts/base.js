"use strict";
// The page of a picture: pan and zoom, search, one box's numbers, the paths to it, and the backward pass step by step.
const data = JSON.parse(document.getElementById("data").textContent);
const svg = document.querySelector("main svg");
const byId = (id) => document.getElementById(id);
const boxes = [...svg.querySelectorAll("[data-box]")];
const links = [...svg.querySelectorAll("[data-link]")];

const element = (tag, text, parent) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
};
