// ReplayGain: how loud each song plays, so that all songs are equally loud. The rules are those of the peer's own player.
const MODES = ["track", "album", "off"];

export const getMode = () => MODES.find(mode => mode === localStorage.getItem("replayGain")) ?? "track";
export const setMode = mode => localStorage.setItem("replayGain", mode);

// Returns the factor for a song's volume; 1 = unchanged. If only the other gain is known, it is used. A song without a known peak may
// already use the full scale, so it is never made louder.
export function factor(song) {
  const { trackGain, albumGain, trackPeak, albumPeak } = song?.replayGain ?? {};
  const mode = getMode();
  const ofAlbum = mode === "album" ? albumGain !== undefined : trackGain === undefined;
  const gain = ofAlbum ? albumGain : trackGain;
  if (mode === "off" || gain === undefined) return 1;
  const peak = (ofAlbum ? albumPeak ?? trackPeak : trackPeak ?? albumPeak) ?? 1;
  return Math.min(10 ** (gain / 20), 1 / peak);
}
