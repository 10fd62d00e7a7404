// Shuffle: every song of the queue plays once, in random order, before any plays again.

// The places in the queue that have played in this round, oldest first. The last one is current.
let round = [];

export const restart = () => { round = []; };

export function played(index) { if (round.at(-1) !== index) round.push(index); }

// Follows a change of the queue. The function returns the new place of a song, or -1 for one that was removed.
export function moved(placeOf) { round = round.map(placeOf).filter(index => index >= 0); }

// Returns the place of the next song; -1 = each of the songs has played.
export function next(count, repeats) {
  let open = openPlaces(count);
  if (open.length === 0 && repeats) {
    // The song that was heard last does not begin the next round.
    round = count > 1 ? round.slice(-1) : [];
    open = openPlaces(count);
  }
  return open.length ? open[Math.floor(Math.random() * open.length)] : -1;
}

// Returns the place of the song that was heard before the current one; -1 = none was.
export function previous() {
  if (round.length < 2) return -1;
  round.pop();
  return round.at(-1);
}

function openPlaces(count) {
  const closed = new Set(round);
  return Array.from({ length: count }, (_, index) => index).filter(index => !closed.has(index));
}
