// Builds elements. Texts are only ever set as text, never parsed, so tags from strangers can contain anything.

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

// A coloured tile stands for a missing cover. Its colour follows from the id, so it is always the same.
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
