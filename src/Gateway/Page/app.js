// Starts the page: the session, the address, the keyboard shortcuts and the events.
import { $, fill, h, icon, number, toast } from "./dom.js";
import { get, post, session } from "./api.js";
import { views } from "./views.js";
import * as player from "./player.js";

const LINKS = [["", "Listen", "home"], ["albums", "Albums", "albums"], ["artists", "Artists", "artists"], ["songs", "Songs", "songs"], ["genres", "Genres", "genres"], ["playlists", "Playlists", "playlists"],
  ["starred", "Starred", "starred"], ["live", "Live", "live"], ["peers", "Peers", "peers"], ["transfers", "Transfers", "transfers"], ["status", "Status", "status"]];
const SEARCH_DELAY = 200;
const main = $("main");
// These views change without an event. Each of them is refreshed after this many milliseconds.
const REFRESH = { transfers: 3000, peers: 15000 };
let shown = 0;
let refresh;
let pending;

document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";

function route() {
  const [path, values] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, ...rest] = path.split("/");
  return { view, id: decodeURIComponent(rest.join("/")), values: new URLSearchParams(values ?? "") };
}

async function show(isNew = true, isRefresh = false) {
  const { view, id, values } = route();
  const turn = ++shown;
  clearTimeout(refresh);
  pending?.abort();
  pending = new AbortController();
  for (const link of $("nav").children) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  try {
    const content = await (views[view] ?? views[""])(id, values, () => show(false), pending.signal, isNew);
    if (turn !== shown) return;
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    put([content].flat(4), isNew);
    refreshLater(view);
    const heading = main.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    if (!player.isHeardHere()) document.title = `${heading?.textContent ?? "TspActors"} · TspActors`;
    if (isNew && view !== "search") { main.scrollTop = 0; heading?.focus({ preventScroll: true }); }
    else if (focused && !focused.isConnected) focusLike(focused);
  } catch (error) {
    if (error.name === "AbortError" || turn !== shown) return;
    if (error.status === 401) return login();
    if (isRefresh) return refreshLater(view);
    fill(main, h("h1", {}, error.status === 404 ? "Not found" : "Something went wrong"), h("p", {}, error.message),
      h("button", { class: "btn", type: "button", onclick: () => show(false) }, "Try again"));
  }
}

// A heading that stays is not replaced, so that screen readers do not read it again.
function put(parts, isNew) {
  const [first, ...rest] = parts;
  const heading = main.firstElementChild;
  if (isNew || heading?.tagName !== "H1" || first?.tagName !== "H1" || heading.textContent !== first.textContent) return fill(main, ...parts);
  while (heading.nextSibling) heading.nextSibling.remove();
  main.append(...rest.filter(part => part !== null && part !== undefined && part !== false));
}

function refreshLater(view) {
  clearTimeout(refresh);
  if (!REFRESH[view]) return;
  refresh = setTimeout(() => {
    // For a user who has scrolled down, the content stays.
    if (document.hidden || main.scrollTop > 50) refreshLater(view); else show(false, true);
  }, REFRESH[view]);
}

// A view that is shown again has new elements. The focus returns to the one with the same name, or else to the same song.
function focusLike(former) {
  const name = former.getAttribute("aria-label");
  const id = former.closest("tr.song")?.dataset.id;
  const href = former.getAttribute("href");
  const same = name ? [...main.querySelectorAll("[aria-label]")].find(each => each.getAttribute("aria-label") === name)
    : href && [...main.querySelectorAll("a")].find(each => each.getAttribute("href") === href);
  const row = id && [...main.querySelectorAll("tr.song")].find(each => each.dataset.id === id);
  (same || (row ? row.querySelector("button.title") : main.querySelector("h1")))?.focus({ preventScroll: true });
}

function login(text = "") {
  clearTimeout(refresh);
  document.body.className = "out";
  const message = h("p", { role: "alert" }, text);
  fill(main, h("form", { class: "login", onsubmit: async event => {
    event.preventDefault();
    try { await enter({ key: event.target.elements.key.value.trim() }); } catch (error) { message.textContent = error.message; }
  } }, h("h1", {}, "Welcome"), h("p", { class: "muted" }, "Enter the key of this device. The owner of the peer creates one with “peer device add NAME”, or opens the link that the peer prints when it starts."),
  h("label", { for: "key" }, "Key"), h("input", { id: "key", name: "key", type: "password", autocomplete: "current-password", required: true, maxlength: 64 }),
  h("button", { class: "btn main", type: "submit" }, "Log in"), message));
}

