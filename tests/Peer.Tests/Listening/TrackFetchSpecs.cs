using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks when a seek in a track is possible, where the track then continues, and that a sink without a player waits.</summary>
public sealed class TrackFetchSpecs
{
    private static readonly Song Constant = new() { Format = new AudioFormat { DurationMs = 60_000, PayloadBytes = 960_000 } };

    private readonly TrackFetch _fetch = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30_000, 480_000)]
    [InlineData(59_999, 959_984)]
    [InlineData(60_000, 960_000)]
    [InlineData(90_000, 960_000)]
    public void At_a_constant_bitrate_the_offset_is_proportional_to_the_time(int positionMs, long offset)
    {
        var sink = new PlayerSink();

        _fetch.MoveTo(TimeSpan.FromMilliseconds(positionMs), Constant, sink);

        Assert.Equal((offset, offset), (_fetch.Offset, _fetch.Received));
        Assert.Same(sink, _fetch.Sink);
    }

    [Fact]
    public void A_duration_of_zero_causes_no_division_by_zero()
    {
        _fetch.MoveTo(TimeSpan.FromSeconds(5), new Song { Format = new AudioFormat { PayloadBytes = 1_000 } }, new PlayerSink());

        Assert.Equal(1_000, _fetch.Offset);
    }

    [Fact]
    public void A_seek_in_a_variable_bitrate_song_needs_its_first_bytes_or_an_earlier_seek()
    {
        var variable = new Song { Format = new AudioFormat(Constant.Format) { Vbr = true } };
        Assert.True(_fetch.CanSeek(Constant));
        Assert.False(_fetch.CanSeek(variable));

        _fetch.MoveTo(TimeSpan.FromSeconds(1), variable, new PlayerSink());

        Assert.True(_fetch.CanSeek(variable));
    }

    [Fact]
    public async Task The_first_write_to_a_sink_without_a_player_waits()
    {
        using var stop = new CancellationTokenSource();
        var write = _fetch.Sink.WriteAsync(new byte[5], stop.Token).AsTask();

        Assert.Equal((true, 0L, -1, TimeSpan.MaxValue), (_fetch.Sink.HasBytes, _fetch.Sink.Written, _fetch.Sink.Number, _fetch.Sink.Ahead));
        Assert.False(write.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }
}
