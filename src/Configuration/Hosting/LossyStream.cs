namespace TspActors.Configuration.Hosting;

/// <summary>A write-only stream that drops any bytes it cannot write, and remembers why.</summary>
/// <param name="inner">The stream that receives the bytes. This class never closes it.</param>
internal sealed class LossyStream(Stream inner) : Stream
{
    /// <summary>Why the first dropped bytes could not be written; null while nothing has been dropped.</summary>
    public string? Failure { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (IsLoss(error))
        {
            Failure ??= error.Message;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsLoss(error))
        {
            Failure ??= error.Message;
        }
    }

    public override void Flush()
    {
        try
        {
            inner.Flush();
        }
        catch (Exception error) when (IsLoss(error))
        {
            Failure ??= error.Message;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // .NET reports a closed or read-only descriptor as a lack of permission.
    private static bool IsLoss(Exception error) => error is IOException or UnauthorizedAccessException;
}
