// The views. Each returns the content of the page for one kind of address.
import { h, number, plural, size, tile, time, toast } from "./dom.js";
import { call, get, post, query, remove } from "./api.js";
import { addToPlaylist, albumCard, artistCard, grid, load, pagedGrid, pagedPeers, pagedSongs, peerTable, savePlaylist, shares, songTable, star, way } from "./lists.js";
import * as player from "./player.js";
import * as gain from "./loudness.js";

const title = text => h("h1", { dir: "auto" }, text);
const muted = text => h("p", { class: "muted" }, text);
// Says what the gateway refuses.
const told = change => async event => { try { await change(event); } catch (error) { toast(error.message); } };
const button = (text, onclick, main = false) => h("button", { class: main ? "btn main" : "btn", type: "button", onclick: told(onclick) }, text);

function playButtons(songs) {
  return h("div", { class: "row" }, button("▶ Play", () => player.play(songs), true),
    button("Shuffle", () => player.play([...songs].sort(() => Math.random() - 0.5))),
    button("Add to queue", () => player.enqueue(songs)), button("Add to playlist", () => addToPlaylist(songs)));
}

// These songs stay until the view is opened again, so that they do not change under the pointer.
let random = { items: [] };

async function home(_, __, ___, ____, isNew) {
  const [newest, recent, others] = await Promise.all([get("albums?order=newest&count=12"), get("albums?order=recent&count=6"),
    isNew || random.items.length === 0 ? get("random?count=10") : random]);
  random = others;
  const parts = [title("Listen")];
  if (newest.total === 0) {
    parts.push(muted("No music is shared yet. As soon as a peer shares songs, they appear here."));
    return parts;
  }
  if (recent.items.length) parts.push(h("h2", {}, "Recently played"), grid(recent.items.map(albumCard)));
  parts.push(h("h2", {}, "New in the swarm"), grid(newest.items.map(albumCard)));
  if (random.items.length) parts.push(h("h2", {}, "Something different"), songTable(random.items).element);
  return parts;
}

const songs = () => [title("Songs"), pagedSongs("songs?order=title", "No songs are shared yet.").element];

function albums(_, values) {
  const order = values.get("order") ?? "name";
  const orders = { name: "Name", artist: "Artist", newest: "Newest", random: "Random", starred: "Starred", frequent: "Most played" };
  return [title("Albums"),
    h("div", { class: "row", role: "group", "aria-label": "Order" }, Object.entries(orders).map(([key, text]) =>
      h("a", { class: key === order ? "btn main" : "btn", href: `#/albums?order=${key}`, "aria-current": key === order ? "true" : null }, text))),
    pagedGrid(`albums?order=${order}`, albumCard, "There are no albums here.").element];
}

async function album(id) {
  const item = await get(`albums/${id}`);
  return [h("div", { class: "hero" }, tile({ ...item, albumId: item.id }), h("div", {}, h("div", { class: "muted" }, item.compilation ? "Compilation" : "Album"), title(item.name),
    h("div", { dir: "auto" }, h("a", { href: `#/artist/${item.artistId}` }, item.artist),
      h("span", { class: "muted" }, `${item.year ? ` · ${item.year}` : ""} · ${plural(item.songs, "song")} · ${time(item.durationMs)}`)), star(item))),
  playButtons(item.list), songTable(item.list, { numbers: true, album: false }).element];
}

const artists = () => [title("Artists"), pagedGrid("artists", artistCard, "There are no artists yet.").element];

async function artist(id) {
  const item = await get(`artists/${id}`);
  return [h("div", { class: "hero" }, tile(item, true), h("div", {}, h("div", { class: "muted" }, "Artist"), title(item.name),
    h("div", { class: "muted" }, `${plural(item.albums, "album")} · ${plural(item.songs, "song")}`), star(item))),
  item.top.length ? [h("h2", {}, "Most hosted"), songTable(item.top).element] : null,
  h("h2", {}, "Albums"), grid(item.list.map(albumCard))];
}

