// The player: a queue or a live feed, one audio element that plays and one that loads the next song, and the bar at the bottom.
import { $, fill, h, icon, say, spokenTime, tile, time, toast } from "./dom.js";
import { post, put } from "./api.js";
import { factor } from "./loudness.js";
import * as shuffle from "./shuffle.js";
import * as speaker from "./speaker.js";

const PRELOAD_SECONDS = 20;
const SAVE_DELAY = 3000;
const SAVE_INTERVAL = 30000;
const ATTEMPTS = 5;
const NOBODY = "No host has this song now.";

export const state = { queue: [], index: -1, repeat: "off", shuffle: false, playing: false, speaker: false, live: null };
const listeners = new Set();
export const onChange = listener => { listeners.add(listener); };
const changed = () => { for (const listener of listeners) listener(); };

let audio = new Audio();
let next = new Audio();
// Each start and stop is a turn. What an earlier turn is still waiting for no longer counts.
let turn = 0;
let retries = 0;
let failures = 0;
let counted = false;
// The position in the current song of the queue, in seconds, and where it begins as soon as the browser knows its length.
let place = 0;
let startAt = 0;
let unloadable;
let isDragging = false;
audio.preload = next.preload = "auto";
let level = Math.max(0, Math.min(1, Number(localStorage.getItem("volume") ?? 1) || 0));

// While a live feed plays, the queue waits, and none of its songs is current.
const queued = () => state.queue[state.index];
const own = () => state.live ? undefined : queued();
export const current = () => state.speaker ? speaker.song() : own();
const url = song => `song/${song.id}.mp3`;
const isHere = song => !song.away;

function wire(element) {
  element.addEventListener("loadedmetadata", event => { if (event.target === audio && startAt > 0) { audio.currentTime = startAt; startAt = 0; } });
  element.addEventListener("timeupdate", event => { if (event.target === audio) progress(); });
  element.addEventListener("ended", event => { if (event.target === audio) { if (state.live) feedOver("The feed has ended."); else step(1, true); } });
  element.addEventListener("playing", event => { if (event.target === audio) { retries = failures = 0; state.playing = true; draw(); } });
  element.addEventListener("pause", event => { if (event.target === audio && !audio.ended) { state.playing = false; store(); draw(); } });
  element.addEventListener("error", event => {
    // A song that cannot be loaded in advance is loaded once more when its turn comes.
    if (event.target === next) { if (next.dataset.id) { unloadable = next.dataset.id; unload(); } }
    else if (audio.getAttribute("src")) { if (state.live) feedLost(); else failed(); }
  });
}
wire(audio);
wire(next);

// Plays a list from one of its songs, or from the first that has a host. The queue itself stays as it is: its songs that were away
// when it was loaded are tried.
export function play(songs, index) {
  const list = songs === state.queue ? songs : songs.filter(isHere);
  if (list.length === 0 || list !== songs && songs[index]?.away) return toast(NOBODY);
  const at = list === songs ? index ?? 0 : songs.slice(0, index ?? 0).filter(isHere).length;
  if (state.speaker) return speaker.command("play", list.slice(at));
  if (list !== songs) {
    state.queue = list;
    unshown = { before: [], after: [] };
    shuffle.restart();
  }
  state.index = at;
  failures = 0;
  start();
}

export function enqueue(songs, first = false) {
  const playable = songs.filter(isHere);
  if (playable.length === 0) return toast(NOBODY);
  if (state.speaker) return speaker.command("enqueue", playable);
  if (first) {
    shuffle.moved(at => at > state.index ? at + playable.length : at);
    state.queue.splice(state.index + 1, 0, ...playable);
  } else state.queue.push(...playable);
  toast(playable.length === 1 ? `Added: ${playable[0].title}` : `Added ${playable.length} songs`);
  if (state.index < 0 && !state.live) { state.index = 0; start(); }
  altered();
}

export function move(from, to) {
  if (to < 0 || to >= state.queue.length) return;
  const placeOf = at => at === from ? to : from < at && at <= to ? at - 1 : to <= at && at < from ? at + 1 : at;
  state.queue.splice(to, 0, ...state.queue.splice(from, 1));
  state.index = placeOf(state.index);
  shuffle.moved(placeOf);
  altered();
}

export function drop(index) {
  state.queue.splice(index, 1);
  shuffle.moved(at => at === index ? -1 : at > index ? at - 1 : at);
  if (index < state.index) state.index--;
  else if (index === state.index) {
    const isFollowed = index < state.queue.length;
    state.index = isFollowed ? index : index - 1;
    place = 0;
    if (!state.live) { if (state.playing && isFollowed) start(); else stop(); }
  }
  altered();
}

