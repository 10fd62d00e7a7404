using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests.Tls;

public sealed class CipherStreamSpecs
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    private readonly CipherStream _stream;
    private int _woken;

    public CipherStreamSpecs() => _stream = new CipherStream(() => _woken++, _ => DirectWrite.NotHere);

    [Fact]
    public async Task Input_that_is_torn_at_any_byte_arrives_complete_in_reads_of_any_size()
    {
        for (var piece = 1; piece <= Bytes.Length; piece++)
        {
            for (var read = 1; read <= Bytes.Length; read += 7)
                Assert.Equal(Bytes, await ReadTorn(piece, read));
        }
    }

    [Fact]
    public async Task A_read_of_zero_bytes_waits_for_input_and_consumes_none()
    {
        var waiting = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.True(_stream.WantsInput);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, _woken);
        _stream.Feed(Bytes);
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty));
        var all = new byte[300];
        Assert.Equal(Bytes.Length, await _stream.ReadAsync(all));
    }

    [Fact]
    public async Task The_end_completes_every_read_and_is_remembered_only_when_a_read_has_seen_it()
    {
        var waiting = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        _stream.FeedEnd();
        Assert.Equal(0, await waiting);
        Assert.False(_stream.EndWasRead);
        Assert.Equal(0, await _stream.ReadAsync(new byte[1]));
        Assert.True(_stream.EndWasRead);
    }

    [Fact]
    public async Task A_write_completes_when_the_socket_has_accepted_it_and_is_not_copied()
    {
        var writing = _stream.WriteAsync(Bytes.AsMemory(1, 3)).AsTask();
        Assert.True(_stream.TryTakeOutput(out var output));
        Assert.False(_stream.TryTakeOutput(out _));
        Assert.True(output.Equals(Bytes.AsMemory(1, 3)));
        Assert.False(writing.IsCompleted);
        _stream.CompleteWrite();
        await writing;
    }

    [Fact]
    public async Task A_read_and_a_write_may_be_pending_together()
    {
        var reading = _stream.ReadAsync(new byte[5]).AsTask();
        var writing = _stream.WriteAsync(Bytes).AsTask();
        _stream.CompleteWrite();
        await writing;
        Assert.False(reading.IsCompleted);
        _stream.Feed(Bytes);
        Assert.Equal(5, await reading);
    }

    [Fact]
    public async Task An_abort_fails_the_pending_read_and_leaves_the_pending_write_alone()
    {
        var reading = _stream.ReadAsync(new byte[5]).AsTask();
        var writing = _stream.WriteAsync(Bytes).AsTask();
        _stream.Abort();
        await Assert.ThrowsAsync<IOException>(() => reading);
        await Assert.ThrowsAsync<IOException>(() => _stream.ReadAsync(new byte[5]).AsTask());
        Assert.False(writing.IsCompleted);
    }

    private static async Task<byte[]> ReadTorn(int piece, int read)
    {
        var stream = new CipherStream(() => { }, _ => DirectWrite.NotHere);
        var all = new List<byte>();
        var buffer = new byte[read];
        for (var at = 0; at < Bytes.Length; at += piece)
        {
            var fed = Bytes.AsMemory(at, Math.Min(piece, Bytes.Length - at));
            var reading = stream.ReadAsync(buffer);
            stream.Feed(fed);
            var expected = at + fed.Length;
            while (true)
            {
                all.AddRange(buffer.AsSpan(0, await reading));
                if (all.Count == expected)
                    break;
                reading = stream.ReadAsync(buffer);
            }
        }

        return [.. all];
    }
}
