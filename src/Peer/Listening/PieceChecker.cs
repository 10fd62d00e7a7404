using TspActors.Media.Hashing;

namespace TspActors.Peer.Listening;

/// <summary>Gathers a stream's bytes into pieces and lets only those through that match their hash.</summary>
internal sealed class PieceChecker
{
    private readonly PieceTree _tree;
    private readonly byte[] _buffer;
    private readonly long _from;
    private int _piece;
    private int _filled;

    /// <param name="tree">What the pieces must match.</param>
    /// <param name="start">The payload offset of the stream's first byte: the start of a piece.</param>
    /// <param name="from">The first payload byte that is wanted; those before it are checked and dropped.</param>
    public PieceChecker(PieceTree tree, long start, long from)
    {
        _tree = tree;
        _from = from;
        _piece = (int)(start / tree.PieceBytes);
        _buffer = new byte[tree.PieceBytes];
    }

    /// <summary>Where the stream has to start.</summary>
    public static long StartOf(long from, long pieceBytes) => from / pieceBytes * pieceBytes;

    /// <summary>Every piece up to the end was let through.</summary>
    public bool IsComplete => _piece == _tree.Count;

    /// <summary>Takes the next bytes of the stream.</summary>
    /// <param name="bytes">Copied; they may be reused afterwards.</param>
    /// <param name="verified">Gets the bytes that are proven, from the wanted offset on, each in memory of its own.</param>
    /// <returns>False when a piece is wrong, or more came than the song has: nothing of it was let through.</returns>
    public bool Take(ReadOnlySpan<byte> bytes, List<ReadOnlyMemory<byte>> verified)
    {
        while (!bytes.IsEmpty)
        {
            if (IsComplete)
                return false;
            var length = _tree.LengthOf(_piece);
            var part = bytes[..Math.Min(bytes.Length, length - _filled)];
            part.CopyTo(_buffer.AsSpan(_filled));
            _filled += part.Length;
            bytes = bytes[part.Length..];
            if (_filled < length)
                break;
            if (!_tree.Verify(_piece, _buffer.AsSpan(0, length)))
                return false;
            var skip = (int)Math.Clamp(_from - (long)_piece * _tree.PieceBytes, 0, length);
            if (skip < length)
                verified.Add(_buffer.AsSpan(skip, length - skip).ToArray());
            _piece++;
            _filled = 0;
        }

        return true;
    }
}
