/* Copyright (c) 2026, the officefleet.activation contributors
   SPDX-License-Identifier: GPL-3.0-or-later */

/* The page around the tables: one host name for all of them, links into closed tables, printing. */

/* Tell people who do not see the page what changed, once they have stopped typing. */
function makeAnnounce() {
  const region = document.getElementById("announcement");
  let timer;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (region.textContent = text), 400);
  };
}

function addHostSearch(views, announce) {
  const search = document.getElementById("host-search");
  if (!views.some((view) => view.rows.hostColumns().length)) return;
  const input = make("input", { type: "search", id: "host-name", autocomplete: "off", spellcheck: "false" });
  input.addEventListener("input", () => {
    const host = input.value.trim().toLowerCase();
    const shown = views.filter((view) => view.showHost(host));
    announce(shown.map((view) => `${view.title}: ${view.countText()}`).join(". "));
  });
  search.append(make("label", {}, make("span", {}, "Host name"), input));
  search.hidden = false;
}

/* A link leads into a table, which may be closed. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.querySelector("details");
  if (!details || details.open) return;
  details.open = true;
  target.scrollIntoView();
}

function addPrinting(views) {
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
    for (const view of views) view.printOut();
  });
  window.addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
    for (const view of views) view.turn(view.page);
  });
}

function start() {
  const announce = makeAnnounce();
  const data = [...document.querySelectorAll("section.table script")];
  const views = data.map((script) => {
    return new TableView(script.closest("section"), JSON.parse(script.textContent), announce);
  });
  if (views.length) addHostSearch(views, announce);
  addPrinting(views);
  window.addEventListener("hashchange", openTarget);
  /* A second click on the same link changes no address. */
  document.querySelector(".bar nav")?.addEventListener("click", () => setTimeout(openTarget));
  openTarget();
}

start();