async function enter(proof) {
  await post("session", proof);
  await begin();
}

async function begin() {
  document.body.className = "";
  fill($("nav"), LINKS.map(([view, text, sign]) => h("a", { href: `#/${view}`, "data-view": view }, icon(sign), text)));
  player.draw();
  follow();
  get("queue").then(player.restore).catch(error => toast(`The queue could not be loaded: ${error.message}`));
  await show();
}

function describeLink(state) {
  $("link").textContent = state.connected ? `${number(state.songs)} songs` : "Tracker lost, showing the last known list";
}

// A refresh must not take away what somebody is reading or typing, such as the key of a new device, which is shown only once.
const isInUse = () => main.scrollTop > 50 || !!main.querySelector(".qr, input:focus") || [...main.querySelectorAll("input.field")].some(field => field.value);

const MAX_WAIT = 60_000;
let events;
let version = 0;
let attempts = 0;
let revival;
function follow() {
  unfollow();
  const source = events = new EventSource("api/events");
  events.addEventListener("open", () => { attempts = 0; });
  events.addEventListener("state", event => {
    const state = JSON.parse(event.data);
    describeLink(state);
    if (version && state.version !== version && ["", "status"].includes(route().view) && !isInUse()) show(false);
    version = state.version;
  });
  events.addEventListener("transfers", () => { if (route().view === "transfers") show(false); });
  events.addEventListener("live", event => { player.heard(JSON.parse(event.data).items); if (route().view === "live") show(false); });
  events.addEventListener("speaker", event => player.speakerChanged(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    $("link").textContent = "Connection lost, trying again";
    // A browser does not try again after an error of the gateway, or of a reverse proxy while the peer restarts.
    if (source.readyState === EventSource.CLOSED && source === events) revival = setTimeout(revive, Math.min(MAX_WAIT, 1000 * 2 ** attempts++));
  });
}

function unfollow() {
  clearTimeout(revival);
  events?.close();
  events = undefined;
}

async function revive() {
  const source = events;
  let isLoggedIn = true;
  try { isLoggedIn = (await get("session")).loggedIn; } catch { /* The next attempt may succeed. */ }
  if (source !== events) return;
  if (isLoggedIn) follow(); else session.onlogout();
}

document.addEventListener("visibilitychange", () => {
  if (document.body.classList.contains("out")) return;
  if (document.hidden) { unfollow(); player.store(); } else if (!events) follow();
});

session.onlogout = () => { unfollow(); login("Log in again."); };

let typing;
$("search").addEventListener("submit", async event => { event.preventDefault(); clearTimeout(typing); await find(); main.querySelector("button.title")?.focus(); });
$("q").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(find, SEARCH_DELAY); });
function find() {
  const hash = `#/search?q=${encodeURIComponent($("q").value)}`;
  history[route().view === "search" ? "replaceState" : "pushState"](null, "", hash);
  return show();
}

document.addEventListener("keydown", event => {
  // A slider needs neither the space bar nor letters.
  const isTyping = event.target.matches("input:not([type=range]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); $("q").focus(); return; }
  if (event.key === "Escape" && event.target === $("q")) { $("q").blur(); return; }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && !event.target.matches("button, a")) { event.preventDefault(); player.toggle(); return; }
  if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && event.target.id !== "volume") {
    // The slider itself would move by one second.
    event.preventDefault();
    const by = event.key === "ArrowLeft" ? -1 : 1;
    if (event.shiftKey) player.step(by); else player.seek(player.position() + by * 10);
    return;
  }
  if (localStorage.getItem("keys") === "off") return;
  if (event.key === "/") { event.preventDefault(); $("q").focus(); }
  if (event.key === "?") location.hash = "#/help";
});

player.onChange(() => {
  document.querySelectorAll("tr.song").forEach(row => row.setAttribute("aria-current", String(row.dataset.id === player.current()?.id)));
  document.querySelectorAll("tr.station").forEach(row => row.setAttribute("aria-current", String(row.dataset.id === player.state.live?.id)));
  if (route().view === "queue") show(false);
});

window.addEventListener("hashchange", () => show());

const proof = /^#(login|key)=([a-z2-7]+)$/.exec(location.hash);
if (proof) history.replaceState(null, "", location.pathname + location.search);
try {
  if (proof) await enter({ [proof[1]]: proof[2] });
  else if ((await get("session")).loggedIn) await begin();
  else login("");
} catch (error) {
  if (error.status === 401) login(proof ? error.message : "");
  else { login(error.message); toast(error.message); }
}
