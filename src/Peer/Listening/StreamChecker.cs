using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Checks one host's streams of a song: each stream start against the PLAY that requested it, and each piece against its hash.
/// </summary>
/// <remarks>
/// A seek sends another PLAY on the same connection. The host may start a stream for every PLAY, or only for the last one. The last stream
/// that it starts is always the one requested last. A fault is returned as a clause that follows the host's name and a colon. Only
/// the content hash identifies the song. The length from the tracker is unverified, because it comes from other hosts. If a host's piece
/// hashes match the content hash, that host's length is used.
/// </remarks>
/// <param name="song">The song as the tracker described it.</param>
/// <param name="offset">The first payload byte to fetch.</param>
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

    /// <summary>The offset for the next PLAY: the start of the piece that contains the first wanted byte.</summary>
    public long PlayOffset => StartOf(_asked);

    /// <summary>Whether arriving DATA belongs to a PLAY that a later one has replaced.</summary>
    public bool IsSuperseded => _pieces is null && _plays > 1;

    /// <summary>Whether <see cref="DequeueProven"/> has bytes to return.</summary>
    public bool HasProven => _proven.Count > 0;

    /// <summary>Whether another PLAY must be sent, because the song's pieces do not have the assumed size.</summary>
    public bool NeedsPlay { get; private set; }

    /// <summary>Records that a PLAY was sent.</summary>
    public void PlaySent()
    {
        _plays++;
        NeedsPlay = false;
    }

    /// <summary>Continues the song at the given byte. Verified bytes that were not dequeued are dropped.</summary>
    /// <returns>True if another PLAY must be sent. False if the pending PLAY already asks for that piece, or if no PLAY has been sent
    ///   yet.</returns>
    public bool Seek(long to)
    {
        var isAskedFor = _pieces is null && StartOf(to) == PlayOffset;
        _asked = _next = to;
        _proven.Clear();
        _pieces = null;
        return _plays > 0 && !isAskedFor;
    }

    /// <summary>Checks the start of a stream.</summary>
    /// <param name="start">The host's description of the stream.</param>
    /// <param name="tree">The hashes of the song's pieces; null if there is a fault, if a later PLAY replaces this stream, or if
    ///   <see cref="NeedsPlay"/> is true.</param>
    /// <returns>The fault; null if there is none.</returns>
    public string? Begin(StreamStart start, out PieceTree? tree)
    {
        tree = null;
        if (++_starts > _plays)
            return "it began the song more often than requested";
        if (new ContentHash(start.Song.ContentHash.Span) != _hash)
            return "it replied with a different song";
        var payload = start.Song.Format?.PayloadBytes ?? 0;
        if (payload > GrantCheck.MaxPayload
            || !PieceTree.TryCreate(_hash, (long)payload, start.PieceBytes, start.PieceHashes.Span, out var pieces))
            return "its piece hashes do not match the song";
        if (start.Offset > payload)
            return $"it started at byte {start.Offset}, beyond the end of the song";
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
            // The stream of an earlier PLAY may have begun at the same byte. The bytes that it delivered are not delivered again.
            _pieces = new PieceChecker(pieces, (long)start.Offset, _next);
            tree = pieces;
            return null;
        }

        _pieces = null;
        return _plays > 1 && _starts < _plays ? null : $"it started at byte {start.Offset}, not at the requested byte";
    }

    /// <summary>Checks bytes of the song.</summary>
    /// <returns>The fault; null if there is none.</returns>
    public string? Add(ReadOnlySpan<byte> bytes)
    {
        if (_pieces is null)
            return "it sent audio before it named the song";
        return _pieces.Add(bytes, _proven) ? null : "it sent a piece that does not match the song";
    }

    /// <summary>Checks the end of the song.</summary>
    /// <returns>The fault; null if everything has arrived.</returns>
    public string? End() =>
        _pieces is not null && (_pieces.IsComplete || _asked == _payload) ? null : "it ended the song too early";

    /// <summary>Returns the verified bytes in order and removes them.</summary>
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
