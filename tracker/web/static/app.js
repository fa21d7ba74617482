/* Keys. Everything works without this file. */
(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const stops = () => all(".entry .head a, .piece.changed, .hit .meta:last-child a:first-child, tbody th[scope=row] > a")
    .filter((each) => !each.closest("details:not([open])"));
  let at = -1;

  const step = (by) => {
    const found = stops();
    if (!found.length) return;
    at = Math.min(Math.max(at + by, 0), found.length - 1);
    const to = found[at];
    all(".at").forEach((each) => each.classList.remove("at"));
    to.classList.add("at");
    if (to.matches("a")) to.focus({ preventScroll: true });
    else if (to.id) history.replaceState(null, "", "#" + to.id);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    to.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  };
  const go = (rel) => {
    const link = document.querySelector(`link[rel="${rel}"]`);
    if (link) location.href = link.href;
  };
  const dialog = document.getElementById("keys");
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    "[": () => go("prev"),
    "]": () => go("next"),
    "/": () => { const find = document.querySelector("main input[name=q]") || document.getElementById("find"); if (find) find.focus(); },
    "?": () => { if (dialog && !dialog.open) dialog.showModal(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, [contenteditable]") || (dialog && dialog.open)) return;
    if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
  });
})();
