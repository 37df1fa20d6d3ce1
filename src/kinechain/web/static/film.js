// Film and curves together: a line in each curve stands where the film is, and a touch of a curve moves the film.
"use strict";
const facts = JSON.parse(document.getElementById("film-facts").textContent);
const film = document.querySelector(".film video"), output = document.querySelector(".scrub output");
const LEFT = 38, RIGHT = 338, TOP = 24, BOTTOM = 190; // of the drawings, as the report makes them
const COLOUR = { left: "#0072B2", right: "#D55E00" };
const contacts = { left: [], right: [] };
for (const event of facts.events) if (event.kind === "initial_contact") contacts[event.side].push(event.time_s);
for (const side in contacts) contacts[side].sort((a, b) => a - b);

// Times of the assessment are those of the runner; the film may run slower.
const toFilm = (time) => time * facts.time_scale, toRunner = (time) => time / facts.time_scale;

function share(side, time) {
  const times = contacts[side], next = times.findIndex((one) => one > time);
  if (next < 1) return null;
  return (time - times[next - 1]) / (times[next] - times[next - 1]);
}

const lines = [];
for (const chart of document.querySelectorAll(".film svg.chart")) {
  for (const side of ["left", "right"]) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("y1", TOP); line.setAttribute("y2", BOTTOM);
    line.setAttribute("stroke", COLOUR[side]); line.setAttribute("stroke-width", 2);
    if (side === "right") line.setAttribute("stroke-dasharray", "5 3");
    chart.append(line);
    lines.push({ side, line });
  }
  chart.style.cursor = "pointer";
  chart.addEventListener("click", (event) => {
    const box = chart.getBoundingClientRect(), x = (event.clientX - box.left) * 360 / box.width;
    const part = Math.min(1, Math.max(0, (x - LEFT) / (RIGHT - LEFT))), time = toRunner(film.currentTime);
    const side = share("left", time) !== null ? "left" : "right", times = contacts[side];
    const start = Math.max(0, times.findIndex((one) => one > time) - 1);
    if (times.length > start + 1) film.currentTime = toFilm(times[start] + part * (times[start + 1] - times[start]));
  });
}

function show() {
  const time = toRunner(film.currentTime);
  output.textContent = `${time.toFixed(2)} s`;
  for (const { side, line } of lines) {
    const part = share(side, time);
    line.style.display = part === null ? "none" : "";
    if (part === null) continue;
    line.setAttribute("x1", LEFT + part * (RIGHT - LEFT));
    line.setAttribute("x2", LEFT + part * (RIGHT - LEFT));
  }
}

function follow() { show(); if (!film.paused) requestAnimationFrame(follow); }
film.addEventListener("play", follow);
for (const name of ["seeked", "timeupdate", "loadedmetadata"]) film.addEventListener(name, show);
for (const button of document.querySelectorAll(".scrub button")) {
  button.addEventListener("click", () => {
    film.pause();
    film.currentTime = Math.max(0, film.currentTime + Number(button.dataset.step) * facts.time_scale / facts.fps);
  });
}

const chosen = document.getElementById("event");
if (chosen) {
  const form = chosen.form, names = {};
  for (const option of form.elements.kind.options) names[option.value] = option.textContent;
  for (const option of form.elements.side.options) names[option.value] = option.textContent;
  chosen.append(new Option("+", ""));
  for (const event of facts.events)
    chosen.append(new Option(`${event.time_s.toFixed(3)} s ${names[event.side]} ${names[event.kind]}`, JSON.stringify(event)));
  chosen.addEventListener("change", () => {
    const event = chosen.value ? JSON.parse(chosen.value) : null;
    form.elements.found_s.value = event ? event.time_s : "";
    form.elements.found_side.value = event ? event.side : "";
    if (!event) return;
    form.elements.side.value = event.side;
    form.elements.kind.value = event.kind;
    film.pause();
    film.currentTime = toFilm(event.time_s) + 1e-4;
  });
  document.getElementById("here").addEventListener("click", () => {
    form.elements.time_s.value = toRunner(film.currentTime).toFixed(4);
  });
}
show();
