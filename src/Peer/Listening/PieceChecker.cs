using TspActors.Media.Hashing;

namespace TspActors.Peer.Listening;

/// <summary>Collects a stream's bytes into pieces, and passes on only the pieces that match their hashes.</summary>
internal sealed class PieceChecker
{
    private readonly PieceTree _tree;
    private readonly byte[] _buffer;
    private readonly long _from;
    private int _piece;
    private int _filled;

    /// <param name="tree">The hashes that the pieces must match.</param>
    /// <param name="start">The payload offset of the stream's first byte. It must be the start of a piece.</param>
    /// <param name="from">The first payload byte to pass on. Earlier bytes are verified and dropped.</param>
    public PieceChecker(PieceTree tree, long start, long from)
    {
        _tree = tree;
        _from = from;
        _piece = (int)(start / tree.PieceBytes);
        _buffer = new byte[tree.PieceBytes];
    }

    /// <summary>Returns the offset where a stream must start: the start of the piece that contains the first wanted byte.</summary>
    public static long StartOf(long from, long pieceBytes) => from / pieceBytes * pieceBytes;

    /// <summary>Whether every piece up to the end of the song has been verified.</summary>
    public bool IsComplete => _piece == _tree.Count;

    /// <summary>Adds the next bytes of the stream.</summary>
    /// <param name="bytes">The bytes. They are copied, so the caller may reuse the memory.</param>
    /// <param name="verified">Receives the verified bytes, starting with the first wanted one. Each piece has its own memory.</param>
    /// <returns>False if a piece is wrong or the stream is longer than the song. The wrong bytes are not passed on.</returns>
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
