using TspActors.Media.Hashing;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks that a save continues where an earlier attempt stopped, and discards bytes that cannot be verified.</summary>
public sealed class ResumeSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    private string Path => Folder.In("song.mp3");

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(199_999)]
    [InlineData(200_000)]
    public async Task The_full_pieces_of_a_partial_file_are_not_requested_again(int found)
    {
        await File.WriteAllBytesAsync(Path + ".part", Song.Payload[..found]);
        var host = Good("ann");
        Grant(host);

        await SaveAsync();

        Assert.Equal((ulong)(found / Song.PieceBytes * Song.PieceBytes), Assert.Single(host.Requests).Offset);
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(150_000)]
    [InlineData(999_999)]
    public async Task A_partial_file_of_another_song_is_not_continued(int found)
    {
        await File.WriteAllBytesAsync(Path + ".part", new TestSong(found, seed: 2).Payload);
        var host = Good("ann");
        Grant(host);

        await SaveAsync();

        Assert.Equal(0UL, host.Requests.Last().Offset);
    }

    [Fact]
    public async Task A_partial_file_with_a_wrong_byte_is_continued_from_the_piece_that_contains_it()
    {
        var part = Song.Payload[..180_000];
        part[100_000] ^= 0x40;
        await File.WriteAllBytesAsync(Path + ".part", part);
        var host = Good("ann");
        Grant(host);

        await SaveAsync();

        Assert.Equal((ulong)(100_000 / Song.PieceBytes * Song.PieceBytes), host.Requests.Last().Offset);
    }

    [Fact]
    public async Task A_save_that_continues_a_partial_file_survives_the_loss_of_a_host()
    {
        await File.WriteAllBytesAsync(Path + ".part", [.. Song.Payload[..50_000], .. new byte[100_000]]);
        var lost = Host("lost", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            remote.Reset();
        });
        Grant(lost, Good("ben"));

        await SaveAsync();
    }

    [Fact]
    public async Task If_a_host_is_replaced_while_a_partial_file_is_checked_the_next_one_streams_from_the_first_unverified_byte()
    {
        var replaced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var kept = 3L * Song.PieceBytes;
        await using var sink = new SlowlyCheckedSink(Song.Payload[..(int)kept], found: 150_000, replaced.Task);
        var lost = Host("lost", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            remote.Reset();
        });
        var good = Host("ben", async (host, remote, connection) =>
        {
            var request = await host.ReadPlayAsync(remote);
            if (connection == 1)
            {
                // The check ends before this host has started the stream that the peer requested from a later byte.
                replaced.SetResult();
                await remote.Expect(Operation.Stop);
                return;
            }

            await remote.Send(Operation.Play, 1, ScriptedHost.StartOf(Song, request));
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory((int)request.Offset));
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(lost, good);

        Fetch(sink, settings: Calm with { HostsAtOnce = 1 });

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal((ulong)kept, good.Requests.Last().Offset);
    }

    private async Task SaveAsync()
    {
        await using var sink = FileSink.Create(Path);
        Fetch(sink);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, await File.ReadAllBytesAsync(Path));
        Assert.False(File.Exists(Path + ".part"));
    }

    /// <summary>A sink that keeps the given bytes of an earlier attempt. Its check ends when the test allows it.</summary>
    private sealed class SlowlyCheckedSink(byte[] kept, long found, Task checkMayEnd) : IResumableSink
    {
        private readonly List<byte> _bytes = [.. kept];

        public long Found => found;

        public long Written => _bytes.Count;

        public byte[] Bytes => [.. _bytes];

        public async ValueTask<KeptBytes> KeepProvenAsync(PieceTree tree, CancellationToken cancellation)
        {
            await checkMayEnd.WaitAsync(cancellation);
            return new KeptBytes(kept.Length, null);
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            _bytes.AddRange(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(Song song, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
