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
  const joint = before.trim() === "" || /(and|or|not|[(,=<>])\s*$/i.test(before) ? "" : " and ";
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
      yAxis: { type: "value", minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: colour("--chart-grid") } }, axisLabel: { color: colour("--chart-text"), formatter: (value) => value.toLocaleString(document.documentElement.lang) } },
      series: [{ name: place.dataset.name, type: "bar", barMaxWidth: 18, data: rows.map((row) => row[1]), itemStyle: { color: colour("--chart-a"), borderRadius: [3, 3, 0, 0] } }],
    });
  }
};
addEventListener("load", charts);
addEventListener("resize", () => { for (const place of document.querySelectorAll("[data-bars]")) window.echarts?.getInstanceByDom(place)?.resize(); });
new MutationObserver(charts).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

// A job tells of itself while it runs; without this the page reloads itself now and then.
for (const place of document.querySelectorAll("[data-job-stream]")) {
  const stream = new EventSource(place.dataset.jobStream);
  const show = () => htmx.ajax("GET", place.dataset.jobPart, { target: place, swap: "innerHTML" });
  let waiting = false;
  stream.addEventListener("job", (event) => {
    const ended = JSON.parse(event.data).endedAt;
    if (ended) { stream.close(); location.reload(); return; }
    if (!waiting) { waiting = true; setTimeout(() => { waiting = false; show(); }, 400); }
  });
}
