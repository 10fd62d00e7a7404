using System.Runtime.InteropServices;
using TspActors.Playback;

namespace TspActors.Benchmarks.Decoders;

/// <summary>
/// Songs with the samples of the reference decoder, in a file: for machines that cannot generate songs, or lack that decoder.
/// </summary>
internal static class SavedMaterial
{
    internal static void Save(string path, IReadOnlyList<TestSong> songs, IReadOnlyList<DecodedSong> reference)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(songs.Count);
        foreach (var (song, decoded) in songs.Zip(reference))
        {
            file.Write(song.Group);
            file.Write(song.Name);
            file.Write(song.Samples);
            file.Write(song.Bytes.Length);
            file.Write(song.Bytes);
            file.Write(decoded.Format.Rate);
            file.Write(decoded.Format.Channels);
            file.Write(decoded.Time.Ticks);
            file.Write(decoded.Samples.Length);
            file.Write(MemoryMarshal.AsBytes(decoded.Samples.AsSpan()));
        }
    }

    internal static (IReadOnlyList<TestSong> Songs, IReadOnlyList<DecodedSong> Reference) Load(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        var all = Enumerable.Range(0, file.ReadInt32()).Select(_ =>
        {
            var (group, name, samples) = (file.ReadString(), file.ReadString(), file.ReadInt32());
            var song = new TestSong(group, name, file.ReadBytes(file.ReadInt32()), samples);
            var (format, time) = (new PcmFormat(file.ReadInt32(), file.ReadInt32()), new TimeSpan(file.ReadInt64()));
            var pcm = file.ReadBytes(file.ReadInt32() * sizeof(short));
            return (Song: song, Decoded: new DecodedSong(MemoryMarshal.Cast<byte, short>(pcm).ToArray(), format, time, null));
        }).ToList();
        return ([.. all.Select(each => each.Song)], [.. all.Select(each => each.Decoded)]);
    }
}