async function genres() {
  const { items } = await get("genres");
  return [title("Genres"), items.length === 0 ? muted("No song has a genre.") : h("ul", { class: "chips" }, items.map(genre =>
    h("li", {}, h("a", { class: "btn", href: `#/genre/${encodeURIComponent(genre.name)}` }, genre.name, h("span", { class: "muted" }, number(genre.songs))))))];
}

const genre = name => [title(name), pagedSongs(`genres/songs?name=${encodeURIComponent(name)}`, "No song has this genre now.").element];

async function starred() {
  const items = await get("starred");
  const nothing = !items.artists.length && !items.albums.length && !items.songs.length;
  return [title("Starred"), nothing ? muted("Press ☆ beside a song, an album or an artist to find it here.") : null,
    items.songs.length ? [playButtons(items.songs), songTable(items.songs).element] : null,
    items.albums.length ? [h("h2", {}, "Albums"), grid(items.albums.map(albumCard))] : null,
    items.artists.length ? [h("h2", {}, "Artists"), grid(items.artists.map(artistCard))] : null];
}

async function playlists(_, __, reload) {
  const { items } = await get("playlists");
  return [title("Playlists"), h("div", { class: "row" }, button("New playlist", async () => {
    const name = prompt("Name of the playlist:");
    if (!name) return;
    await post("playlists", { name, ids: [] });
    reload();
  }, true)), items.length === 0 ? muted("There are no playlists yet.") : grid(items.map(item => h("li", { class: "card" },
    h("a", { href: `#/playlist/${item.id}` }, tile(item), h("div", { class: "name", dir: "auto" }, item.name)), h("div", { class: "by" }, `${plural(item.songs, "song")} · ${time(item.durationMs)}`))))];
}

async function playlist(id, _, reload) {
  const item = await get(`playlists/${id}`);
  // A second click must not send a list that is made from the same old one.
  let isSaving = false;
  const save = async list => {
    if (isSaving) return;
    isSaving = true;
    try { await savePlaylist(id, { ids: list.map(song => song.id) }); reload(); } catch (error) { isSaving = false; toast(error.message); }
  };
  const moved = (from, to) => { const list = [...item.list]; list.splice(to, 0, ...list.splice(from, 1)); return list; };
  return [title(item.name), h("p", { class: "muted" }, `${plural(item.songs, "song")} · ${time(item.durationMs)}`), playButtons(item.list),
    h("div", { class: "row" }, button("Rename", async () => {
      const name = prompt("New name:", item.name);
      if (name) { await savePlaylist(id, { name }); reload(); }
    }), button("Delete", async () => {
      if (!confirm(`Delete the playlist ${item.name}?`)) return;
      await remove(`playlists/${id}`);
      location.hash = "#/playlists";
    }), h("a", { class: "btn", href: `playlist/${id}.m3u8`, download: "" }, "Download as a file")),
    songTable(item.list, { actions: (song, index) => [
      index > 0 ? h("button", { class: "icon", type: "button", "aria-label": `Move ${song.title} up`, onclick: () => save(moved(index, index - 1)) }, "↑") : null,
      h("button", { class: "icon", type: "button", "aria-label": `Remove ${song.title}`, onclick: () => save(item.list.filter((_, at) => at !== index)) }, "✕")] }).element];
}

function queue(_, __, reload) {
  const items = player.state.queue;
  const again = change => () => { change(); reload(); };
  return [title("Queue"), items.length === 0 ? muted("The queue is empty. Play an album, or add songs to it.") : [
    h("div", { class: "row" }, button("Save as playlist", () => addToPlaylist(items)), button("Clear", again(player.clear))),
    dragged(songTable(items, { actions: (song, index) => [
      index > 0 ? h("button", { class: "icon", type: "button", "aria-label": `Move ${song.title} up`, onclick: again(() => player.move(index, index - 1)) }, "↑") : null,
      index < items.length - 1 ? h("button", { class: "icon", type: "button", "aria-label": `Move ${song.title} down`, onclick: again(() => player.move(index, index + 1)) }, "↓") : null,
      h("button", { class: "icon", type: "button", "aria-label": `Remove ${song.title} from the queue`, onclick: again(() => player.drop(index)) }, "✕")] }), again)]];
}

