"use strict";
(() => {
  const root = document.documentElement;
  const source = document.getElementById("source");
  const text = document.getElementById("text");
  const why = document.getElementById("why");
  const NAMES = { k: "kept", o: "moved", m: "markup", d: "dropped", r: "repaired", f: "flagged" };
  const VIEW = 0.3; // How far down a pane a passage is put that was out of sight.
  const PATIENCE = 150; // Milliseconds that a pointer rests before the other pane follows it.

  // Number of a construct → its elements; made when something is first pointed at.
  let elements = null;
  const index = () => {
    if (elements) return elements;
    elements = new Map();
    for (const one of document.querySelectorAll(".pane [data-g]")) {
      const number = +one.dataset.g;
      const known = elements.get(number);
      if (known) known.push(one);
      else elements.set(number, [one]);
    }
    return elements;
  };

  let lit = [];
  let current = 0;
  const light = (number) => {
    if (number === current) return;
    for (const one of lit) one.classList.remove("lit", "in");
    current = number;
    lit = [];
    if (!number) return;
    const found = index();
    const last = +(document.getElementById("s" + number)?.dataset.n ?? number);
    for (let inner = number; inner <= last; inner++) {
      for (const one of found.get(inner) ?? []) {
        one.classList.add(inner === number ? "lit" : "in");
        lit.push(one);
      }
    }
    say(number);
  };

  const kindOf = (element) => [...element.classList].find((name) => name in NAMES);
  const say = (number) => {
    const entry = document.getElementById("r" + number);
    if (entry) {
      const parts = [entry.closest("details").dataset.name];
      if (entry.cells) for (const cell of entry.cells) parts.push(cell.textContent);
      else parts.push(entry.closest("details").querySelector("summary").lastChild.textContent.trim(), entry.textContent);
      why.textContent = parts.filter(Boolean).join(" · ");
      return;
    }
    const passage = lit.find((one) => source.contains(one) && kindOf(one));
    // Of a note that is its text, not its mark.
    const [box] = lit
      .filter((one) => text.contains(one))
      .sort((a, b) => b.textContent.length - a.textContent.length);
    why.textContent = [
      passage ? NAMES[kindOf(passage)] : "record",
      (box ?? passage)?.textContent.trim().slice(0, 300),
    ].filter(Boolean).join(" · ");
  };

  // Scrolls a pane, and nothing around it, so that an element is in sight.
  const show = (pane, element) => {
    const frame = pane.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (box.top >= frame.top && box.bottom <= frame.bottom) return;
    pane.scrollTop += box.top - frame.top - frame.height * VIEW;
  };
  const showIn = (pane) => {
    const element = lit.find((one) => pane.contains(one));
    if (element) show(pane, element);
  };

  let waiting = 0;
  const point = (event) => {
    const element = event.target.closest?.(".pane [data-g]");
    clearTimeout(waiting);
    if (!element) return;
    light(+element.dataset.g);
    const other = source.contains(element) ? text : source;
    waiting = setTimeout(() => showIn(other), event.type === "click" ? 0 : PATIENCE);
  };
  document.addEventListener("pointerover", point);
  document.addEventListener("click", point);

  const goTo = (number) => {
    light(number);
    showIn(source);
    showIn(text);
  };
  const follow = (place) => {
    const match = /^#s(\d+)$/.exec(place);
    if (!match) return;
    document.querySelector(".screen").scrollIntoView();
    goTo(+match[1]);
  };
  addEventListener("hashchange", () => follow(location.hash));
  // The same place may be asked for twice; then the address does not change. In a frame of a
  // notebook it is the notebook's address, which must not.
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href^='#s']");
    if (!anchor) return;
    event.preventDefault();
    const place = anchor.getAttribute("href");
    if (location.protocol === "about:" || place === location.hash) follow(place);
    else location.hash = place;
  });

  const filters = document.getElementById("filters");
  const filter = () => {
    for (const box of filters.querySelectorAll("input")) {
      root.classList.toggle("off-" + box.value, !box.checked);
    }
  };
  filters.addEventListener("change", filter);
  filter();

  // Steps go to what was changed (n, p), or to every passage (j, k), of the kinds that are on.
  const step = (by, selector) => {
    const all = [...source.querySelectorAll(selector)];
    const from = source.querySelector(".lit");
    let at = by > 0 ? 0 : all.length - 1;
    if (from) {
      const place = all.findIndex((one) => one === from || from.compareDocumentPosition(one) & 4);
      if (place < 0) at = by > 0 ? all.length : all.length - 1;
      else at = by > 0 && all[place] !== from ? place : place + by;
    }
    for (; at >= 0 && at < all.length; at += by) {
      const number = +all[at].dataset.g;
      if (number === current || root.classList.contains("off-" + kindOf(all[at]))) continue;
      light(number);
      show(source, all[at]);
      showIn(text);
      return;
    }
    why.textContent = by > 0 ? "There is none after this." : "There is none before this.";
  };
  const CHANGED = ".d, .r, .f";
  document.getElementById("on").addEventListener("click", () => step(1, CHANGED));
  document.getElementById("back").addEventListener("click", () => step(-1, CHANGED));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") step(1, CHANGED);
    else if (event.key === "p") step(-1, CHANGED);
    else if (event.key === "j") step(1, "[data-g]");
    else if (event.key === "k") step(-1, "[data-g]");
    else if (event.key === "Escape") light(0);
  });
  follow(location.hash);
})();