export function clear() {
  if (!state.live) stop();
  state.queue = [];
  state.index = -1;
  place = 0;
  unshown = { before: [], after: [] };
  shuffle.restart();
  altered();
}

function altered() { save(); draw(); changed(); }

function stop() { turn++; audio.pause(); audio.removeAttribute("src"); audio.load(); state.playing = false; }

// Without load(), the browser would go on loading the song.
function unload() { next.removeAttribute("src"); delete next.dataset.id; next.load(); }

function load(song, position) { startAt = position; audio.src = url(song); }

// A live feed can be joined and left, but not paused: the sound that was missed is gone.
export function tune(station) {
  if (state.speaker) return speaker.command("play", [station]);
  state.live = { ...station };
  retries = 0;
  unload();
  join();
  describeFeed();
  changed();
}

function join() {
  turn++;
  startAt = 0;
  audio.src = `live/${state.live.id}.mp3`;
  begin();
  draw();
}

function feedOver(text) { say(text); toast(text); stop(); draw(); }

function feedLost() {
  const station = state.live;
  if (retries++ >= ATTEMPTS) return feedOver("The feed cannot be played now.");
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
  const song = queued();
  if (!song) return;
  turn++;
  retries = 0;
  counted = false;
  place = position;
  storedAt = Date.now();
  if (state.shuffle) shuffle.played(state.index);
  if (next.dataset.id === song.id && position === 0 && !next.error) {
    const former = audio;
    audio = next;
    next = former;
    startAt = 0;
    former.pause();
  } else load(song, position);
  unload();
  unloadable = undefined;
  begin();
  describe(song);
  altered();
}

function begin() {
  loudness();
  audio.play().catch(error => {
    if (error.name === "NotAllowedError") toast("Press play to start: the browser waits for a click.");
  });
}

// A song whose hosts are busy or gone is tried again from the same position. After five attempts, the next song plays. It does so
// at once if the song does not exist any more, or had no host when the queue was loaded and still has none.
async function failed() {
  const song = own();
  const mine = turn;
  let text = "The song cannot be played.";
  let wait = 2;
  let isGone = false;
  try {
    const reply = await fetch(url(song), { headers: { Range: "bytes=0-0" }, credentials: "same-origin" });
    wait = Number(reply.headers.get("Retry-After")) || 2;
    isGone = reply.status === 404 || song.away && !reply.ok;
    text = reply.status === 503 ? "All hosts are busy or away now; trying again." : reply.status === 502 ? "The hosts failed; trying again." : reply.status === 404 ? "This song does not exist any more." : text;
  } catch { text = "The connection to the gateway is lost; trying again."; }
  if (mine !== turn) return;
  if (isGone || retries++ >= ATTEMPTS) return giveUp(song.away ? NOBODY : text);
  say(text);
  toast(text);
  setTimeout(() => { if (mine === turn) { load(song, place); begin(); } }, Math.min(wait, 15) * 1000);
}

// If not one song of the queue can be played, the queue waits.
function giveUp(text) {
  say(text);
  toast(text);
  const to = ++failures < state.queue.length ? neighbour(1) : -1;
  if (to < 0) { turn++; state.playing = false; return draw(); }
  state.index = to;
  start();
}

// Returns the place of the next or the previous song in the queue; -1 = there is none.
function neighbour(by) {
  if (state.shuffle) return by > 0 ? shuffle.next(state.queue.length, state.repeat === "all") : shuffle.previous();
  const to = state.index + by;
  return to < state.queue.length ? to : state.repeat === "all" ? 0 : -1;
}

export function step(by, ended = false) {
  if (state.speaker) return by > 0 ? speaker.command("next") : seek(0);
  if (state.live || state.queue.length === 0) return;
  failures = 0;
  if (ended && state.repeat === "one") return start();
  const to = by < 0 && place > 4 ? -1 : neighbour(by);
  if (to >= 0) { state.index = to; start(); }
  else if (by < 0) seek(0);
  else if (ended) { state.playing = false; place = 0; store(); draw(); }
}

// Also true while a song begins.
export const isHeardHere = () => state.playing || !audio.paused && !audio.error;
const isHeard = () => state.speaker ? speaker.isPlaying() : isHeardHere();

