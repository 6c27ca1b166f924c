/* Copyright (c) 2026, the officefleet.activation contributors
   SPDX-License-Identifier: GPL-3.0-or-later */

/* One table on the page: its controls, and one page of its rows at a time. Cells are written as text, never as HTML. */

const PAGE_SIZES = [25, 100, 500];
const PRINTED_ROWS = 100;

const grouped = new Intl.NumberFormat("en");
const countRows = (count) => grouped.format(count) + (count === 1 ? " row" : " rows");

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makeButton(label, onClick, attributes = {}) {
  const button = make("button", { type: "button", ...attributes }, label);
  /* A button that cannot be used keeps the focus, so that the keyboard does not lose its place. */
  button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && onClick());
  return button;
}

function download(name, text) {
  /* The byte order mark tells Excel that the file is UTF-8. */
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

class TableView {
  constructor(section, data, announce) {
    this.section = section;
    this.rows = new TableRows(data);
    this.key = data.key;
    this.title = data.title;
    this.problem = data.problem;
    this.announce = announce;
    this.chosen = new Map();
    this.words = [];
    this.host = "";
    this.sort = { column: null, descending: false };
    this.page = 0;
    this.pageSize = PAGE_SIZES[0];
    this.body = section.querySelector("tbody");
    this.position = section.querySelector(".position");
    this.addControls();
    this.addSortButtons();
    this.addPages();
    this.select();
  }

  addControls() {
    this.text = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    this.text.addEventListener("input", () => this.changed());
    this.choices = this.rows.columns.flatMap((column, place) => (column.choices ? [this.makeChoice(column, place)] : []));
    this.clear = makeButton("Clear filters", () => this.reset());
    const labels = this.choices.map(({ column, select }) => make("label", {}, make("span", {}, column.title), select));
    const csv = makeButton("Download CSV", () => {
      download(`${document.body.dataset.report}-${this.key}.csv`, this.rows.csv(this.found));
    });
    const filter = make("label", { class: "grow" }, make("span", {}, "Filter rows"), this.text);
    const controls = make("div", { class: "controls", role: "group", "aria-label": `Filters of ${this.title}` });
    controls.append(filter, ...labels, this.clear, csv);
    this.section.querySelector(".scroll").before(controls);
  }

  /* A list of the values that a column holds, each with its number of rows. */
  makeChoice(column, place) {
    const values = this.rows.values[place];
    const counts = new Array(values.length).fill(0);
    for (const index of this.rows.at[place]) counts[index] += 1;
    const order = [...values.keys()].sort((a, b) => {
      if (values[a] === null || values[b] === null) return (values[a] === null) - (values[b] === null);
      return (compareBy[column.kind] ?? compareBy.text)(values[a], values[b]);
    });
    const options = order.map((index) => {
      return make("option", { value: index }, `${values[index] ?? "(none)"} (${grouped.format(counts[index])})`);
    });
    const select = make("select", {}, make("option", { value: "" }, "All"), ...options);
    select.addEventListener("change", () => this.changed());
    return { column, place, select };
  }

  addSortButtons() {
    this.headers = [...this.section.querySelectorAll("thead th")];
    this.headers.forEach((header, place) => {
      const button = makeButton(header.textContent, () => this.sortBy(place));
      header.setAttribute("aria-sort", "none");
      header.replaceChildren(button);
    });
  }

  addPages() {
    this.previous = makeButton("Previous", () => this.turn(this.page - 1));
    this.next = makeButton("Next", () => this.turn(this.page + 1));
    this.pageNumber = make("span");
    const sizes = PAGE_SIZES.map((size) => make("option", { value: size }, String(size)));
    const size = make("select", {}, ...sizes);
    size.addEventListener("change", () => {
      this.pageSize = Number(size.value);
      this.turn(0);
    });
    const perPage = make("label", { class: "per-page" }, make("span", {}, "Rows a page"), size);
    const pages = make("nav", { class: "pages", "aria-label": `Pages of ${this.title}` });
    pages.append(this.previous, this.pageNumber, this.next, perPage);
    pages.hidden = this.rows.length <= PAGE_SIZES[0];
    const foot = make("div", { class: "foot" });
    this.position.replaceWith(foot);
    foot.append(this.position, pages);
  }

  /* Another column goes up first, then down, then back to the order of the report. */
  sortBy(column) {
    const again = this.sort.column === column;
    if (again && this.sort.descending) this.sort = { column: null, descending: false };
    else this.sort = { column, descending: again };
    this.headers.forEach((header, place) => {
      const direction = this.sort.descending ? "descending" : "ascending";
      header.setAttribute("aria-sort", place === this.sort.column ? direction : "none");
    });
    this.select();
  }

  reset() {
    this.text.value = "";
    for (const { select } of this.choices) select.value = "";
    this.changed();
    this.text.focus();
  }

  changed() {
    this.words = this.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const used = this.choices.filter(({ select }) => select.value !== "");
    this.chosen = new Map(used.map(({ place, select }) => [place, Number(select.value)]));
    this.select();
    this.announce(`${this.title}: ${this.countText()}`);
  }

  showHost(host) {
    if (!this.rows.hostColumns().length) return false;
    this.host = host;
    this.select();
    return true;
  }

  /* Find and sort the rows anew, and show the first page of them. */
  select() {
    const found = this.rows.matching(this);
    const { column, descending } = this.sort;
    this.found = column === null ? found : this.rows.sorted(found, column, descending);
    const filtered = this.words.length > 0 || this.chosen.size > 0;
    this.clear.setAttribute("aria-disabled", String(!filtered));
    this.filtered = filtered || this.host !== "";
    const all = grouped.format(this.rows.length);
    const counter = document.querySelector(`nav a[href="#${this.section.id}"] .rows`);
    counter.textContent = this.filtered ? `${grouped.format(this.found.length)} of ${all}` : all;
    this.section.querySelector("summary .rows").textContent = this.countText();
    this.turn(0);
  }

  countText() {
    const all = countRows(this.rows.length);
    return this.filtered ? `${grouped.format(this.found.length)} of ${all}` : all;
  }

  turn(page) {
    const pages = Math.max(1, Math.ceil(this.found.length / this.pageSize));
    this.page = page;
    const first = this.page * this.pageSize;
    this.show(this.found.slice(first, first + this.pageSize), first);
    this.pageNumber.textContent = `Page ${grouped.format(this.page + 1)} of ${grouped.format(pages)}`;
    this.previous.setAttribute("aria-disabled", String(this.page === 0));
    this.next.setAttribute("aria-disabled", String(this.page === pages - 1));
  }

  show(rows, first) {
    this.body.replaceChildren(...rows.map((row) => this.makeRow(row)));
    this.position.textContent = this.positionText(first, rows.length);
  }

  positionText(first, shown) {
    const found = this.found.length;
    if (!found) return "No row matches.";
    if (shown === found) return this.filtered ? "All rows that match are shown." : "All rows are shown.";
    const of = countRows(found) + (this.filtered ? " that match" : "");
    return `${grouped.format(first + 1)} to ${grouped.format(first + shown)} of ${of}.`;
  }

  makeRow(row) {
    const cells = this.rows.columns.map((column, place) => {
      const cell = document.createElement(place === 0 ? "th" : "td");
      if (place === 0) cell.scope = "row";
      cell.className = this.headers[place].className;
      const value = this.rows.cell(row, place);
      cell.textContent = value === null ? "" : value;
      return cell;
    });
    return make("tr", {}, ...cells);
  }

  /* On paper nobody turns pages: all problems, the first rows of everything else, and a word on what is missing. */
  printOut() {
    this.show(this.problem ? this.found : this.found.slice(0, PRINTED_ROWS), 0);
    const missing = !this.problem && this.found.length > PRINTED_ROWS;
    if (missing) this.position.append(" Download the CSV of this table for the others.");
  }
}
