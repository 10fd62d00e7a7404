// Builds elements. Texts are set as text and never parsed, so tags from strangers can contain anything.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "value" || key === "checked") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

const SHAPES = {
  prev: "M6 5h3v14H6zM20 5v14L9 12z", next: "M15 5h3v14h-3zM4 5l11 7-11 7z", play: "M7 4l13 8-13 8z", pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  shuffle: "M3 6h4l10 12h4M17 15l4 3-4 3M3 18h4l3-3.6M13 9.6 16 6h5M17 3l4 3-4 3", repeat: "M4 12V9a4 4 0 0 1 4-4h11M16 2l4 3-4 3M20 12v3a4 4 0 0 1-4 4H5M8 22l-4-3 4-3",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z", albums: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4z", artists: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-5 4-7 8-7s8 2 8 7",
  songs: "M9 18V6l11-2v11M9 18a3 2.5 0 1 1-6 0 3 2.5 0 0 1 6 0zM20 15a3 2.5 0 1 1-6 0 3 2.5 0 0 1 6 0z", genres: "M4 4h8l8 8-8 8-8-8zM8 8h.1", playlists: "M4 6h16M4 12h16M4 18h10",
  starred: "M12 3l2.7 5.8 6.3.8-4.6 4.3 1.2 6.3L12 17l-5.6 3.2 1.2-6.3L3 9.6l6.3-.8z", live: "M12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM7 7a7 7 0 0 0 0 10M17 7a7 7 0 0 1 0 10",
  peers: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM3 19c0-4 3-5 6-5s6 1 6 5M16 5a3 3 0 0 1 0 6M17 14c2 .4 4 1.600 4 5",
  transfers: "M8 4v16M4 8l4-4 4 4M16 20V4M12 16l4 4 4-4", status: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7h.1",
};
const FILLED = ["prev", "next", "play", "pause"];

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["width", 22], ["height", 22], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  path.setAttribute("d", SHAPES[name]);
  svg.classList.add(FILLED.includes(name) ? "filled" : "drawn");
  svg.append(path);
  return svg;
}

export const $ = id => document.getElementById(id);

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
}

export function time(ms) {
  const s = Math.max(0, Math.round((ms || 0) / 1000));
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}` : `${minutes}:${String(seconds).padStart(2, "0")}`;
}

export function spokenTime(ms) {
  const s = Math.max(0, Math.round((ms || 0) / 1000));
  return s >= 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`;
}

export const number = value => (value ?? 0).toLocaleString("en");
export const plural = (count, one, many = one + "s") => `${number(count)} ${count === 1 ? one : many}`;

export function size(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}

const HUES = [8, 24, 40, 150, 168, 190, 208, 226, 262, 286, 320, 344];

// Returns the cover of an item, or a coloured tile if it has none. The colour follows from the id, so it never changes.
export function tile(item, round = false) {
  const id = item.albumId ?? item.id ?? "";
  const name = item.album ?? item.name ?? item.title ?? "?";
  if (item.cover) {
    const song = item.title ? `&song=${encodeURIComponent(item.id)}` : "";
    return h("div", { class: round ? "tile round" : "tile" }, h("img", { src: `cover/${item.cover}?size=320${song}`, alt: "", loading: "lazy" }));
  }
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  const box = h("div", { class: round ? "tile round" : "tile", "aria-hidden": "true" }, [...name.replace(/^\[/, "")][0]?.toUpperCase() ?? "?");
  const hue = HUES[hash % HUES.length];
  box.style.setProperty("background", `linear-gradient(${hash % 360}deg, hsl(${hue} 52% 30%), hsl(${(hue + 34) % 360} 58% 44%))`);
  return box;
}

let timer = 0;
export function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.classList.add("on");
  clearTimeout(timer);
  timer = setTimeout(() => box.classList.remove("on"), 5000);
}

export const say = text => { $("say").textContent = text; };
