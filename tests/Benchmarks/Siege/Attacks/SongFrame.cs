using System.Buffers.Binary;
using System.Text;
using TspActors.Benchmarks.TrackerLoad;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>
/// A SHARE of a thousand songs. It is encoded once, and before it is sent again only a few bytes change, so that it costs the attacker
/// little.
/// </summary>
internal sealed class SongFrame
{
    private const int Songs = 1000;

    private readonly int[] _places;
    private readonly bool _isNew;
    private readonly int _owner;
    private int _round;

    /// <param name="owner">A number that distinguishes the songs of one attacker from those of the others.</param>
    /// <param name="isNew">True for new songs each time; false for new titles of the same songs.</param>
    public SongFrame(int owner, bool isNew)
    {
        (_owner, _isNew) = (owner, isNew);
        var first = 1_000_000 + (owner * Songs);
        var songs = Enumerable.Range(first, Songs).Select(song => SongMaker.Song(song, isNew ? null : Title(song))).ToArray();
        Bytes = FrameEncoder.Encode(Operation.Share, 0, new Share { Last = true, Added = { songs } });
        _places = [.. songs.Select(song => Bytes.AsSpan().IndexOf(
            isNew ? song.ContentHash.Span : Encoding.ASCII.GetBytes(song.Tags.Title)))];
    }

    public static int Count => Songs;

    public byte[] Bytes { get; }

    /// <summary>Changes the frame into the next one to send.</summary>
    public void Change()
    {
        _round++;
        if (_isNew)
        {
            foreach (var at in _places)
                BinaryPrimitives.WriteInt64BigEndian(Bytes.AsSpan(at), ((long)_owner << 32) + _round);
            return;
        }

        var digits = Encoding.ASCII.GetBytes($"{_round:00000000}");
        foreach (var at in _places)
            digits.CopyTo(Bytes.AsSpan(at));
    }

    private static string Title(int song) => $"00000000 of {song:0000000}";
}
