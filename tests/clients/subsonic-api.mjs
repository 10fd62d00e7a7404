// Drives the gateway with npm's subsonic-api: by GET and POST, with token and with API key.
// Usage: npm install --prefix tests/clients && node tests/clients/subsonic-api.mjs URL USER KEY
import assert from "node:assert/strict";
import { SubsonicAPI } from "subsonic-api";

const [url, username, key] = process.argv.slice(2);
if (!key) {
  console.error("usage: subsonic-api.mjs URL USER KEY");
  process.exit(2);
}

for (const post of [false, true]) {
  for (const auth of [{ username, password: key }, { apiKey: key }]) {
    const api = new SubsonicAPI({ url, auth, post });
    await check(api);
    console.log(`subsonic-api, ${post ? "POST" : "GET"}, ${auth.apiKey ? "API key" : "token"}: ok`);
  }
}

const wrong = await new SubsonicAPI({ url, auth: { username, password: "wrong" } }).ping();
assert.equal(wrong.error.code, 40);
console.log("subsonic-api, wrong password: refused");

async function check(api) {
  assert.equal((await api.ping()).status, "ok");
  const { artists } = await api.getArtists();
  const summary = artists.index[0].artist[0];
  const { artist } = await api.getArtist({ id: summary.id });
  const { album } = await api.getAlbum({ id: artist.album[0].id });
  assert.equal(album.song.length, album.songCount);
  const song = album.song[0];
  const stream = await api.stream({ id: song.id });
  const bytes = (await stream.arrayBuffer()).byteLength;
  assert.equal(bytes, song.size);

  // A walk through everything: each song once.
  const ids = [];
  for (let offset = 0; ; offset += 2) {
    const page = (await api.search3({ query: '""', songCount: 2, songOffset: offset, albumCount: 0, artistCount: 0 })).searchResult3.song;
    if (page.length === 0) break;
    ids.push(...page.map((each) => each.id));
  }
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.includes(song.id));

  const { playlist } = await api.createPlaylist({ name: "from npm", songId: ids.slice(0, 2) });
  assert.equal(playlist.songCount, Math.min(2, ids.length));
  await api.updatePlaylist({ playlistId: playlist.id, name: "renamed", songIdToAdd: [song.id] });
  assert.equal((await api.getPlaylist({ id: playlist.id })).playlist.name, "renamed");
  await api.deletePlaylist({ id: playlist.id });
  assert.ok(!(await api.getPlaylists()).playlists.playlist.some((each) => each.id === playlist.id));

  await api.star({ id: song.id });
  assert.ok((await api.getStarred2()).starred2.song.some((each) => each.id === song.id));
  await api.unstar({ id: song.id });
  await api.savePlayQueue({ id: [song.id], current: song.id, position: 1000 });
  assert.equal((await api.getPlayQueue()).playQueue.position, 1000);
}
