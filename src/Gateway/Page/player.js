// The player: a queue or a live feed, one audio element that plays and one that loads the next song, and the bar at the bottom.
import { $, fill, h, icon, say, spokenTime, tile, time, toast } from "./dom.js";
import { post, put } from "./api.js";
import { factor } from "./loudness.js";

const PRELOAD_SECONDS = 20;
const SAVE_DELAY = 3000;

export const state = { queue: [], index: -1, repeat: "off", shuffle: false, playing: false, speaker: false, live: null };
const listeners = new Set();
export const onChange = listener => { listeners.add(listener); };
const changed = () => { for (const listener of listeners) listener(); };

let audio = new Audio();
let next = new Audio();
let retries = 0;
let counted = false;
let saving = 0;
audio.preload = next.preload = "auto";
let level = Math.max(0, Math.min(1, Number(localStorage.getItem("volume") ?? 1) || 0));

// While a live feed plays, the queue waits, and none of its songs is current.
const queued = () => state.queue[state.index];
export const current = () => state.live ? undefined : queued();
const url = song => `song/${song.id}.mp3`;

function wire(element) {
  element.addEventListener("timeupdate", progress);
  element.addEventListener("ended", event => { if (event.target === audio) { if (state.live) feedOver("The feed has ended."); else step(1, true); } });
  element.addEventListener("playing", event => { if (event.target === audio) { retries = 0; state.playing = true; draw(); } });
  element.addEventListener("pause", event => { if (event.target === audio && !audio.ended) { state.playing = false; draw(); } });
  element.addEventListener("error", event => { if (event.target === audio && audio.getAttribute("src")) { if (state.live) feedLost(); else failed(); } });
}
wire(audio);
wire(next);

export function play(songs, index = 0) {
  const playable = songs.filter(song => !song.away);
  if (playable.length === 0) return toast("No host has this song now.");
  const wanted = songs[index];
  if (state.speaker) return speak("play", playable.slice(Math.max(0, playable.indexOf(wanted))));
  state.queue = playable;
  state.index = Math.max(0, playable.indexOf(wanted));
  start();
}

export function enqueue(songs, first = false) {
  const playable = songs.filter(song => !song.away);
  if (state.speaker) return speak("enqueue", playable);
  if (first) state.queue.splice(state.index + 1, 0, ...playable);
  else state.queue.push(...playable);
  toast(playable.length === 1 ? `Added: ${playable[0].title}` : `Added ${playable.length} songs`);
  if (state.index < 0 && playable.length && !state.live) { state.index = 0; start(); }
  save();
  changed();
}

async function speak(command, songs, value) {
  try {
    const reply = await post("speaker", { command, ids: (songs ?? []).map(song => song.id), value });
    if (!reply.done) toast(reply.text);
  } catch (error) { toast(error.message); }
}

export function move(from, to) {
  if (to < 0 || to >= state.queue.length) return;
  const playing = queued();
  state.queue.splice(to, 0, ...state.queue.splice(from, 1));
  state.index = state.queue.indexOf(playing);
  save();
  changed();
}

export function drop(index) {
  state.queue.splice(index, 1);
  if (index < state.index) state.index--;
  else if (index === state.index) { state.index = Math.min(index, state.queue.length - 1); if (!state.live) state.index < 0 ? stop() : start(); }
  save();
  changed();
}

export function clear() { if (!state.live) stop(); state.queue = []; state.index = -1; save(); draw(); changed(); }

function stop() { audio.pause(); audio.removeAttribute("src"); audio.load(); state.playing = false; }

// A live feed can be joined and left, but not paused: the sound that was missed is gone.
export function tune(station) {
  if (state.speaker) return speak("play", [station]);
  state.live = { ...station };
  retries = 0;
  next.removeAttribute("src");
  delete next.dataset.id;
  join();
  describeFeed();
  changed();
}

function join() {
  audio.src = `live/${state.live.id}.mp3`;
  begin();
  draw();
}

function feedOver(text) { say(text); toast(text); stop(); draw(); }

function feedLost() {
  const station = state.live;
  if (retries++ >= 5) return feedOver("The feed cannot be played now.");
  toast("The feed was interrupted; joining again.");
  setTimeout(() => { if (station === state.live && audio.getAttribute("src")) join(); }, 3000);
}

// Updates the title of the current feed.
export function heard(stations) {
  const known = stations.find(station => station.id === state.live?.id);
  if (!known || known.title === state.live.title) return;
  state.live.title = known.title;
  describeFeed();
  draw();
}

