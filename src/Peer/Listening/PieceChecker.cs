using TspActors.Media.Hashing;

namespace TspActors.Peer.Listening;

/// <summary>Collects a stream's bytes into pieces and lets through only those that match their hash.</summary>
internal sealed class PieceChecker
{
    private readonly PieceTree _tree;
    private readonly byte[] _buffer;
    private readonly long _from;
    private int _piece;
    private int _filled;

    /// <param name="tree">What the pieces must match.</param>
    /// <param name="start">The payload offset of the stream's first byte: the start of a piece.</param>
    /// <param name="from">The first payload byte wanted; bytes before it are checked and dropped.</param>
    public PieceChecker(PieceTree tree, long start, long from)
    {
        _tree = tree;
        _from = from;
        _piece = (int)(start / tree.PieceBytes);
        _buffer = new byte[tree.PieceBytes];
    }

    /// <summary>Returns where a stream must start: at the piece that holds the first byte wanted.</summary>
    public static long StartOf(long from, long pieceBytes) => from / pieceBytes * pieceBytes;

    /// <summary>Every piece up to the end of the song was let through.</summary>
    public bool IsComplete => _piece == _tree.Count;

    /// <summary>Adds the next bytes of the stream.</summary>
    /// <param name="bytes">Copied; they may be reused afterwards.</param>
    /// <param name="verified">Gets the bytes that are proven, from the first one wanted on, each piece in memory of its own.</param>
    /// <returns>False when a piece is wrong, or when the stream is longer than the song; nothing of that is let through.</returns>
    public bool Add(ReadOnlySpan<byte> bytes, List<ReadOnlyMemory<byte>> verified)
    {
        while (!bytes.IsEmpty)
        {
            if (IsComplete)
                return false;
            var length = _tree.LengthOf(_piece);
            var fitting = bytes[..Math.Min(bytes.Length, length - _filled)];
            fitting.CopyTo(_buffer.AsSpan(_filled));
            _filled += fitting.Length;
            bytes = bytes[fitting.Length..];
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
