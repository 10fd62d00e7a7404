using ByteString = Akka.IO.ByteString;

namespace TspActors.Transport.AkkaInternals;

/// <summary>
/// A stream that extracts the array from a <see cref="ByteString"/>: <c>ByteString.WriteTo</c> passes its array to a stream, and this
/// stream keeps the array.
/// </summary>
/// <remarks>
/// This avoids a copy: ByteString itself exposes its array only as a span, which a frame cannot keep. Assumes that Akka.IO allocates a new
/// array for every read and never touches it afterwards. One instance serves one connection. Not thread-safe.
/// </remarks>
internal sealed class ByteStringArray : Stream
{
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>
    /// Returns the bytes of <paramref name="data"/>, without copying them if they are all in one array.
    /// </summary>
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

    // ByteString does not call this overload today. If it ever does, the span is valid only during the call, so the bytes are copied.
    public override void Write(ReadOnlySpan<byte> buffer) => _bytes = buffer.ToArray();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
