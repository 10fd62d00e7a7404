// Tables of songs, grids of albums and artists, and lists that load while the user scrolls.
import { h, number, plural, tile, time, toast } from "./dom.js";
import { get, post, put } from "./api.js";
import * as player from "./player.js";

const PAGE = 200;

export function star(item) {
  const button = h("button", { class: "icon", type: "button", "aria-pressed": String(!!item.starred), "aria-label": `Star ${item.title ?? item.name}`,
    onclick: async () => {
      try {
        await post(item.starred ? "unstar" : "star", { ids: [item.id] });
        item.starred = item.starred ? undefined : new Date().toISOString();
        button.setAttribute("aria-pressed", String(!!item.starred));
        button.textContent = item.starred ? "★" : "☆";
      } catch (error) { toast(error.message); }
    } }, item.starred ? "★" : "☆");
  return button;
}

const hosts = song => song.away ? "no host now" : plural(song.hosts, "host");

export function songRow(songs, song, index, options = {}) {
  const row = h("tr", { class: song.away ? "song away" : "song", "data-id": song.id, "aria-current": String(player.current()?.id === song.id) },
    h("td", { class: "num muted wide" }, options.numbers ? String(song.track ?? "") : String(index + 1)),
    h("td", {}, h("button", { class: "title", type: "button", dir: "auto", "aria-label": `Play ${song.title}`, onclick: () => player.play(songs(), index) }, song.title)),
    h("td", { dir: "auto" }, song.artistId ? h("a", { href: `#/artist/${song.artistId}` }, song.artist) : song.artist),
    options.album === false ? null : h("td", { class: "wide", dir: "auto" }, song.albumId ? h("a", { href: `#/album/${song.albumId}` }, song.album) : song.album ?? ""),
    h("td", { class: "num wide" }, time(song.durationMs)),
    h("td", { class: "num wide muted" }, hosts(song)),
    h("td", { class: "act" }, options.actions?.(song, index), star(song),
      h("a", { class: "icon btn-more", href: `#/song/${song.id}`, "aria-label": `Details of ${song.title}` }, "⋯")));
  return row;
}

export function songTable(items, options = {}) {
  const body = h("tbody", {}, items.map((song, index) => songRow(() => items, song, index, options)));
  return { body, element: h("table", {},
    h("thead", {}, h("tr", {}, h("th", { class: "num wide", scope: "col" }, "#"), h("th", { scope: "col" }, "Title"), h("th", { scope: "col" }, "Artist"),
      options.album === false ? null : h("th", { class: "wide", scope: "col" }, "Album"), h("th", { class: "num wide", scope: "col" }, "Time"),
      h("th", { class: "num wide", scope: "col" }, "Hosts"), h("th", { scope: "col" }, h("span", { class: "hidden" }, "Actions")))), body) };
}

// A list that loads the next page when its end comes into view.
export function paged(path, draw, empty) {
  const box = h("div");
  const more = h("button", { class: "btn more", type: "button", hidden: true, onclick: load }, "Load more");
  const items = [];
  let total = Infinity;
  // A page can have fewer songs than places, because songs can be forgotten while a user reads the list.
  let next = 0;
  let isLoading = false;
  let view;
  async function load() {
    if (isLoading || next >= total) return;
    isLoading = true;
    try {
      const page = await get(`${path}${path.includes("?") ? "&" : "?"}offset=${next}&count=${PAGE}`);
      total = page.total;
      next += PAGE;
      const from = items.length;
      items.push(...page.items);
      if (!view) { view = draw(items); box.prepend(view.element); }
      else view.add(page.items, from);
      more.textContent = `Load more (${number(items.length)} of ${number(total)})`;
      more.hidden = next >= total;
      if (total === 0) box.replaceChildren(h("p", { class: "muted" }, empty));
    } catch (error) { toast(error.message); more.hidden = false; }
    isLoading = false;
  }
  const watcher = new IntersectionObserver(entries => { if (entries.some(entry => entry.isIntersecting)) load(); }, { rootMargin: "800px" });
  watcher.observe(more);
  box.append(more);
  return { element: box, first: load(), items };
}

export const pagedSongs = (path, empty) => paged(path, items => {
  const table = songTable(items);
  return { element: table.element, add: (songs, from) => table.body.append(...songs.map((song, index) => songRow(() => items, song, from + index))) };
}, empty);

export function albumCard(album) {
  return h("li", { class: "card" }, h("a", { href: `#/album/${album.id}` }, tile(album), h("div", { class: "name", dir: "auto" }, album.name)),
    h("div", { class: "by", dir: "auto" }, h("a", { href: `#/artist/${album.artistId}` }, album.artist), album.year ? ` · ${album.year}` : ""));
}

export const artistCard = artist => h("li", { class: "card" }, h("a", { href: `#/artist/${artist.id}` }, tile(artist, true), h("div", { class: "name", dir: "auto" }, artist.name)),
  h("div", { class: "by" }, plural(artist.albums, "album")));

export const grid = cards => h("ul", { class: "grid" }, cards);

export const pagedGrid = (path, card, empty) => paged(path, items => {
  const list = grid(items.map(card));
  return { element: list, add: added => list.append(...added.map(card)) };
}, empty);

export const way = peer => peer.reachable ? peer.secure ? "direct, encrypted" : "direct" : peer.callable ? "calls back" : "not reachable";
export const load = peer => peer.max ? `${number(peer.active)} of ${number(peer.max)} streams` : plural(peer.active, "stream");
export const shares = peer => [peer.songs && plural(peer.songs, "song"), peer.feeds && plural(peer.feeds, "live feed")].filter(Boolean).join(", ");

function peerRow(peer, isHost) {
  const name = peer.own ? `${peer.name} (this peer)` : peer.name;
  return h("tr", { class: "peer" }, h("td", { dir: "auto" }, peer.id ? h("a", { href: `#/peer/${peer.id}` }, name) : name),
    isHost ? null : h("td", { class: "words" }, shares(peer)), h("td", { class: "words" }, way(peer)), h("td", { class: "words" }, load(peer)));
}

// A table of the hosts of a song, or of peers with what they share.
export function peerTable(peers, isHosts = false) {
  const body = h("tbody", {}, peers.map(peer => peerRow(peer, isHosts)));
  return { body, element: h("table", {},
    h("thead", {}, h("tr", {}, ["Peer", isHosts ? null : "Shares", "Way", "Load"].map(text => text && h("th", { scope: "col" }, text)))), body) };
}

export const pagedPeers = empty => paged("peers", items => {
  const table = peerTable(items);
  return { element: table.element, add: peers => table.body.append(...peers.map(peer => peerRow(peer))) };
}, empty);

export async function addToPlaylist(songs) {
  const name = prompt("Name of the playlist:");
  if (!name) return;
  try {
    const known = (await get("playlists")).items.find(playlist => playlist.name === name);
    const ids = songs.map(song => song.id);
    if (known) await post(`playlists/${known.id}/songs`, { ids });
    else await post("playlists", { name, ids });
    toast(`Saved in ${name}`);
  } catch (error) { toast(error.message); }
}

export const savePlaylist = (id, changes) => put(`playlists/${id}`, changes);