export function toggle() {
  if (state.speaker) {
    if (speaker.song()) speaker.command(speaker.isPlaying() ? "pause" : "resume");
    else if (queued()) play(state.queue, state.index);
    return;
  }
  if (state.live) { if (audio.getAttribute("src")) { stop(); draw(); } else join(); return; }
  if (!own()) return;
  failures = 0;
  // A song that waits for another attempt stops waiting.
  if (audio.error && state.playing) { turn++; state.playing = false; draw(); }
  else if (!audio.getAttribute("src") || audio.error) start(place);
  else if (audio.paused) begin();
  else audio.pause();
}

export function seek(seconds) {
  if (!current()) return;
  const to = Math.max(0, Math.min(seconds, duration()));
  if (state.speaker) { speaker.command("seek", [], Math.round(to * 1000)); return; }
  place = to;
  if (audio.readyState > 0) audio.currentTime = to; else startAt = to;
  showPlace();
}

export const position = () => state.speaker ? speaker.position() : place;
const duration = () => (current()?.durationMs ?? 0) / 1000;

// The loudness of the element that plays: the user's volume and the song's ReplayGain. A browser plays nothing louder than it is.
export function loudness() { audio.volume = Math.min(1, level * factor(own())); }

export function volume(value) {
  const wanted = Math.max(0, Math.min(1, value));
  if (state.speaker) speaker.setVolume(wanted);
  else {
    level = wanted;
    loudness();
    localStorage.setItem("volume", level);
  }
  showVolume();
}
export const getVolume = () => state.speaker ? speaker.volume() : level;

// Plays on the peer's loudspeaker from now on, or in this browser again. The bar shows and controls one of them.
export async function choose(isSpeaker) {
  if (isSpeaker) {
    if (state.live) stop();
    turn++;
    audio.pause();
    state.playing = false;
    await speaker.load();
  }
  state.speaker = isSpeaker;
  draw();
  changed();
}

export function speakerChanged(report) {
  const isOther = speaker.update(report);
  if (!state.speaker) return;
  if (isOther) { draw(); changed(); }
  showPlace();
  showVolume();
}

// Follows the song that plays. Before its length is known, the element is not yet at its position.
function progress() {
  const song = own();
  if (!song || audio.readyState === 0 || startAt > 0) return;
  place = audio.currentTime;
  if (!state.speaker) showPlace();
  const whole = song.durationMs / 1000;
  if (!counted && (place > whole / 2 || place > 240)) { counted = true; post("played", { id: song.id }).catch(() => {}); }
  if (Date.now() - storedAt > SAVE_INTERVAL) store();
  const following = state.queue[state.index + 1];
  if (following && !state.shuffle && whole - place < PRELOAD_SECONDS && next.dataset.id !== following.id && unloadable !== following.id) {
    next.dataset.id = following.id;
    next.src = url(following);
  }
  if ("mediaSession" in navigator && whole > 0 && place <= whole) {
    try { navigator.mediaSession.setPositionState({ duration: whole, position: place, playbackRate: 1 }); } catch { /* The duration of the file differs. */ }
  }
}

function showPlace() {
  const seconds = position();
  const slider = $("seek");
  if (slider && !isDragging) slider.value = Math.round(seconds);
  slider?.setAttribute("aria-valuetext", `${spokenTime(seconds * 1000)} of ${spokenTime(duration() * 1000)}`);
  const label = $("at");
  if (label) label.textContent = time(seconds * 1000);
}

function showVolume() {
  const slider = $("volume");
  if (slider) { slider.value = Math.round(getVolume() * 100); slider.setAttribute("aria-valuetext", `${slider.value} %`); }
}

function describe(song) {
  document.title = `${song.title} · ${song.artist}`;
  say(`Now playing: ${song.title} by ${song.artist}`);
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: song.title, artist: song.artist, album: song.album });
}
if ("mediaSession" in navigator) {
  const actions = { play: () => { if (!isHeard()) toggle(); }, pause: () => { if (isHeard()) toggle(); }, previoustrack: () => step(-1), nexttrack: () => step(1), stop: () => { stop(); draw(); },
    seekto: details => seek(details.seekTime), seekbackward: () => seek(position() - 10), seekforward: () => seek(position() + 10) };
  for (const [action, handler] of Object.entries(actions)) {
    try { navigator.mediaSession.setActionHandler(action, handler); } catch { /* An older browser does not know this action. */ }
  }
}

// A queue can be longer than the page shows. The ids before and after that part are kept.
let unshown = { before: [], after: [] };
const remembered = () => ({ ids: [...unshown.before, ...state.queue.map(song => song.id), ...unshown.after],
  index: state.index < 0 ? -1 : unshown.before.length + state.index, positionMs: Math.round(place * 1000) });
let saving = 0;
let storedAt = 0;
let stored = JSON.stringify(remembered());

function save() { clearTimeout(saving); saving = setTimeout(store, SAVE_DELAY); }

