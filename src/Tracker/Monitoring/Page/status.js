// Asks the tracker once a second and draws the answers. Text is only ever inserted as text, never parsed as HTML.

const INTERVAL = 1000;
const PATIENCE = 5000;
const SPAN = 5 * 60 * 1000;
// A line is interrupted where the page was hidden or the tracker did not answer.
const GAP = 4000;
const [WIDTH, HEIGHT] = [300, 56];
const SVG = "http://www.w3.org/2000/svg";

const $ = id => document.getElementById(id);
const number = value => value.toLocaleString("en", { maximumFractionDigits: 0 });
const rate = value => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
const clock = date => date.toLocaleTimeString("en-GB");

function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${bytes.toFixed(unit === 0 || bytes >= 100 ? 0 : 1)} ${units[unit]}`;
}

function duration(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours} h ${minutes} min` : `${minutes} min ${Math.floor(seconds) % 60} s`;
}

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Points of the last five minutes, and the line through them.
class Chart {
  constructor(parent, title, format, note) {
    [this.title, this.format, this.note, this.points] = [title, format, note, []];
    this.value = make("p", "–", { class: "value" });
    this.remark = make("p", "", { class: "note" });
    this.svg = document.createElementNS(SVG, "svg");
    this.path = document.createElementNS(SVG, "path");
    const attributes = { class: "chart", role: "img", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-label": title };
    for (const [name, value] of Object.entries(attributes)) this.svg.setAttribute(name, value);
    this.svg.append(this.path);
    const card = make("article", undefined, { class: "card" });
    card.append(make("h3", title), this.value, this.remark, this.svg);
    parent.append(card);
  }

  show(now, value, report) {
    // A rate needs two answers, so there is none after the first.
    if (value === null) return;
    this.points.push([now, value]);
    while (this.points[0][0] < now - SPAN) this.points.shift();
    const most = this.points.reduce((highest, point) => Math.max(highest, point[1]), 0);
    setText(this.value, this.format(value));
    setText(this.remark, [this.note?.(report), `peak ${this.format(most)}`].filter(Boolean).join(" · "));
    this.svg.setAttribute("aria-label", `${this.title}, last five minutes: now ${this.format(value)}, at most ${this.format(most)}`);
    this.path.setAttribute("d", this.line(now, most || 1));
  }

  line(now, most) {
    let [before, line] = [-Infinity, ""];
    for (const [time, value] of this.points) {
      const x = (WIDTH - 2) * (1 - (now - time) / SPAN) + 1;
      const y = HEIGHT - 2 - (HEIGHT - 6) * value / most;
      // A move and a line to the same place draw a dot, so that a single point is visible.
      line += time - before > GAP ? `M${x.toFixed(1)} ${y.toFixed(1)}h0` : `L${x.toFixed(1)} ${y.toFixed(1)}`;
      before = time;
    }
    return line;
  }
}

const total = values => Object.values(values).reduce((sum, value) => sum + value, 0);
const perSecond = value => `${rate(value)}/s`;
const bytesPerSecond = value => `${size(value)}/s`;

// Each chart, with the function that reads its value from a report. Counters only grow, so their charts show how fast they grow.
const [people, traffic] = [$("people"), $("traffic")];
const levels = [
  [new Chart(people, "Peers", number, r => `${number(r.peers.tls)} TLS, ${number(r.peers.plain)} plain`), r => r.peers.registered],
  [new Chart(people, "Peers that cannot be reached", number), r => r.peers.unreachable],
  [new Chart(people, "Songs", number, r => r.cluster.members > 0 ? "of all trackers" : ""), r => r.songs],
  [new Chart(people, "Peers with songs", number, r => r.cluster.members > 0 ? "of all trackers" : ""), r => r.hosts],
  [new Chart(people, "Open connections", number), r => r.connections],
  [new Chart(people, "Memory", size), r => r.memoryBytes],
];
const counters = [
  [new Chart(traffic, "Lists", perSecond), r => r.requests.list],
  [new Chart(traffic, "Searches", perSecond), r => r.requests.search],
  [new Chart(traffic, "Grants asked for", perSecond), r => r.requests.play],
  [new Chart(traffic, "All frames", perSecond), r => total(r.requests)],
  [new Chart(traffic, "Refusals", perSecond), r => total(r.rejected)],
  [new Chart(traffic, "Broadcasts out", bytesPerSecond, r => count(r.broadcasts, "broadcast")), r => r.broadcastBytes],
  [new Chart(traffic, "Relayed", bytesPerSecond, r => count(r.relay.sessions, "session")), r => r.relay.bytes],
];

const facts = new Map(["Up for", "Version", "Version of the catalog"].map(name => {
  const value = make("dd", "–");
  const pair = make("div");
  pair.append(make("dt", name), value);
  $("facts").append(pair);
  return [name, value];
}));

function showHealth(state, text) {
  // A screen reader reads the region out whenever it changes, so it must not change without a reason.
  setText($("health"), text);
  $("health").className = state;
  document.body.classList.toggle("stale", state === "bad" && failingSince !== null);
}

function showRefusals(rejected) {
  const rows = Object.entries(rejected).filter(([, times]) => times > 0).sort((a, b) => b[1] - a[1]);
  $("refusals").hidden = rows.length === 0;
  $("no-refusals").hidden = rows.length > 0;
  showRows($("refusals"), rows.map(([reason, times]) => [reason.replaceAll("_", " "), number(times)]), 1);
}

function showCluster({ members, reachable, mayRegister, trackers }) {
  const alone = mayRegister ? "This tracker is not part of a cluster." : "This tracker has not joined its cluster yet.";
  const enough = mayRegister ? "That is enough to serve." : "That is too few to accept peers.";
  setText($("cluster-state"), members === 0 ? alone : `${reachable} of ${count(members, "tracker")} can be reached. ${enough}`);
  $("cluster").hidden = trackers.length === 0;
  showRows($("cluster"), trackers.map((tracker, index) => [
    `${index + 1}${tracker.isSelf ? " (this one)" : ""}`,
    tracker.isReachable ? tracker.state : `${tracker.state}, cannot be reached`,
    tracker.allocates ? "assigns song ids" : "–",
    tracker.isSelf ? "its own" : tracker.hasReplica ? "complete" : "incomplete",
  ]));
}

// Cells are changed in place, so that a screen reader does not lose its place in the table.
function showRows(table, rows, numeric) {
  const body = table.tBodies[0];
  while (body.rows.length > rows.length) body.deleteRow(-1);
  for (const [index, texts] of rows.entries()) {
    const row = body.rows[index] ?? body.insertRow();
    for (const [column, text] of texts.entries()) {
      const cell = () => column === 0 ? make("th", "", { scope: "row" }) : make("td", "", column === numeric ? { class: "num" } : {});
      if (!row.cells[column]) row.append(cell());
      setText(row.cells[column], text);
    }
    row.cells[1].classList.toggle("bad", texts[1].includes("cannot") || texts[1] === "down");
  }
}

let previous = null;
let failingSince = null;
let timer = 0;
let paused = false;
let asking = false;

function show(report) {
  const now = Date.now();
  const seconds = previous === null ? 0 : report.uptimeSeconds - previous.uptimeSeconds;
  failingSince = null;
  if (report.ready) showHealth("good", "Ready: the tracker serves peers.");
  else showHealth("bad", `Not ready: ${report.missing.join("; ")}.`);
  for (const [chart, read] of levels) chart.show(now, read(report), report);
  for (const [chart, read] of counters)
    // A repeated report contains nothing new, and after a restart, the counters begin at zero.
    chart.show(now, seconds > 0 ? Math.max(0, read(report) - read(previous)) / seconds : null, report);
  setText(facts.get("Up for"), duration(report.uptimeSeconds));
  setText(facts.get("Version"), report.version);
  setText(facts.get("Version of the catalog"), number(report.catalogVersion));
  showRefusals(report.rejected);
  showCluster(report.cluster);
  previous = report;
}

async function ask() {
  const begun = new Date();
  try {
    const response = await fetch("api/status", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(`the answer is ${response.status}`);
    show(await response.json());
  } catch {
    failingSince ??= begun;
    showHealth("bad", `The tracker has not answered since ${clock(failingSince)}.`);
  }
}

async function poll() {
  // The tab may be shown again while an answer is under way.
  if (asking) return;
  asking = true;
  await ask();
  asking = false;
  schedule(INTERVAL);
}

function schedule(delay) {
  clearTimeout(timer);
  if (!paused && !document.hidden) timer = setTimeout(poll, delay);
}

document.addEventListener("visibilitychange", () => schedule(0));
$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", `${paused}`);
  schedule(0);
});
schedule(0);