function describeFeed() {
  const { name, title } = state.live;
  describe({ title: title ?? name, artist: title ? name : "live", album: "" });
  try { navigator.mediaSession?.setPositionState?.(); } catch { /* An older browser cannot clear it. */ }
}

function start(position = 0) {
  state.live = null;
  const song = current();
  if (!song) return;
  retries = 0;
  counted = false;
  if (next.dataset.id === song.id && position === 0) {
    const former = audio;
    audio = next;
    next = former;
    former.pause();
  } else {
    audio.src = url(song);
    if (position > 0) audio.addEventListener("loadedmetadata", () => { audio.currentTime = position; }, { once: true });
  }
  next.removeAttribute("src");
  delete next.dataset.id;
  begin();
  describe(song);
  save();
  draw();
  changed();
}

function begin() {
  loudness();
  audio.play().catch(error => {
    if (error.name === "NotAllowedError") toast("Press play to start: the browser waits for a click.");
  });
}

// A song whose hosts are busy or gone is tried again from the same position. After five attempts, the next song plays.
async function failed() {
  const song = current();
  const position = audio.currentTime;
  let text = "The song cannot be played.";
  let wait = 2;
  try {
    const reply = await fetch(url(song), { headers: { Range: "bytes=0-0" }, credentials: "same-origin" });
    wait = Number(reply.headers.get("Retry-After")) || 2;
    text = reply.status === 503 ? "All hosts are busy or away now; trying again." : reply.status === 502 ? "The hosts failed; trying again." : reply.status === 404 ? "This song does not exist any more." : text;
  } catch { text = "The connection to the gateway is lost; trying again."; }
  if (song !== current()) return;
  say(text);
  toast(text);
  if (retries++ < 5) setTimeout(() => { if (song === current()) { audio.src = url(song); if (position > 0) audio.addEventListener("loadedmetadata", () => { audio.currentTime = position; }, { once: true }); begin(); } }, Math.min(wait, 15) * 1000);
  else step(1, true);
}

export function step(by, ended = false) {
  if (state.speaker && !ended) return speak(by > 0 ? "next" : "seek", [], 0);
  if (state.live) return;
  if (ended && state.repeat === "one") return start();
  if (by < 0 && audio.currentTime > 4) { audio.currentTime = 0; return; }
  let to = state.index + by;
  if (state.shuffle && by > 0 && state.queue.length > 1) to = Math.floor(Math.random() * state.queue.length);
  if (to >= state.queue.length) to = state.repeat === "all" ? 0 : -1;
  if (to < 0) { state.playing = false; draw(); return; }
  state.index = to;
  start();
}

export function toggle() {
  if (state.live) { if (audio.getAttribute("src")) { stop(); draw(); } else join(); return; }
  if (!current()) return;
  if (!audio.getAttribute("src")) return start(state.restored ?? 0);
  if (audio.paused) begin(); else audio.pause();
}

export function seek(seconds) { if (current()) { audio.currentTime = Math.max(0, Math.min(seconds, duration())); progress(); } }
export const position = () => audio.currentTime;
const duration = () => (current()?.durationMs ?? 0) / 1000;

// Sets the loudness of the element that plays: the user's volume times the song's ReplayGain. A browser cannot make a song louder than it is.
export function loudness() { audio.volume = Math.min(1, level * factor(current())); }

export function volume(value) {
  level = Math.max(0, Math.min(1, value));
  loudness();
  localStorage.setItem("volume", level);
  const slider = $("volume");
  if (slider) { slider.value = Math.round(level * 100); slider.setAttribute("aria-valuetext", `${slider.value} %`); }
}
export const getVolume = () => level;

function progress(event) {
  if (event && event.target !== audio) return;
  const song = current();
  if (!song) return;
  const seconds = audio.currentTime;
  const slider = $("seek");
  if (slider && document.activeElement !== slider) slider.value = Math.round(seconds);
  slider?.setAttribute("aria-valuetext", `${spokenTime(seconds * 1000)} of ${spokenTime(song.durationMs)}`);
  const label = $("at");
  if (label) label.textContent = time(seconds * 1000);
  if (!counted && (seconds > duration() / 2 || seconds > 240)) { counted = true; post("played", { id: song.id }).catch(() => {}); }
  const following = state.queue[state.index + 1];
  if (following && !state.shuffle && duration() - seconds < PRELOAD_SECONDS && next.dataset.id !== following.id) {
    next.dataset.id = following.id;
    next.src = url(following);
  }
  if ("mediaSession" in navigator && duration() > 0 && seconds <= duration()) {
    try { navigator.mediaSession.setPositionState({ duration: duration(), position: seconds, playbackRate: 1 }); } catch { /* The duration of the file differs. */ }
  }
}