// Stores the queue and the position if this page has changed them: another device may have stored newer ones.
export function store() {
  clearTimeout(saving);
  storedAt = Date.now();
  const text = JSON.stringify(remembered());
  if (text === stored || document.body.classList.contains("out")) return;
  stored = text;
  put("queue", remembered(), true).catch(() => { stored = undefined; });
}

// Takes the stored queue over. Songs that are away stay in it: their hosts may return.
export function restore(saved) {
  if (!saved.list?.length || state.queue.length) return;
  const from = saved.offset ?? 0;
  state.queue = saved.list;
  unshown = { before: saved.ids.slice(0, from), after: saved.ids.slice(from + saved.list.length) };
  state.index = Math.max(0, (saved.index ?? 0) - from);
  place = saved.index === undefined ? 0 : saved.positionMs / 1000;
  stored = JSON.stringify(remembered());
  draw();
  changed();
}

const button = (label, text, onclick, extra = {}) => h("button", { class: "icon", type: "button", "aria-label": label, title: label, onclick, ...extra }, text);

function toggleShuffle() {
  if (state.speaker) return speaker.command("shuffle");
  state.shuffle = !state.shuffle;
  shuffle.restart();
  if (state.index >= 0) shuffle.played(state.index);
  draw();
}

function toggleRepeat() {
  const to = { off: "all", all: "one", one: "off" };
  if (state.speaker) return speaker.command(`repeat${to[speaker.repeat()]}`);
  state.repeat = to[state.repeat];
  draw();
}

const link = (href, text) => href ? h("a", { href }, text) : text;
const texts = (title, details) => h("div", { class: "text" }, h("div", { class: "t", dir: "auto" }, title), h("div", { class: "a", dir: "auto" }, details));

function describeNow(song, station) {
  if (station) return [tile({ id: station.id, name: station.name }),
    texts(station.title ?? station.name, link("#/live", station.title ? `${station.name} · live` : "live"))];
  if (song) return [tile(song), texts(link(song.id && `#/song/${song.id}`, song.title), link(song.artistId && `#/artist/${song.artistId}`, song.artist))];
  return h("div", { class: "muted" }, state.speaker ? "Nothing is playing on the loudspeaker" : "Nothing is playing");
}

export function draw() {
  // A slider that is replaced is no longer dragged.
  isDragging = false;
  const song = current();
  const station = state.speaker ? null : state.live;
  const isPlaying = state.speaker ? speaker.isPlaying() : state.playing;
  const repeat = state.speaker ? speaker.repeat() : state.repeat;
  const isShuffled = !state.speaker && state.shuffle;
  const bar = $("player");
  const focus = document.activeElement?.id;
  fill(bar,
    h("div", { class: "now" }, describeNow(song, station)),
    h("div", { class: "mid" },
      h("div", { class: "keys" },
        button("Shuffle", icon("shuffle"), toggleShuffle, { "aria-pressed": String(isShuffled), id: "shuffle", class: "icon wide" }),
        button("Previous", icon("prev"), () => step(-1), { id: "prev", disabled: !!station }),
        button(isPlaying ? station ? "Stop" : "Pause" : "Play", icon(isPlaying ? "pause" : "play"), toggle, { id: "toggle", class: "icon big" }),
        button("Next", icon("next"), () => step(1), { id: "next", disabled: !!station }),
        button(`Repeat: ${repeat}`, icon("repeat"), toggleRepeat, { "aria-pressed": String(repeat !== "off"), id: "repeat", class: "icon wide" })),
      station ? h("div", { class: "seek mark" }, "Live") : h("div", { class: "seek" }, h("span", { class: "time", id: "at" }, time(position() * 1000)),
        h("input", { id: "seek", type: "range", min: 0, max: Math.max(1, Math.round(duration())), value: Math.round(position()), step: 1, "aria-label": "Position", disabled: !song,
          oninput: () => { isDragging = true; }, onchange: event => { isDragging = false; seek(Number(event.target.value)); },
          onpointerup: () => { isDragging = false; }, onblur: () => { isDragging = false; } }),
        h("span", { class: "time" }, time(song?.durationMs)))),
    h("div", { class: "right" },
      h("a", { class: "btn", href: "#/queue" }, `Queue (${state.queue.length})`),
      h("input", { id: "volume", type: "range", min: 0, max: 100, value: Math.round(getVolume() * 100), "aria-label": "Volume", oninput: event => volume(Number(event.target.value) / 100) })));
  if (focus && bar.querySelector(`#${CSS.escape(focus)}`)) $(focus).focus();
}
