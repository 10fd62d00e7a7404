// The loudspeaker of the peer: what it plays, and commands for it.
import { toast } from "./dom.js";
import { get, post } from "./api.js";

const DELAY = 150;
const NOTHING = { title: "", artist: "", positionMs: 0, durationMs: 0, paused: false, volume: 100, repeat: "off" };
let report = NOTHING;
let turning = 0;

export async function command(name, songs = [], value = 0) {
  try {
    const reply = await post("speaker", { command: name, ids: songs.map(song => song.id), value });
    if (!reply.done) toast(reply.text);
  } catch (error) { toast(error.message); }
}

export async function load() {
  try { report = await get("speaker"); } catch (error) { report = NOTHING; toast(error.message); }
}

// Takes a report of the peer. Returns false if nothing but the position and the volume has changed.
export function update(latest) {
  const shown = each => JSON.stringify([each.song?.id, each.title, each.artist, each.durationMs, each.paused, each.repeat]);
  const former = report;
  report = latest;
  return shown(former) !== shown(latest);
}

// The current song. Of a song that is not in the library, such as a live feed, only the title is known.
export const song = () => report.song ?? (report.title ? { title: report.title, artist: report.artist, durationMs: report.durationMs } : undefined);
export const isPlaying = () => !!song() && !report.paused;
export const position = () => report.positionMs / 1000;
export const repeat = () => report.repeat;
export const volume = () => report.volume / 100;

// The slider sends many values while it is dragged. The last of them counts.
export function setVolume(value) {
  report = { ...report, volume: Math.round(value * 100) };
  clearTimeout(turning);
  turning = setTimeout(() => command("volume", [], report.volume), DELAY);
}
