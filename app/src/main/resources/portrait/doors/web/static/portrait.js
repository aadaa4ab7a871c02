// The little that pages need beyond htmx. Everything is found by data attributes; no page contains script of its own.

// The token of the session goes with every request that htmx makes.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]');
  if (token) event.detail.headers["X-CSRF-Token"] = token.content;
});

// A server that is away says so, instead of a page that silently stays as it is.
const away = () => { const notice = document.getElementById("away"); if (notice) notice.hidden = false; };
document.addEventListener("htmx:sendError", away);
document.addEventListener("htmx:afterOnLoad", () => { const notice = document.getElementById("away"); if (notice) notice.hidden = true; });

// Ctrl+K, or the command key on a Mac, searches everything from anywhere; arrows walk through what was found.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("everywhere");
  if (!field) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (field.offsetParent) field.select(); else location.href = "/search";
    return;
  }
  const form = field.form;
  if (!form.contains(event.target)) return;
  if (event.key === "Escape") { field.value = ""; document.getElementById("everywhere-found").replaceChildren(); field.blur(); return; }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const places = [field, ...form.querySelectorAll("a")];
  event.preventDefault();
  places[Math.min(places.length - 1, Math.max(0, places.indexOf(document.activeElement) + step))].focus();
});

// A table or a text that scrolls sideways is reached by the keyboard, too.
const reachable = () => {
  for (const place of document.querySelectorAll(".table-responsive, pre")) {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0; else place.removeAttribute("tabindex");
  }
};
addEventListener("load", reachable);
addEventListener("resize", reachable);
document.addEventListener("htmx:afterSettle", reachable);

// Slash goes to the search.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  const search = document.querySelector("[data-search]");
  if (event.key === "/" && !typing && search) { event.preventDefault(); search.focus(); }
});

// A form that destroys asks first.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

// Selects that act at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A word that is clicked goes into the text beside it, where the cursor is.
document.addEventListener("click", (event) => {
  const word = event.target.closest("[data-insert]");
  if (!word) return;
  const text = document.getElementById(word.dataset.into);
  const before = text.value.slice(0, text.selectionStart);
  const joint = "line" in word.dataset ? (before === "" || before.endsWith("\n") ? "" : "\n") : before.trim() === "" || /(and|or|not|[(,=<>])\s*$/i.test(before) ? "" : " and ";
  text.setRangeText(joint + word.dataset.insert, text.selectionStart, text.selectionEnd, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

// Bars per day. The figures stand in the table beside the chart, which is what a reader without script sees.
const charts = () => {
  if (!window.echarts) return;
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  for (const place of document.querySelectorAll("[data-bars]")) {
    const table = document.getElementById(place.dataset.bars);
    const rows = [...table.querySelectorAll("tbody tr")].map((row) => [row.dataset.label, Number(row.dataset.value)]);
    place.classList.add("drawn"); // Shown first: what is hidden has no size to draw in.
    const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: 4, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
      xAxis: { type: "category", data: rows.map((row) => row[0]), axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--chart-grid") } }, axisLabel: { color: colour("--chart-text"), hideOverlap: true } },
      yAxis: { type: "value", minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: colour("--chart-grid") } }, axisLabel: { color: colour("--chart-text"), formatter: (value) => value.toLocaleString(document.documentElement.dataset.numbers) } },
      series: [{ name: place.dataset.name, type: "bar", barMaxWidth: 18, data: rows.map((row) => row[1]), itemStyle: { color: colour("--chart-a"), borderRadius: [3, 3, 0, 0] } }],
    });
  }
  for (const place of document.querySelectorAll("[data-lines]")) {
    const table = document.getElementById(place.dataset.lines);
    const rows = [...table.querySelectorAll("tbody tr")].map((row) => [row.dataset.label, ...row.dataset.values.split("|").map(Number)]);
    place.classList.add("drawn");
    const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: "canvas" });
    const names = place.dataset.names.split("|");
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: 4, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", boundaryGap: false, data: rows.map((row) => row[0]), axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--chart-grid") } }, axisLabel: { color: colour("--chart-text"), hideOverlap: true } },
      yAxis: { type: "value", minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: colour("--chart-grid") } }, axisLabel: { color: colour("--chart-text"), formatter: (value) => value.toLocaleString(document.documentElement.dataset.numbers) } },
      series: names.map((name, place) => ({ name, type: "line", stack: "all", showSymbol: false, areaStyle: { opacity: .35 }, data: rows.map((row) => row[place + 1]), color: colour(place === 0 ? "--known" : "--unknown") })),
    });
  }
};
addEventListener("load", charts);
addEventListener("resize", () => { for (const place of document.querySelectorAll("[data-bars], [data-lines]")) window.echarts?.getInstanceByDom(place)?.resize(); });
new MutationObserver(charts).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