// Rows can be dragged with the mouse; the buttons do the same for the keyboard.
function dragged(table, again) {
  let from = -1;
  [...table.body.children].forEach((row, index) => {
    row.draggable = true;
    row.addEventListener("dragstart", () => { from = index; });
    row.addEventListener("dragover", event => event.preventDefault());
    row.addEventListener("drop", event => { event.preventDefault(); if (from >= 0 && from !== index) again(() => player.move(from, index))(); });
  });
  return table.element;
}

async function search(_, values, reload, signal) {
  const text = values.get("q") ?? "";
  if (!text.trim()) return [title("Search"), muted("Type a few letters of a title, an album or an artist.")];
  const found = await get(`search?${query({ q: text, songs: 60, albums: 12, artists: 8 })}`, signal);
  const nothing = !found.songs.total && !found.albums.total && !found.artists.total;
  return [title(`“${text}”`), nothing ? muted("Nothing matches. Every word must begin a word of the title, the album or the artist.") : null,
    found.artists.items.length ? [h("h2", {}, "Artists"), grid(found.artists.items.map(artistCard))] : null,
    found.albums.items.length ? [h("h2", {}, "Albums"), grid(found.albums.items.map(albumCard))] : null,
    found.songs.items.length ? [h("h2", {}, `Songs (${number(found.songs.total)})`), songTable(found.songs.items).element] : null];
}

async function song(id) {
  const item = await get(`songs/${id}`);
  const facts = [["Album", item.album], ["Album artist", item.albumArtist], ["Track", item.track && `${item.disc ? `${item.disc}-` : ""}${item.track}`], ["Year", item.year], ["Genre", item.genre],
    ["Time", time(item.durationMs)], ["Bit rate", `${item.bitrate} kbit/s`], ["Size", size(item.size)], ["First seen", new Date(item.created).toLocaleDateString("en")], ["Plays", item.plays]];
  return [h("div", { class: "hero" }, tile(item), h("div", {}, h("div", { class: "muted" }, "Song"), title(item.title),
    h("div", {}, h("a", { href: `#/artist/${item.artistId}`, dir: "auto" }, item.artist)), star(item))), playButtons([item]),
  h("div", { class: "row" }, h("a", { class: "btn", href: `song/${item.id}.mp3`, download: "" }, "Download")),
  h("table", {}, h("tbody", {}, facts.filter(([, value]) => value).map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { dir: "auto" }, String(value)))))),
  h("h2", {}, "Hosts"), item.hostList.length === 0 ? muted("No host has this song now.") : peerTable(item.hostList, true).element,
  item.others.length ? [h("h2", {}, "Other encodings"), songTable(item.others).element] : null];
}

