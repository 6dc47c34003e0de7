// SPDX-License-Identifier: GPL-2.0-or-later
// Sorts and filters the table of cells. Without it the page is complete, in its own order.
"use strict";
(() => {
	const $ = (id) => document.getElementById(id);
	const table = $("cells");

	if (!table)
		return;
	const body = table.tBodies[0];
	const rows = [...body.rows].map((row, order) => ({
		row,
		order,
		text: `${row.cells[0].textContent} ${row.dataset.v}`.toLowerCase(),
		verdict: row.dataset.v,
		detail: $(row.dataset.c),
	}));

	/* A cell sorts by its data-k, or by its text; numbers as numbers, what is none last. */
	function key(entry, column) {
		const cell = entry.row.cells[column];
		const text = cell.dataset.k ?? cell.textContent.trim();
		const number = Number(text);

		return text !== "" && !Number.isNaN(number) ? number : text;
	}

	function compare(a, b) {
		if (typeof a === "number" && typeof b === "number")
			return a - b;
		if (typeof a !== typeof b)
			return typeof a === "number" ? -1 : 1;
		return a.localeCompare(b, undefined, { numeric: true });
	}

	function sort(header) {
		const down = header.getAttribute("aria-sort") === "ascending";
		const sorted = rows.map((entry) => [key(entry, header.cellIndex), entry]);

		for (const other of header.parentNode.cells)
			other.removeAttribute("aria-sort");
		header.setAttribute("aria-sort", down ? "descending" : "ascending");
		sorted.sort(([a, x], [b, y]) => (down ? compare(b, a) : compare(a, b)) || x.order - y.order);
		body.append(...sorted.map(([, entry]) => entry.row));
		for (const [, entry] of sorted)
			if (entry.detail)
				entry.detail.parentNode.append(entry.detail);
	}

	function filter() {
		const words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
		const verdict = $("verdict").value;
		let shown = 0;

		for (const entry of rows) {
			const on = (!verdict || entry.verdict === verdict) &&
				words.every((word) => entry.text.includes(word));

			entry.row.hidden = !on;
			if (entry.detail)
				entry.detail.hidden = !on;
			shown += on;
		}
		$("count").textContent = `${shown} of ${rows.length} shown`;
	}

	function openAll(open) {
		for (const entry of rows)
			if (entry.detail && !entry.detail.hidden)
				entry.detail.open = open;
	}

	/* A link to a cell opens it. */
	function follow() {
		const target = /^#c\d+$/.test(location.hash) && $(location.hash.slice(1));

		if (target) {
			target.hidden = false;
			target.open = true;
			target.scrollIntoView();
		}
	}

	for (const button of table.tHead.querySelectorAll("button"))
		button.addEventListener("click", () => sort(button.parentNode));
	$("words").addEventListener("input", filter);
	$("verdict").addEventListener("change", filter);
	$("open").addEventListener("click", () => openAll(true));
	$("close").addEventListener("click", () => openAll(false));
	addEventListener("hashchange", follow);
	/* Paper has no way to open what is closed; hundreds of pages nobody wants. */
	addEventListener("beforeprint", () => rows.length <= 40 && openAll(true));
	document.querySelectorAll(".tools").forEach((tools) => { tools.hidden = false; });
	filter();
	follow();
})();