function describe(song) {
  document.title = `${song.title} · ${song.artist}`;
  say(`Now playing: ${song.title} by ${song.artist}`);
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: song.title, artist: song.artist, album: song.album });
}
if ("mediaSession" in navigator) {
  const actions = { play: () => state.live ? toggle() : begin(), pause: () => state.live ? toggle() : audio.pause(), previoustrack: () => step(-1), nexttrack: () => step(1), stop,
    seekto: details => seek(details.seekTime), seekbackward: () => seek(audio.currentTime - 10), seekforward: () => seek(audio.currentTime + 10) };
  for (const [action, handler] of Object.entries(actions)) {
    try { navigator.mediaSession.setActionHandler(action, handler); } catch { /* An older browser does not know this action. */ }
  }
}

function save() {
  clearTimeout(saving);
  saving = setTimeout(() => put("queue", { ids: state.queue.slice(0, 5000).map(song => song.id), index: state.index, positionMs: state.live ? 0 : Math.round(audio.currentTime * 1000) }).catch(() => {}), SAVE_DELAY);
}

export function restore(saved) {
  if (!saved.list?.length || state.queue.length) return;
  state.queue = saved.list.filter(song => !song.away);
  const wanted = saved.list[saved.index ?? 0];
  state.index = Math.max(0, state.queue.findIndex(song => song.id === wanted?.id));
  state.restored = (saved.positionMs ?? 0) / 1000;
  draw();
  changed();
}

const button = (label, text, onclick, extra = {}) => h("button", { class: "icon", type: "button", "aria-label": label, title: label, onclick, ...extra }, text);

export function draw() {
  const song = current();
  const station = state.live;
  const bar = $("player");
  const focus = document.activeElement?.id;
  fill(bar,
    h("div", { class: "now" }, station ? [tile({ id: station.id, name: station.name }), h("div", { class: "text" },
      h("div", { class: "t", dir: "auto" }, station.title ?? station.name),
      h("div", { class: "a", dir: "auto" }, h("a", { href: "#/live" }, station.title ? `${station.name} · live` : "live")))] : song ? [tile(song), h("div", { class: "text" },
      h("div", { class: "t", dir: "auto" }, h("a", { href: `#/song/${song.id}` }, song.title)),
      h("div", { class: "a", dir: "auto" }, h("a", { href: `#/artist/${song.artistId}` }, song.artist)))] : h("div", { class: "muted" }, "Nothing is playing")),
    h("div", { class: "mid" },
      h("div", { class: "keys" },
        button("Shuffle", icon("shuffle"), () => { state.shuffle = !state.shuffle; draw(); }, { "aria-pressed": String(state.shuffle), id: "shuffle", class: "icon wide" }),
        button("Previous", icon("prev"), () => step(-1), { id: "prev", disabled: !!station }),
        button(state.playing ? station ? "Stop" : "Pause" : "Play", icon(state.playing ? "pause" : "play"), toggle, { id: "toggle", class: "icon big" }),
        button("Next", icon("next"), () => step(1), { id: "next", disabled: !!station }),
        button(`Repeat: ${state.repeat}`, icon("repeat"), () => { state.repeat = { off: "all", all: "one", one: "off" }[state.repeat]; draw(); }, { "aria-pressed": String(state.repeat !== "off"), id: "repeat", class: "icon wide" })),
      station ? h("div", { class: "seek mark" }, "Live") : h("div", { class: "seek" }, h("span", { class: "time", id: "at" }, time(audio.currentTime * 1000)),
        h("input", { id: "seek", type: "range", min: 0, max: Math.max(1, Math.round(duration())), value: Math.round(audio.currentTime), step: 1, "aria-label": "Position", disabled: !song,
          onchange: event => seek(Number(event.target.value)) }),
        h("span", { class: "time" }, time(song?.durationMs)))),
    h("div", { class: "right" },
      h("a", { class: "btn", href: "#/queue" }, `Queue (${state.queue.length})`),
      h("input", { id: "volume", type: "range", min: 0, max: 100, value: Math.round(level * 100), "aria-label": "Volume", oninput: event => volume(Number(event.target.value) / 100) })));
  if (focus && bar.querySelector(`#${CSS.escape(focus)}`)) $(focus).focus();
}
