using ByteString = Akka.IO.ByteString;

namespace TspActors.Transport.AkkaInternals;

/// <summary>
/// Extracts the array inside a <see cref="ByteString"/>: its <c>WriteTo</c> hands the array to a stream, and this stream keeps it.
/// </summary>
/// <remarks>
/// Assumes that Akka.IO makes a new array for every read and never looks at it again, so that no second copy is needed; ByteString shows it
/// only as a span, which frames cannot keep. One instance serves one connection; not thread-safe.
/// </remarks>
internal sealed class ByteStringArray : Stream
{
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Returns the bytes of <paramref name="data"/>: its own array where it has a single one, else a copy.</summary>
    public ReadOnlyMemory<byte> Extract(ByteString data)
    {
        if (!data.IsCompact)
            return data.ToArray();
        _bytes = default;
        data.WriteTo(this);
        var bytes = _bytes;
        _bytes = default;
        return bytes;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => _bytes = new ReadOnlyMemory<byte>(buffer, offset, count);

    // Not what ByteString calls today; should it ever, the bytes are only lent and have to be copied.
    public override void Write(ReadOnlySpan<byte> buffer) => _bytes = buffer.ToArray();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