// A page that loads itself again keeps what it said about the form before.
const notice = () => document.querySelector("main > .message[role=status]");
const reload = () => {
  if (notice()) sessionStorage.setItem("notice", JSON.stringify({ page: location.pathname, html: notice().outerHTML }));
  location.reload();
};
const kept = JSON.parse(sessionStorage.getItem("notice"));
sessionStorage.removeItem("notice");
if (kept?.page === location.pathname && !notice()) {
  document.querySelector("main")?.prepend(document.createRange().createContextualFragment(kept.html));
}

// A job tells of itself while it runs; without this the page reloads itself now and then.
for (const place of document.querySelectorAll("[data-job-stream]")) {
  const stream = new EventSource(place.dataset.jobStream);
  const show = () => htmx.ajax("GET", place.dataset.jobPart, { target: place, swap: "innerHTML" });
  let waiting = false;
  stream.addEventListener("job", (event) => {
    const ended = JSON.parse(event.data).endedAt;
    if (ended) { stream.close(); reload(); return; }
    if (!waiting) { waiting = true; setTimeout(() => { waiting = false; show(); }, 400); }
  });
}

// What is watched for news rests while nobody looks at the page.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-news]")) event.preventDefault();
});

// The identity graph: a link tells who said so, from its line in the table; the slider shows the graph as it was.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-link]");
  if (!link) return;
  event.preventDefault();
  const graph = link.closest("[data-graph]");
  for (const each of graph.querySelectorAll("[data-link]")) each.classList.toggle("chosen", each === link);
  const titles = graph.querySelectorAll("thead th");
  const pairs = document.createElement("dl");
  pairs.className = "pairs";
  [...document.getElementById(link.getAttribute("href").slice(1)).cells].forEach((cell, place) => {
    const pair = pairs.appendChild(document.createElement("div"));
    pair.appendChild(document.createElement("dt")).textContent = titles[place].textContent;
    pair.appendChild(document.createElement("dd")).append(...cell.cloneNode(true).childNodes);
  });
  graph.querySelector("[data-said]").replaceChildren(pairs);
});
for (const slider of document.querySelectorAll("[data-moments]")) {
  const graph = slider.closest("[data-graph]");
  const moments = slider.dataset.moments.split("|");
  slider.parentElement.hidden = false;
  const show = () => {
    graph.querySelector("output").textContent = moments[slider.value];
    slider.setAttribute("aria-valuetext", moments[slider.value]);
    for (const part of graph.querySelectorAll("[data-step]")) part.classList.toggle("later", Number(part.dataset.step) > Number(slider.value));
  };
  slider.addEventListener("input", show);
  show();
}

// A file goes up in pieces, and goes on where it broke off, also after the page was left: choosing the same file again
// finds what is there. Without script the form sends the file whole.
const send = async (form, token, file) => {
  const ask = async (method, path, body, headers) => {
    const answer = await fetch("/api/v1/uploads" + path, { method, body, headers: { "X-CSRF-Token": token, Accept: "application/json", ...headers } });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.detail ?? said.title), { status: answer.status });
    return said;
  };
  const bar = form.querySelector("progress");
  const name = ["upload", file.name, file.size, file.lastModified].join("|");
  const begin = () => ask("POST", "", JSON.stringify({ file: file.name, bytes: file.size }), { "Content-Type": "application/json" });
  const resume = async () => {
    const id = localStorage.getItem(name);
    if (!id) return begin();
    try { return await ask("GET", "/" + id); } catch (gone) { if (gone.status !== 404) throw gone; return begin(); }
  };
  const waits = [500, 1000, 2000];
  for (let tries = 0; ; tries++) {
    try {
      let upload = await resume();
      localStorage.setItem(name, upload.id);
      while (!upload.complete) {
        bar.value = upload.received / upload.bytes;
        const end = Math.min(upload.bytes, upload.received + Number(form.dataset.pieces));
        upload = await ask("PUT", "/" + upload.id, file.slice(upload.received, end), { "Content-Range": `bytes ${upload.received}-${end - 1}/${upload.bytes}` });
        tries = 0; // It gets on.
      }
      bar.value = 1;
      localStorage.removeItem(name);
      return upload.id;
    } catch (broken) {
      if (tries >= waits.length || (broken.status >= 400 && broken.status < 500 && broken.status !== 409)) throw broken;
      await new Promise((later) => setTimeout(later, waits[tries]));
    }
  }
};
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.pieces || !form.elements.file.files.length) return;
  event.preventDefault();
  const place = form.querySelector("[data-sending]");
  const button = form.querySelector("button");
  place.hidden = false;
  button.disabled = true;
  place.querySelector("p").textContent = "";
  try {
    const ids = [];
    for (const file of form.elements.file.files) ids.push(await send(form, form.elements.csrf.value, file));
    form.elements.upload.value = ids.join(",");
    form.elements.file.disabled = true;
    form.submit();
  } catch (broken) {
    place.querySelector("p").textContent = broken.status ? broken.message : form.dataset.broken;
    button.disabled = false;
  }
});