async function transfers() {
  const items = await get("transfers");
  return [title("Transfers"), h("h2", {}, "To players"), items.incoming.length === 0 ? muted("No player is listening.") : h("table", {},
    h("thead", {}, h("tr", {}, ["Song", "Device", "From", "Sent"].map(text => h("th", { scope: "col" }, text)))),
    h("tbody", {}, items.incoming.map(entry => h("tr", {}, h("td", { dir: "auto" }, entry.title), h("td", {}, entry.device), h("td", {}, entry.waiting ? "waiting" : `${entry.host} ${entry.way}`),
      h("td", {}, `${size(entry.sent)} of ${size(entry.length)}`))))),
  h("h2", {}, "To other peers"), items.outgoing.length === 0 ? null : h("table", {},
    h("thead", {}, h("tr", {}, ["Song", "To", "Kind"].map(text => h("th", { scope: "col" }, text)))),
    h("tbody", {}, items.outgoing.map(entry => h("tr", { class: "upload" }, h("td", { dir: "auto" }, entry.song),
      h("td", { dir: "auto" }, entry.requesterId ? h("a", { href: `#/peer/${entry.requesterId}` }, entry.requester) : "another peer"), h("td", {}, entry.download ? "download" : "listening"))))),
  muted(`${plural(items.outgoingCount ?? 0, "stream")}${items.maxStreams ? ` of ${items.maxStreams}` : ""}; upload limit: ${items.uploadLimit}`)];
}

async function status(_, __, reload) {
  const [state, problems, limits, devices, session] = await Promise.all([get("state"), get("problems"), get("limits"), get("devices"), get("session")]);
  const made = h("div");
  const speaker = await get("speaker").catch(() => ({ available: false }));
  return [title("Status"), h("table", {}, h("tbody", {}, [
    ["Peer", `${state.peer.name} (${state.peer.id})`], ["Tracker", `${state.tracker}: ${state.connected ? `connected (${state.detail})` : state.detail}`],
    ["Shared by this peer", plural(state.peer.songsShared, "song")], ["In the swarm", `${plural(state.songs, "song")}, ${plural(state.albums, "album")}, ${plural(state.artists, "artist")}`],
    ["Others can connect", state.peer.portReachable === undefined ? "not known" : state.peer.portReachable ? "yes" : "no"], ["Version", session.version]]
    .map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value))))),
  h("h2", {}, "Play"), h("div", { class: "row" }, [["In this browser", false], ["On the peer's loudspeaker", true]].map(([text, value]) =>
    h("button", { class: player.state.speaker === value ? "btn main" : "btn", type: "button", "aria-pressed": String(player.state.speaker === value), disabled: value && !speaker.available,
      onclick: async () => { await player.choose(value); reload(); } }, text)), speaker.available ? null : muted("This peer was started without a loudspeaker.")),
  h("h2", {}, "Loudness"), h("div", { class: "row" }, [["Equal for all songs", "track"], ["Equal for all albums", "album"], ["As the songs are", "off"]].map(([text, value]) =>
    h("button", { class: gain.getMode() === value ? "btn main" : "btn", type: "button", "aria-pressed": String(gain.getMode() === value),
      onclick: () => { gain.setMode(value); player.loudness(); reload(); } }, text))),
  h("h2", {}, "Appearance"), h("div", { class: "row" }, [["System", ""], ["Light", "light"], ["Dark", "dark"]].map(([text, value]) =>
    h("button", { class: (localStorage.getItem("theme") ?? "") === value ? "btn main" : "btn", type: "button", "aria-pressed": String((localStorage.getItem("theme") ?? "") === value),
      onclick: () => { localStorage.setItem("theme", value); document.documentElement.dataset.theme = value; reload(); } }, text))),
  h("div", { class: "row" }, h("label", {}, h("input", { type: "checkbox", checked: localStorage.getItem("keys") !== "off", onchange: event => localStorage.setItem("keys", event.target.checked ? "on" : "off") }), " Single-letter keys (? shows them)")),
  h("h2", {}, "Devices"), muted("Each phone, player and browser has a key of its own, which you can revoke."),
  h("form", { class: "row", onsubmit: async event => {
    event.preventDefault();
    try {
      const device = await post("devices", { name: event.target.elements.name.value });
      event.target.reset();
      made.replaceChildren(h("p", {}, "Enter this in the player. The key is shown only once."), h("table", {}, h("tbody", {},
        [["Server", device.url], ["User", device.user], ["Password", device.key]].map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, h("code", {}, value)))))),
      h("img", { class: "qr", alt: "QR code that opens this page on the device", src: `data:image/svg+xml,${encodeURIComponent(device.qr)}` }));
    } catch (error) { toast(error.message); }
  } }, h("input", { class: "field", name: "name", placeholder: "Name, such as phone", "aria-label": "Name of the device", maxlength: 64, required: true }), h("button", { class: "btn", type: "submit" }, "Add a device")), made,
  h("table", {}, h("tbody", {}, devices.items.map(device => h("tr", {}, h("th", { scope: "row", dir: "auto" }, device.name),
    h("td", {}, device.lastUsed ? `last used ${new Date(device.lastUsed).toLocaleString("en")}${device.lastClient ? ` by ${device.lastClient}` : ""}` : "never used"),
    h("td", { class: "act" }, button("Remove", async () => { if (confirm(`Remove ${device.name}? It will need a new key.`)) { await remove(`devices/${device.id}`); reload(); } })))))),
  session.auth === "keys" ? h("div", { class: "row" }, button("Log out", async () => { await call("DELETE", "session"); location.reload(); })) : null,
  h("h2", {}, "Files that are not shared"), problems.items.length === 0 ? muted("None.") : h("ul", {}, problems.items.map(text => h("li", {}, text))),
  h("h2", {}, "Limits"), h("table", {}, h("tbody", {}, limits.items.map(limit => h("tr", {}, h("th", { scope: "row" }, limit.name), h("td", {}, limit.value), h("td", { class: "wide" }, h("code", {}, limit.key))))))];
}

