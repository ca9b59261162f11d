
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const report = JSON.parse(byId("rows").textContent);
  const SECTIONS = 20; // that are listed
  const OVER = 12; // rows beyond either edge of what is seen
  const SEEK_S = 2, FAR_S = 0.12, NEAR_S = 0.004, CATCH_UP = 0.06, CHECK_MS = 200;
  const rows = report.rows;
  let word = 0; // which of report.words the table and the chart tell of

  // ------------------------------------------------------------------------------------------------------- numbers

  const minus = (text) => text.replace("-", "−");
  const fixed = (value, digits = 1) => minus(value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1"));
  const signed = (value, digits = 1) => (Number(value.toFixed(digits)) > 0 ? "+" : "") + fixed(value, digits);
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  // As the program says it: no sound is beyond all others, or behind them.
  const percent = (share) => Math.min(99, Math.floor(Math.round(1000 * share) / 10));
  const isDistance = () => report.words.length > 0 && report.words[word].isDistance;
  const place = (value) => (value == null ? "" : isDistance() ? `${fixed(value)} dB` : `${percent(value)}%`);
  const before = (row) => (row.w[word] ? row.w[word][0] : null);
  const after = (row) => (row.w[word] ? row.w[word][1] : null);
  const moved = (row) => (row.w[word] ? row.w[word][1] - row.w[word][0] : null);
  const movedText = (row) => {
    const by = moved(row);
    return by == null ? "" : isDistance() ? `${signed(by)} dB` : signed(percent(after(row)) - percent(before(row)), 0);
  };
  const saidOf = (row) => [row.e, row.y, row.r, row.k ? `${row.k} note${row.k > 1 ? "s" : ""}` : ""].filter(Boolean).join("; ");
  const median = (values) => {
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  };

  // --------------------------------------------------------------------------------------------------- the columns

  const COLUMNS = [
    { id: "name", title: "File", value: (row) => row.n, text: (row) => row.n },
    { id: "before", title: "Before", number: true, value: before, text: (row) => place(before(row)) },
    { id: "after", title: "After", number: true, value: after, text: (row) => (row.s === "failed" ? "failed" : row.s === "skipped" ? "skipped" : place(after(row))) },
    { id: "change", title: "Change", number: true, value: moved, text: movedText },
    { id: "does", title: "EQ", value: (row) => row.x || "", text: (row) => row.x || "" },
    { id: "most", title: "Most dB", number: true, value: (row) => row.m, text: (row) => (row.m == null ? "" : fixed(row.m)) },
    { id: "trim", title: "Trim dB", number: true, value: (row) => row.t, text: (row) => (row.t == null ? "" : signed(row.t)) },
    { id: "held", title: "Held back by", value: (row) => row.h || "", text: (row) => row.h || "" },
    { id: "note", title: "Notes", value: (row) => saidOf(row), text: saidOf },
  ];
  const ODD = { id: "odd", title: "What stands out", value: (row) => row.o || 0, down: true };
  const SORTS = [ODD, ...COLUMNS.filter((column) => column.id !== "note")];
  const used = COLUMNS.filter((column) => column.id === "name" || rows.some((row) => column.text(row) !== ""));
  const SHOWS = {
    all: ["all", () => true],
    odd: ["that stand out", (row) => row.o > 0],
    failed: ["failed", (row) => row.s === "failed"],
    skipped: ["skipped", (row) => row.s === "skipped"],
    held: ["held back by a limit", (row) => !!row.h],
    noted: ["with notes", (row) => row.k > 0],
  };

  // ----------------------------------------------------------------------------------------------------- the table

  const haystacks = rows.map((row) => [row.n, row.s, row.x, row.h, row.e, row.y, row.r].filter(Boolean).join("\n").toLowerCase());
  const order = { by: ODD, isDown: true };
  let shown = [];
  let active = 0; // the place in `shown` that the keyboard is at
  let open = -1; // the number of the file that is open
  let rowHeight = 0;
  const body = byId("body"), scroll = byId("scroll");
  const pool = [];
  const gaps = [0, 1].map(() => {
    const gap = document.createElement("tr");
    gap.className = "gap";
    gap.setAttribute("aria-hidden", "true");
    gap.append(document.createElement("td"));
    return gap;
  });

  const makeRow = () => {
    const tr = document.createElement("tr");
    tr.setAttribute("role", "row");
    for (const column of used) {
      const td = document.createElement("td");
      td.setAttribute("role", "gridcell");
      td.className = `c-${column.id}${column.number ? " number" : ""}${column.id === "name" ? " name" : ""}`;
      tr.append(td);
    }
    return tr;
  };

  const fill = (tr, at) => {
    const number = shown[at], row = rows[number];
    tr.dataset.at = at;
    tr.dataset.status = row.s;
    tr.setAttribute("aria-rowindex", at + 2);
    tr.setAttribute("aria-selected", String(number === open));
    tr.tabIndex = at === active ? 0 : -1;
    used.forEach((column, cell) => {
      const td = tr.children[cell], text = column.text(row);
      if (td.title !== text) {
        td.textContent = text;
        td.title = text;
      }
      td.classList.toggle("bad", row.s === "failed" && (column.id === "after" || column.id === "note"));
    });
  };

  const draw = () => {
    if (!rowHeight) {
      body.replaceChildren(makeRow());
      if (shown.length) fill(body.firstChild, 0);
      rowHeight = body.firstChild.getBoundingClientRect().height || 42;
      body.replaceChildren(gaps[0], gaps[1]);
      pool.length = 0;
    }
    const first = Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - OVER);
    const last = Math.min(shown.length, Math.ceil((scroll.scrollTop + scroll.clientHeight) / rowHeight) + OVER);
    const count = Math.max(0, last - first);
    while (pool.length < count) {
      const tr = makeRow();
      pool.push(tr);
      body.insertBefore(tr, gaps[1]);
    }
    pool.forEach((tr, at) => {
      tr.hidden = at >= count;
      if (at < count) fill(tr, first + at);
    });
    gaps[0].firstChild.style.height = `${first * rowHeight}px`;
    gaps[1].firstChild.style.height = `${Math.max(0, shown.length - last) * rowHeight}px`;
  };

  const rowAt = (at) => pool.find((tr) => !tr.hidden && Number(tr.dataset.at) === at);

  const compare = (a, b) => {
    const x = order.by.value(rows[a]), y = order.by.value(rows[b]);
    if (x == null || y == null || x === "" || y === "") { // what is not known comes last, either way
      const gone = Number(x == null || x === "") - Number(y == null || y === "");
      if (gone) return gone;
    }
    const way = typeof x === "string" ? names.compare(x, y) : x - y;
    return (order.isDown ? -way : way) || names.compare(rows[a].n, rows[b].n);
  };
  const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  let sorted = rows.map((_, number) => number);

  const sort = () => {
    sorted.sort(compare);
    for (const th of byId("head").children) {
      const isBy = th.dataset.id === order.by.id;
      th.setAttribute("aria-sort", isBy ? (order.isDown ? "descending" : "ascending") : "none");
      th.firstChild.textContent = th.dataset.title + (isBy ? (order.isDown ? " ↓" : " ↑") : "");
    }
    byId("sort").value = order.by.id;
    filter();
  };

  const filter = () => {
    const wanted = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = SHOWS[byId("show").value][1];
    const kept = shown[active];
    shown = sorted.filter((number) => fits(rows[number]) && wanted.every((text) => haystacks[number].includes(text)));
    active = Math.max(0, shown.indexOf(kept));
    byId("count").textContent = shown.length === rows.length
      ? `${rows.length.toLocaleString()} files` : `${shown.length.toLocaleString()} of ${rows.length.toLocaleString()} files`;
    byId("table").setAttribute("aria-rowcount", shown.length + 1);
    byId("none").hidden = shown.length > 0;
    scroll.scrollTop = 0;
    draw();
  };

  const reveal = (at) => {
    const head = byId("head").offsetHeight;
    const top = at * rowHeight, room = scroll.clientHeight - head;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (top + rowHeight > scroll.scrollTop + room) scroll.scrollTop = top + rowHeight - room;
  };

  const move = (at) => {
    active = Math.max(0, Math.min(shown.length - 1, at));
    reveal(active);
    draw();
    const tr = rowAt(active);
    if (tr) tr.focus({ preventScroll: true });
  };

  const setSort = (column) => {
    order.isDown = order.by === column ? !order.isDown : !!(column.number || column.down);
    order.by = column;
    sort();
  };

  const setUpTable = () => {
    for (const column of used) {
      const th = document.createElement("th"), button = document.createElement("button");
      th.setAttribute("role", "columnheader");
      th.scope = "col";
      th.dataset.id = column.id;
      th.dataset.title = column.title;
      th.className = `c-${column.id}${column.number ? " number" : ""}`;
      button.type = "button";
      button.addEventListener("click", () => setSort(column));
      th.append(button);
      byId("head").append(th);
    }
    for (const column of SORTS.filter((one) => one === ODD || used.includes(one))) {
      byId("sort").append(new Option(column === ODD ? "what stands out first" : `by ${column.title.toLowerCase()}`, column.id));
    }
    byId("show").replaceChildren();
    for (const [id, [title, fits]] of Object.entries(SHOWS)) {
      const count = rows.filter(fits).length;
      if (count || id === "all") byId("show").append(new Option(id === "all" ? "all files" : `${title} (${count})`, id));
    }
    byId("sort").addEventListener("change", () => {
      order.by = SORTS.find((column) => column.id === byId("sort").value);
      order.isDown = !!(order.by.number || order.by.down);
      sort();
    });
    byId("show").addEventListener("change", filter);
    byId("filter").addEventListener("input", filter);
    scroll.addEventListener("scroll", draw, { passive: true });
    body.addEventListener("click", (event) => {
      const tr = event.target.closest("tr[data-at]");
      if (!tr) return;
      active = Number(tr.dataset.at);
      show(shown[active]);
    });
    body.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("tr[data-at]")) return;
      const page = Math.max(1, Math.floor(scroll.clientHeight / rowHeight) - 2);
      const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: shown.length - 1 }[event.key];
      if (event.key === "Enter") show(shown[active]);
      else if (to !== undefined) move(to);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  };

  // --------------------------------------------------------------------------------------------------- the drawings

  const svgElement = (name, attributes = {}, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  };

  class Chart {
    constructor(holder, height, label, { left = 40, right = 10, top = 10, bottom = 24 } = {}) {
      this.width = Math.max(240, holder.clientWidth || 600);
      Object.assign(this, { height, left, right: this.width - right, top, bottom: height - bottom });
      this.svg = svgElement("svg", { viewBox: `0 0 ${this.width} ${height}`, height, role: "img", "aria-label": label });
      holder.replaceChildren(this.svg);
    }

    add(name, attributes, text) {
      const element = svgElement(name, attributes, text);
      this.svg.append(element);
      return element;
    }

    scaleX(from, to, isLog) {
      const map = isLog ? Math.log : (value) => value;
      this.x = (value) => this.left + ((map(value) - map(from)) / (map(to) - map(from))) * (this.right - this.left);
    }

    scaleY(from, to) {
      this.y = (value) => this.bottom - ((value - from) / (to - from)) * (this.bottom - this.top);
    }

    freqs() {
      this.scaleX(20, 20000, true);
      const every = this.right - this.left > 420 ? [20, 50, 100, 200, 500, 1000, 2000, 5000, 20000] : [20, 100, 500, 2000, 20000];
      for (const hz of every) {
        this.add("path", { class: "grid", d: `M${this.x(hz)} ${this.top}V${this.bottom}` });
        const isLast = hz === every[every.length - 1];
        const text = isLast ? `${hz / 1000} kHz` : hz >= 1000 ? `${hz / 1000}k` : String(hz);
        this.add("text", { x: this.x(hz), y: this.bottom + 16, "text-anchor": hz === 20000 ? "end" : "middle" }, text);
      }
    }

    levels(from, to, step, unit) {
      this.scaleY(from, to);
      for (let level = Math.ceil(from / step) * step; level <= to + 1e-9; level += step) {
        this.add("path", { class: "grid", d: `M${this.left} ${this.y(level)}H${this.right}` });
        this.add("text", { x: this.left - 6, y: this.y(level) + 4, "text-anchor": "end" }, fixed(level, 0));
      }
      if (unit) this.add("text", { x: this.left + 4, y: this.top + 12 }, unit);
    }

    // A line with gaps where something isn't known.
    path(xs, ys) {
      let d = "", isOn = false;
      ys.forEach((level, at) => {
        if (level == null) { isOn = false; return; }
        d += `${isOn ? "L" : "M"}${this.x(xs[at]).toFixed(1)} ${this.y(level).toFixed(1)}`;
        isOn = true;
      });
      return d || "M0 0";
    }

    // What lies between two lines where the second is above the first, or below it.
    between(xs, low, high, isAbove) {
      let d = "", stretch = [];
      const close = () => {
        if (stretch.length > 1) {
          const there = stretch.map(([x, , b]) => `${x.toFixed(1)} ${b.toFixed(1)}`);
          const back = stretch.reverse().map(([x, a]) => `${x.toFixed(1)} ${a.toFixed(1)}`);
          d += `M${there.join("L")}L${back.join("L")}Z`;
        }
        stretch = [];
      };
      xs.forEach((x, at) => {
        if (low[at] == null || high[at] == null) { close(); return; }
        const a = low[at], b = isAbove ? Math.max(a, high[at]) : Math.min(a, high[at]);
        stretch.push([this.x(x), this.y(a), this.y(b)]);
      });
      close();
      return d || "M0 0";
    }

    legend(entries) {
      let x = this.right;
      for (const [kind, text] of [...entries].reverse()) {
        const label = this.add("text", { x, y: this.top + 12, "text-anchor": "end" }, text);
        x -= (label.getComputedTextLength ? label.getComputedTextLength() : 7 * text.length) + 6;
        if (kind.startsWith("line")) this.add("path", { class: kind, d: `M${x - 16} ${this.top + 8}H${x}` });
        else this.add("rect", { class: kind, x: x - 14, y: this.top + 2, width: 14, height: 11 });
        x -= 28;
      }
    }
  }

  const drawSpread = () => {
    const known = rows.filter((row) => row.w[word] && row.s !== "failed");
    byId("spread").hidden = known.length < 2;
    byId("odd").hidden = !rows.some((row) => row.o > 0);
    byId("set").hidden = byId("spread").hidden && byId("odd").hidden;
    if (byId("spread").hidden) return;
    const name = report.words[word].name, count = 20;
    const top = isDistance() ? Math.max(1, Math.ceil(Math.max(...known.flatMap((row) => row.w[word])))) : 1;
    const bins = [0, 1].map((side) => {
      const found = Array(count).fill(0);
      for (const row of known) found[Math.max(0, Math.min(count - 1, Math.floor((row.w[word][side] / top) * count)))]++;
      return found;
    });
    const [from, to] = [0, 1].map((side) => median(known.map((row) => row.w[word][side])));
    const said = `${known.length.toLocaleString()} files. Median ${place(from)} before, ${place(to)} after.`;
    byId("spread-title").textContent = isDistance() ? `Distance to ${name}` : report.words.length > 1 ? "Before and after" : `“${name}”, before and after`;
    byId("spread-said").textContent = isDistance() ? said : `${said} 50% is as usual for such sounds.`;
    const chart = new Chart(byId("spread-chart"), 170, `${name}: ${said}`, { left: 34, top: 22 });
    const most = Math.max(1, ...bins.flat());
    chart.scaleX(0, count);
    chart.scaleY(0, most);
    for (const level of most % 2 ? [0, most] : [0, most / 2, most]) {
      chart.add("path", { class: "grid", d: `M${chart.left} ${chart.y(level)}H${chart.right}` });
      chart.add("text", { x: chart.left - 6, y: chart.y(level) + 4, "text-anchor": "end" }, String(level));
    }
    const wide = chart.x(1) - chart.x(0);
    chart.add("text", { x: 0, y: 9 }, "files");
    bins[0].forEach((number, bin) => number && chart.add("rect", { class: "bar-before", x: chart.x(bin) + 1, y: chart.y(number), width: wide - 2, height: chart.bottom - chart.y(number) }));
    bins[1].forEach((number, bin) => number && chart.add("rect", { class: "bar-after", x: chart.x(bin) + wide * 0.28, y: chart.y(number), width: wide * 0.44, height: chart.bottom - chart.y(number) }));
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const text = isDistance() ? `${fixed(share * top)} dB` : `${100 * share}%`;
      chart.add("text", { x: chart.x(share * count), y: chart.bottom + 16, "text-anchor": share === 1 ? "end" : "middle" }, text);
    }
    chart.top -= 20;
    chart.legend([["bar-before", "before"], ["bar-after", "after"]]);
  };

  const drawOdd = () => {
    const odd = rows.map((_, number) => number).filter((number) => rows[number].o > 0);
    odd.sort((a, b) => rows[b].o - rows[a].o || names.compare(rows[a].n, rows[b].n));
    const failed = odd.filter((number) => rows[number].s === "failed"), others = odd.slice(failed.length);
    for (const number of [...failed.slice(0, Math.max(2, 5 - others.length)), ...others].slice(0, 5)) {
      const item = document.createElement("li"), button = document.createElement("button");
      const name = document.createElement("b"), why = document.createElement("span");
      button.type = "button";
      name.textContent = rows[number].n;
      why.textContent = rows[number].e || rows[number].y || "";
      button.append(name, why);
      button.addEventListener("click", () => show(number));
      item.append(button);
      byId("odd-list").append(item);
    }
    if (odd.length > 5) {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.className = "all";
      button.textContent = `All ${odd.length.toLocaleString()} of them`;
      button.addEventListener("click", () => {
        byId("show").value = "odd";
        filter();
        scroll.scrollIntoView({ block: "nearest" });
        move(0);
      });
      item.append(button);
      byId("odd-list").append(item);
    }
  };

  const drawSpectrum = (file) => {
    const holder = byId("spectrum").querySelector(".chart");
    if (!file.spectrum) {
      const why = document.createElement("p");
      why.className = "quiet small";
      why.textContent = rows[open].s === "failed" ? "Nothing was heard." : "The report holds no spectrum of this file.";
      holder.replaceChildren(why);
      return;
    }
    const [a, b] = file.spectrum.map((levels) => levels.map((level) => (level == null ? null : level / 10)));
    const all = [...a, ...b].filter((level) => level != null);
    const label = "Level in third-octaves before and after, in dBFS";
    const chart = new Chart(holder, 230, label, { top: 26 });
    if (!all.length) { chart.add("text", { x: chart.left, y: 60 }, "Silence."); return; }
    const top = Math.ceil((Math.max(...all) + 3) / 10) * 10, low = Math.max(top - 80, Math.floor(Math.min(...all) / 10) * 10);
    chart.freqs();
    chart.levels(low, top, top - low > 50 ? 20 : 10);
    const clipped = [a, b].map((levels) => levels.map((level) => (level == null ? null : Math.max(level, low))));
    chart.add("path", { class: "fill-added", d: chart.between(report.spectrumHz, clipped[0], clipped[1], true) });
    chart.add("path", { class: "fill-taken", d: chart.between(report.spectrumHz, clipped[0], clipped[1], false) });
    chart.add("path", { class: "line-before", d: chart.path(report.spectrumHz, clipped[0]) });
    chart.add("path", { class: "line-after", d: chart.path(report.spectrumHz, clipped[1]) });
    chart.top = 0;
    chart.legend([["line-before", "before"], ["line-after", "after"], ["fill-added", "added"], ["fill-taken", "taken"]]);
    chart.add("text", { x: 0, y: 12 }, "dBFS");
  };

  const drawEq = (file) => {
    byId("eq").hidden = !file.eq;
    byId("bands").textContent = file.bands ? `${file.bands}${file.phase === "linear" ? ", linear phase" : ""}` : "";
    if (!file.eq) return;
    const levels = file.eq.map((level) => level / 100);
    const most = Math.max(...levels.map(Math.abs));
    const range = [3, 6, 9, 12, 18, 24, 48].find((room) => room >= most * 1.05) || Math.ceil(most / 12) * 12;
    const chart = new Chart(byId("eq").querySelector(".chart"), 200, `EQ: ${rows[open].x || "its curve in dB"}`, { top: 26 });
    chart.freqs();
    chart.levels(-range, range, range / 3);
    chart.add("path", { class: "zero", d: `M${chart.left} ${chart.y(0)}H${chart.right}` });
    const zero = levels.map(() => 0);
    chart.add("path", { class: "fill-added", d: chart.between(report.eqHz, zero, levels, true) });
    chart.add("path", { class: "fill-taken", d: chart.between(report.eqHz, zero, levels, false) });
    const legend = [["line-after", file.sections ? "EQ of the whole" : "EQ"]];
    if (file.limit && file.limit <= range) {
      for (const level of [file.limit, -file.limit]) chart.add("path", { class: "bound", d: `M${chart.left} ${chart.y(level)}H${chart.right}` });
      legend.push(["line bound", `limit ±${fixed(file.limit, file.limit % 1 ? 1 : 0)} dB`]);
    }
    chart.add("path", { class: "line-after", d: chart.path(report.eqHz, levels) });
    // Where a limit took most, a mark on the curve; its name beside it, where there is room.
    const taken = [];
    for (const [hz, took, name] of file.limits || []) {
      const at = report.eqHz.reduce((best, f, number) => (Math.abs(Math.log(f / hz)) < Math.abs(Math.log(report.eqHz[best] / hz)) ? number : best), 0);
      const x = chart.x(Math.min(Math.max(hz, 20), 20000)), y = chart.y(levels[at]);
      chart.add("circle", { class: "mark", cx: x, cy: y, r: 4 }).append(svgElement("title", {}, `${name} took ${fixed(took)} dB`));
      const isRight = x > (chart.left + chart.right) / 2;
      let textY = y + (y < chart.y(0) ? -10 : 20);
      while (taken.some((other) => Math.abs(other - textY) < 15)) textY += 15;
      taken.push(textY);
      chart.add("text", { class: "taken", x: x + (isRight ? 6 : -6), y: Math.min(chart.bottom - 4, Math.max(chart.top + 12, textY)), "text-anchor": isRight ? "end" : "start" }, `${name} took ${fixed(took)} dB`);
    }
    chart.top = 0;
    chart.legend(legend);
    chart.add("text", { x: 0, y: 12 }, "dB");
  };

  let playheads = [];
  const drawCourse = (file) => {
    const course = file.course;
    byId("course").hidden = !course;
    playheads = [];
    if (!course) return;
    const height = 84, gap = 26;
    const label = `Percentiles over time of ${course.words.join(", ")}`;
    const holder = byId("course").querySelector(".chart");
    const chart = new Chart(holder, 40 + course.words.length * (height + gap) - gap + 24, label, { left: 40, top: 40 });
    const bottom = chart.bottom;
    chart.scaleX(0, course.seconds);
    course.words.forEach((name, number) => {
      chart.top = 40 + number * (height + gap);
      chart.bottom = chart.top + height;
      chart.scaleY(0, 100);
      for (const level of [0, 50, 100]) {
        chart.add("path", { class: "grid", d: `M${chart.left} ${chart.y(level)}H${chart.right}` });
        chart.add("text", { x: chart.left - 6, y: chart.y(level) + 4, "text-anchor": "end" }, `${level}`);
      }
      const count = course.before[number].length;
      const times = course.before[number].map((_, at) => ((at + 0.5) / count) * course.seconds);
      chart.add("path", { class: "line-before", d: chart.path(times, course.before[number]) });
      chart.add("path", { class: "line-after", d: chart.path(times, course.after[number]) });
      chart.add("text", { x: chart.left, y: chart.top - 6, class: "mark" }, name);
    });
    for (const start of course.sections.slice(1)) chart.add("path", { class: "section", d: `M${chart.x(start)} 40V${bottom}` });
    const step = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800].find((one) => course.seconds / one < (chart.width > 420 ? 9 : 5)) || 3600;
    for (let at = 0; at <= course.seconds; at += step) chart.add("text", { x: chart.x(at), y: bottom + 18, "text-anchor": "middle" }, clock(at));
    const head = chart.add("path", { class: "playhead", d: "" });
    playheads.push((seconds) => head.setAttribute("d", `M${chart.x(Math.min(seconds, course.seconds)).toFixed(1)} 40V${bottom}`));
    chart.svg.classList.add("seek");
    chart.svg.addEventListener("click", (event) => {
      const box = chart.svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * chart.width;
      pair.seek(((x - chart.left) / (chart.right - chart.left)) * course.seconds);
    });
    chart.top = 0;
    chart.legend([["line-before", "before"], ["line-after", "after"]]);
    chart.add("text", { x: 0, y: 12 }, "percentile");
  };

  // ---------------------------------------------------------------------------------------------------- the player

  // Both sounds run all the time and only one is let through, so that a switch neither moves the place nor waits. A page
  // that is opened from a disk may not look into the files beside it, so they are two players of the browser's, and the
  // silent one is kept in step with the other: a little faster or slower, or moved where it is far off.
  class Pair {
    constructor() {
      this.names = ["a", "b"];
      this.sounds = {};
      this.current = "a";
      this.isPlaying = false;
      this.timer = 0;
    }

    load(sources, gains) {
      this.stop();
      for (const sound of Object.values(this.sounds)) {
        sound.removeAttribute("src");
        sound.load();
      }
      this.sounds = {};
      this.at = 0;
      for (const name of this.names) {
        if (!sources[name]) continue;
        const sound = new Audio();
        sound.preload = "auto";
        sound.addEventListener("error", () => this.sounds[name] === sound && refuse(name, sound.error));
        sound.addEventListener("loadedmetadata", tick);
        sound.addEventListener("ended", () => name === this.current && this.ended());
        sound.volume = gains[name];
        sound.src = sources[name];
        this.sounds[name] = sound;
      }
      this.select(this.sounds[this.current] ? this.current : Object.keys(this.sounds)[0]);
    }

    get heard() { return this.sounds[this.current]; }
    get other() { return this.sounds[this.current === "a" ? "b" : "a"]; }
    get position() { return this.heard ? this.heard.currentTime : 0; }
    get duration() { return this.heard && Number.isFinite(this.heard.duration) ? this.heard.duration : 0; }

    select(name) {
      if (!this.sounds[name]) return false;
      this.current = name;
      for (const [one, sound] of Object.entries(this.sounds)) sound.muted = one !== name;
      this.heard.playbackRate = 1;
      return true;
    }

    drop(name) {
      const sound = this.sounds[name];
      if (!sound) return;
      sound.pause();
      delete this.sounds[name];
      const left = Object.keys(this.sounds)[0];
      if (left) this.select(left);
      else this.stop();
    }

    async play() {
      if (!this.heard) return;
      this.isPlaying = true;
      if (this.other) this.other.currentTime = this.position;
      try {
        await Promise.all(Object.values(this.sounds).map((sound) => sound.play()));
      } catch (error) {
        if (error.name !== "AbortError" && this.heard && this.heard.paused) this.stop();
      }
      clearInterval(this.timer);
      if (this.isPlaying) this.timer = setInterval(() => this.keepStep(), CHECK_MS);
      tick();
    }

    stop() {
      this.isPlaying = false;
      clearInterval(this.timer);
      for (const sound of Object.values(this.sounds)) sound.pause();
      if (this.heard && this.other) this.other.currentTime = this.position;
      tick();
    }

    ended() {
      this.stop();
      this.seek(0);
    }

    seek(seconds) {
      const to = Math.max(0, Math.min(seconds, Math.max(0, this.duration - 0.05)));
      for (const sound of Object.values(this.sounds)) sound.currentTime = to;
      tick();
    }

    get drift() { return this.heard && this.other ? this.other.currentTime - this.heard.currentTime : 0; }

    keepStep() {
      const other = this.other;
      if (!other || !this.isPlaying || other.ended || other.seeking || this.heard.seeking) return;
      if (other.paused) other.play().catch(() => {});
      const drift = this.drift;
      if (Math.abs(drift) > FAR_S) other.currentTime = this.heard.currentTime;
      else other.playbackRate = Math.abs(drift) < NEAR_S ? 1 : 1 - Math.max(-CATCH_UP, Math.min(CATCH_UP, drift * 2));
    }
  }

  const pair = new Pair();
  const NAMES = { a: "before", b: "after" };
  let silent = {}; // why one can't be played

  const sayLevel = (file) => {
    const said = Object.entries(silent).map(([name, why]) => `${NAMES[name][0].toUpperCase()}${NAMES[name].slice(1)} ${why}.`);
    if (pair.sounds.a && pair.sounds.b) said.push(file.gainSaid);
    byId("level").textContent = said.join(" ");
    for (const name of pair.names) byId(`voice-${name}`).disabled = !pair.sounds[name];
    for (const id of ["play", "place"]) byId(id).disabled = !pair.heard;
  };

  const refuse = (name, error) => {
    const isNetwork = error && error.code === 2;
    silent[name] = isNetwork ? "couldn't be read" : "can't be played by this browser: the file isn't there, or is of a kind that it doesn't know";
    pair.drop(name);
    if (current) sayLevel(current);
    tick();
  };

  // The louder one is turned down to the other, by what was measured.
  const gainsOf = (file) => {
    const levels = file.levels || [], [a, b] = levels;
    if (a == null || b == null) return [{ a: 1, b: 1 }, "Played as they are: the report tells of no loudness."];
    const over = b - a;
    if (Math.abs(over) < 0.05) return [{ a: 1, b: 1 }, "Equally loud."];
    const quieter = 10 ** (-Math.abs(over) / 20);
    const gains = over > 0 ? { a: 1, b: quieter } : { a: quieter, b: 1 };
    return [gains, `Played equally loud: ${over > 0 ? "after" : "before"} is turned down by ${fixed(Math.abs(over))} dB.`];
  };

  const choose = (name) => {
    pair.select(name);
    tick();
  };

  const tick = () => {
    const at = pair.position, whole = pair.duration;
    for (const name of pair.names) byId(`voice-${name}`).setAttribute("aria-pressed", String(pair.current === name && !!pair.sounds[name]));
    byId("play").textContent = pair.isPlaying ? "Pause" : "Play";
    byId("place").value = whole ? (1000 * at) / whole : 0;
    const said = `${clock(at)} / ${clock(whole)}`;
    if (byId("time").textContent !== said) {
      byId("time").textContent = said;
      byId("place").setAttribute("aria-valuetext", said);
    }
    for (const move of playheads) move(at);
  };

  const follow = () => {
    if (pair.isPlaying) {
      tick();
      requestAnimationFrame(follow);
    }
  };

  const toggle = () => {
    if (pair.isPlaying) pair.stop();
    else {
      pair.play();
      requestAnimationFrame(follow);
    }
  };

  // -------------------------------------------------------------------------------------------------- a file, chosen

  let details = null, current = null, cameFrom = null;
  const detailsOf = (number) => {
    details ??= byId("details").textContent.split("\n");
    return JSON.parse(details[number]);
  };

  const cell = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };

  const tellDecision = (file) => {
    const holder = byId("decision-body");
    holder.replaceChildren();
    byId("decision").hidden = !file.words && !file.held;
    if (file.words) {
      const wide = document.createElement("div"), table = document.createElement("table");
      wide.className = "wide";
      table.className = "words";
      const head = table.createTHead().insertRow();
      for (const title of ["Asked", "Weight", "Before", "After", "The EQ gives"]) {
        const th = cell("th", title);
        th.scope = "col";
        head.append(th);
      }
      const inner = table.createTBody();
      for (const row of file.words) {
        const tr = inner.insertRow();
        for (const text of row.slice(0, 5)) tr.append(cell("td", text));
      }
      wide.append(table);
      holder.append(wide);
    }
    const facts = [];
    for (const [name, , , , , why] of file.words || []) if (why) facts.push(`${name}: ${why}.`);
    for (const took of file.held || []) if (!facts.some((fact) => fact.includes(took))) facts.push(`As a whole held back ${took}.`);
    if (file.scores) facts.push(`Scores: ${file.scores}. 1 is as much as the word's own EQ adds.`);
    if (file.confidence != null) facts.push(`Confidence ${file.confidence.toFixed(2)}: how far the words' evidence carries here.`);
    if (file.amount != null && file.amount !== 1) facts.push(`Amount ${file.amount}.`);
    if (file.kind) facts.push(`Heard as ${({ mix: "a mix", speech: "speech", instrument: "an instrument" })[file.kind] || file.kind}.`);
    const sections = file.sections || [];
    for (const [from, to, text] of sections.slice(0, SECTIONS)) facts.push(from === to ? `${clock(from)}: ${text}.` : `${clock(from)} to ${clock(to)}: ${text}.`);
    if (sections.length > SECTIONS) facts.push(`And ${sections.length - SECTIONS} more.`);
    if (facts.length) {
      const list = document.createElement("ul");
      for (const fact of facts) list.append(cell("li", fact));
      holder.append(list);
    }
  };

  const tellFacts = (file) => {
    const list = byId("facts-body");
    list.replaceChildren();
    const [lufsIn, lufsOut, peakIn, peakOut] = file.levels || [];
    const [level, ceiling] = file.trims || [];
    const fromTo = (a, b, unit) => [a, b].map((one) => (one == null ? "–" : fixed(one))).join(" → ") + ` ${unit}`;
    const facts = [
      ["Loudness", lufsIn == null && lufsOut == null ? "not measured" : fromTo(lufsIn, lufsOut, "LUFS")],
      ["True peak", peakIn == null && peakOut == null ? "not measured" : fromTo(peakIn, peakOut, "dBTP")],
      level != null && ["Trim", `${signed(level)} dB for the level${ceiling ? `, ${signed(ceiling)} dB for the ceiling` : ""}`],
      file.format && ["Format", [file.format, file.rate && `${file.rate} Hz`, file.channels && (file.channels === 1 ? "mono" : file.channels === 2 ? "stereo" : `${file.channels} channels`)].filter(Boolean).join(", ")],
      file.seconds != null && ["Length", clock(file.seconds)],
      ["Source", file.in],
      ["Result", file.out],
    ];
    for (const fact of facts) if (fact) list.append(cell("dt", fact[0]), cell("dd", fact[1]));
    byId("notes").replaceChildren(...(file.notes || []).map((note) => cell("li", note)));
  };

  const drawFile = () => {
    drawSpectrum(current);
    drawEq(current);
    drawCourse(current);
    tick();
  };

  const show = (number) => {
    if (number === undefined) return;
    if (open < 0) cameFrom = document.activeElement;
    const wasPlaying = pair.isPlaying, row = rows[number];
    open = number;
    current = detailsOf(number);
    byId("file").hidden = false;
    byId("app").classList.add("open");
    if (isNarrow.matches) byId("list").inert = true;
    byId("name").textContent = row.n;
    byId("said").textContent = current.said || row.x || "";
    byId("trouble").hidden = !row.e && !row.r;
    byId("trouble").replaceChildren(...[row.e && `Failed: ${row.e}`, current.hint, row.r && `Skipped: ${row.r}`].filter(Boolean).map((text) => cell("p", text)));
    silent = {};
    for (const name of pair.names) if (current[name] && current[name].why) silent[name] = current[name].why;
    const [gains, said] = gainsOf(current);
    current.gainSaid = said;
    pair.load({ a: current.a && current.a.src, b: current.b && current.b.src }, gains);
    byId("player").hidden = row.s === "failed" && !pair.sounds.a;
    sayLevel(current);
    tellDecision(current);
    tellFacts(current);
    const at = shown.indexOf(number);
    if (at >= 0) active = at;
    byId("previous").disabled = at <= 0;
    byId("next").disabled = at < 0 || at >= shown.length - 1;
    rowHeight = 0;
    draw();
    if (at >= 0) reveal(at);
    byId("file").scrollTop = 0;
    drawFile();
    if (report.words.length) drawSpread();
    byId("name").focus({ preventScroll: true });
    if (wasPlaying) toggle();
    const place = `#${number + 1}`;
    if (location.hash !== place) history.replaceState(null, "", place);
  };

  const step = (by) => {
    const at = shown.indexOf(open) + by;
    if (open >= 0 && at >= 0 && at < shown.length) show(shown[at]);
  };

  const close = () => {
    pair.load({}, {});
    open = -1;
    byId("file").hidden = true;
    byId("list").inert = false;
    byId("app").classList.remove("open");
    history.replaceState(null, "", "#");
    rowHeight = 0;
    draw();
    if (report.words.length) drawSpread();
    const tr = rowAt(active);
    if (tr) tr.focus({ preventScroll: true });
    else if (cameFrom) cameFrom.focus();
  };

  const isNarrow = matchMedia("(max-width: 67.99rem)");

  const setUpFile = () => {
    for (const name of pair.names) byId(`voice-${name}`).addEventListener("click", () => choose(name));
    byId("play").addEventListener("click", toggle);
    byId("place").addEventListener("input", (event) => pair.seek((pair.duration * event.target.value) / 1000));
    byId("previous").addEventListener("click", () => step(-1));
    byId("next").addEventListener("click", () => step(1));
    byId("close").addEventListener("click", close);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target, isTyping = target.matches("input[type=search], select");
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === "Escape" && open >= 0 && !(isTyping && target.value)) close();
      else if (isTyping) {
        if (key !== "Enter" && key !== "ArrowDown") return;
        if (target.matches("select") || !shown.length) return;
        move(active);
      } else if (key === "/") byId("filter").focus();
      else if (open < 0) return;
      else if (key === "x") choose(pair.current === "a" ? "b" : "a");
      else if (key === "a" || key === "b") choose(key);
      else if (key === " " && !target.matches("button, summary")) toggle();
      else if (key === "ArrowLeft" && !target.matches("input")) pair.seek(pair.position - SEEK_S);
      else if (key === "ArrowRight" && !target.matches("input")) pair.seek(pair.position + SEEK_S);
      else if (key === "j") step(1);
      else if (key === "k") step(-1);
      else return;
      event.preventDefault();
    });
    let waiting = 0;
    addEventListener("resize", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => {
        rowHeight = 0;
        byId("list").inert = open >= 0 && isNarrow.matches;
        draw();
        if (report.words.length) drawSpread();
        if (current && open >= 0) drawFile();
      });
    });
  };

  // ------------------------------------------------------------------------------------------------------ the start

  const setUpWords = () => {
    byId("word-label").hidden = report.words.length < 2;
    report.words.forEach((one, number) => byId("word").append(new Option(one.name, number)));
    byId("word").addEventListener("change", () => {
      word = Number(byId("word").value);
      drawSpread();
      sort();
    });
  };

  setUpTable();
  setUpWords();
  setUpFile();
  sort();
  drawOdd();
  drawSpread();
  const asked = Number(location.hash.slice(1));
  if (asked >= 1 && asked <= rows.length) addEventListener("DOMContentLoaded", () => show(asked - 1));

  // For whoever checks what is shown and heard.
  window.eqmorphReport = { pair, report, show, close, filter, get shown() { return shown; }, get open() { return open; } };
})();
