using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Checks what one host sends of a song: each stream that it begins against the PLAYs it got, and each piece against the hash of the song.
/// </summary>
/// <remarks>
/// A seek sends another PLAY on the same connection. A host may begin a stream for every PLAY, or only for the last of several; the last
/// stream that it begins is the one that was asked for last. Faults are told as the end of a sentence that begins with the host's name.
/// The content hash alone says which song it is. The length that the tracker tells is hearsay of other hosts: where a host's piece hashes
/// fit the content hash, the host's own length counts.
/// </remarks>
/// <param name="song">The song as the tracker described it.</param>
/// <param name="offset">First payload byte wanted.</param>
internal sealed class StreamChecker(Song song, long offset)
{
    private readonly ContentHash _hash = new(song.ContentHash.Span);
    private readonly List<ReadOnlyMemory<byte>> _proven = [];
    private PieceChecker? _pieces;
    private long _payload = (long)song.Format.PayloadBytes;
    private long _asked = offset;
    private long _next = offset;
    private int _plays;
    private int _starts;

    /// <summary>The payload byte that a PLAY must ask for: the start of the piece that holds the first byte wanted.</summary>
    public long PlayOffset => StartOf(_asked);

    /// <summary>The DATA that arrives now belongs to a PLAY that was replaced.</summary>
    public bool IsSuperseded => _pieces is null && _plays > 1;

    /// <summary>Bytes wait for <see cref="DequeueProven"/>.</summary>
    public bool HasProven => _proven.Count > 0;

    /// <summary>The song's pieces are others than was thought, so the host must get another PLAY.</summary>
    public bool NeedsPlay { get; private set; }

    /// <summary>Notes that a PLAY was sent.</summary>
    public void PlaySent()
    {
        _plays++;
        NeedsPlay = false;
    }

    /// <summary>Wants the song from another byte on. What is proven and not dequeued yet is dropped.</summary>
    /// <returns>True when the host must get another PLAY: false when one that asks for that piece is under way, or will be the first
    ///   one.</returns>
    public bool Seek(long to)
    {
        var isAskedFor = _pieces is null && StartOf(to) == PlayOffset;
        _asked = _next = to;
        _proven.Clear();
        _pieces = null;
        return _plays > 0 && !isAskedFor;
    }

    /// <summary>Checks a stream that the host begins.</summary>
    /// <param name="start">What it says of the stream.</param>
    /// <param name="tree">The hashes of the song's pieces; null when the stream is one that was replaced.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Begin(StreamStart start, out PieceTree? tree)
    {
        tree = null;
        if (++_starts > _plays)
            return "it began the song more often than it was asked to";
        if (new ContentHash(start.Song.ContentHash.Span) != _hash)
            return "it answered with another song";
        var payload = start.Song.Format?.PayloadBytes ?? 0;
        if (payload > GrantCheck.MaxPayload
            || !PieceTree.TryCreate(_hash, (long)payload, start.PieceBytes, start.PieceHashes.Span, out var pieces))
            return "its piece hashes are not the song's";
        var isWanted = start.Offset == (ulong)PlayOffset;
        _payload = (long)payload;
        if (isWanted && PieceChecker.StartOf((long)start.Offset, pieces.PieceBytes) != (long)start.Offset)
        {
            _pieces = null;
            NeedsPlay = true;
            return null;
        }

        if (isWanted)
        {
            // The stream of an earlier PLAY may have begun at the same byte; what it brought is not handed on a second time.
            _pieces = new PieceChecker(pieces, (long)start.Offset, _next);
            tree = pieces;
            return null;
        }

        _pieces = null;
        return _plays > 1 && _starts < _plays ? null : $"it started at byte {start.Offset}, not where it was asked to";
    }

    /// <summary>Checks bytes of the song.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Add(ReadOnlySpan<byte> bytes)
    {
        if (_pieces is null)
            return "it sent audio before it said of which song";
        return _pieces.Add(bytes, _proven) ? null : "it sent a piece that is not the song's";
    }

    /// <summary>Checks the end of the song.</summary>
    /// <returns>What is wrong; null when everything has arrived.</returns>
    public string? End() =>
        _pieces is not null && (_pieces.IsComplete || _asked == _payload) ? null : "it ended the song too early";

    /// <summary>Returns the bytes that are proven, in order, and forgets them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> DequeueProven()
    {
        foreach (var piece in _proven)
            _next += piece.Length;
        ReadOnlyMemory<byte>[] pieces = [.. _proven];
        _proven.Clear();
        return pieces;
    }

    private long StartOf(long at) => PieceChecker.StartOf(at, MerkleTree.PieceBytes(_payload));
}
