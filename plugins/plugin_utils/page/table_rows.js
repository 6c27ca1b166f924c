/* Copyright (c) 2026, the officefleet.activation contributors
   SPDX-License-Identifier: GPL-3.0-or-later */
"use strict";

/* The rows of one table, without the page: what matches, in which order, and as CSV. A column is a list of its distinct
   values and, for each row, the place of its value in that list, so that each value is compared once. */

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compareText(a, b) {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

function compareNumber(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return compareText(a, b);
}

function compareDate(a, b) {
  /* All are in UTC and begin with the year, so they sort as text; what is no date comes after them. */
  const isDate = (value) => /^\d{4}-\d\d-\d\d/.test(value);
  return isDate(b) - isDate(a) || compareText(String(a), String(b));
}

const compareBy = {
  text: (a, b) => compareText(String(a), String(b)),
  number: compareNumber,
  date: compareDate,
};

function csvCell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  /* A spreadsheet takes text that begins like this for a formula. */
  const text = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

class TableRows {
  constructor(data) {
    this.columns = data.columns;
    this.length = data.length;
    this.values = data.values;
    this.at = data.at;
    this.lowered = [];
    this.ranks = [];
  }

  cell(row, column) {
    return this.values[column][this.at[column][row]];
  }

  /* The places of the columns that name hosts. */
  hostColumns() {
    return this.columns.flatMap((column, place) => (["host", "hosts"].includes(column.key) ? [place] : []));
  }

  lower(column) {
    this.lowered[column] ??= this.values[column].map((value) => (value === null ? "" : String(value).toLowerCase()));
    return this.lowered[column];
  }

  /* The rows of which one of these columns contains the text. */
  containing(rows, columns, text) {
    const hits = columns.map((column) => this.lower(column).map((value) => value.includes(text)));
    return rows.filter((row) => columns.some((column, index) => hits[index][this.at[column][row]]));
  }

  /* The rows that hold every word somewhere, the chosen value in each chosen column, and the text in a host's name. */
  matching({ words, chosen, host }) {
    let rows = Array.from({ length: this.length }, (_, row) => row);
    for (const [column, place] of chosen) rows = rows.filter((row) => this.at[column][row] === place);
    const hostColumns = this.hostColumns();
    if (host && hostColumns.length) rows = this.containing(rows, hostColumns, host);
    const everywhere = [...this.columns.keys()];
    for (const word of words) rows = this.containing(rows, everywhere, word);
    return rows;
  }

  /* For each distinct value its rank, equal for values that sort alike. */
  rank(column) {
    if (!this.ranks[column]) {
      const values = this.values[column];
      const compare = compareBy[this.columns[column].kind] ?? compareBy.text;
      const order = [...values.keys()].filter((place) => values[place] !== null);
      order.sort((a, b) => compare(values[a], values[b]));
      const ranks = new Array(values.length).fill(null);
      order.forEach((place, index) => {
        const same = index > 0 && compare(values[order[index - 1]], values[place]) === 0;
        ranks[place] = same ? ranks[order[index - 1]] : index;
      });
      this.ranks[column] = ranks;
    }
    return this.ranks[column];
  }

  /* The rows in the order of a column; empty cells come last in both directions. */
  sorted(rows, column, descending) {
    const ranks = this.rank(column);
    const at = this.at[column];
    const sign = descending ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [first, second] = [ranks[at[a]], ranks[at[b]]];
      if (first === null || second === null) return (first === null) - (second === null) || a - b;
      return sign * (first - second) || a - b;
    });
  }

  csv(rows) {
    const header = this.columns.map((column) => csvCell(column.title)).join(",");
    const lines = rows.map((row) => this.columns.map((_, column) => csvCell(this.cell(row, column))).join(","));
    return [header, ...lines, ""].join("\r\n");
  }
}