const help = () => [title("Keys"), h("table", {}, h("tbody", {}, [["Space", "play or pause"], ["/ or Ctrl+K", "search"], ["← →", "ten seconds back or forward"], ["Shift + ← →", "previous or next song"],
  ["↑ ↓ (in the player)", "volume"], ["?", "this help"]].map(([key, text]) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, key)), h("td", {}, text)))))];

const stationTable = items => h("table", {},
  h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Station"), h("th", { scope: "col" }, "Now playing"), ["Genre", "From", "Listening here"].map(text => h("th", { class: "wide", scope: "col" }, text)))),
  h("tbody", {}, items.map(station => h("tr", { class: "station", "data-id": station.id, "aria-current": String(station.id === player.state.live?.id) },
    h("td", {}, h("button", { class: "title", type: "button", dir: "auto", "aria-label": `Play ${station.name}`, onclick: () => player.tune(station) }, station.name)),
    h("td", { dir: "auto" }, station.title ?? h("span", { class: "muted" }, "not known until someone listens")),
    h("td", { class: "wide", dir: "auto" }, station.genre ?? ""), h("td", { class: "wide", dir: "auto" }, station.hosts.join(", ")), h("td", { class: "wide" }, number(station.listeners))))));

async function live() {
  const { items } = await get("live");
  return [title("Live"), items.length === 0 ? muted("No peer sends a live feed now.") : stationTable(items)];
}

async function peers() {
  const list = pagedPeers("No peer shares anything now.");
  await list.first;
  return [title("Peers"), list.element];
}

async function peer(id) {
  const item = await get(`peers/${id}`);
  const list = item.songs ? pagedSongs(`peers/${id}/songs`, "This peer shares no songs now.") : null;
  await list?.first;
  return [h("div", { class: "hero" }, tile(item, true), h("div", {}, h("div", { class: "muted" }, item.own ? "This peer" : "Peer"), title(item.name),
    h("div", { class: "muted" }, `${shares(item)} · ${way(item)} · ${load(item)}`))),
  item.feedList.length ? [h("h2", {}, "Live"), stationTable(item.feedList)] : null,
  list ? [item.feedList.length ? h("h2", {}, "Songs") : null, playButtons(list.items), list.element] : null];
}

export const views = { "": home, songs, albums, album, artists, artist, genres, genre, starred, playlists, playlist, queue, search, song, transfers, status, help, live, peers, peer };
