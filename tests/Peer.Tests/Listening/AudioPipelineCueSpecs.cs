using System.Runtime.InteropServices;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks that the player knows how to play each song before its first bytes. A millisecond has eight samples.</summary>
public sealed class AudioPipelineCueSpecs
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Speaker _speaker = new();

    [Fact]
    public async Task Each_song_has_its_gain_and_the_crossfade_with_the_song_before_it()
    {
        await using var pipeline = NewPipeline(TimeSpan.FromSeconds(1));
        await WriteAsync(pipeline, Song(-2_000, 4_000), 4_000, pipeline.BeginFirst);
        pipeline.EndSong(more: true);
        await WriteAsync(pipeline, Song(0, 1_000), 1_000, pipeline.BeginNext);

        var heard = await HearAsync(pipeline);

        // The overlap is half of the shorter song.
        Assert.Equal(8 * (4_000 + 1_000 - 500), heard.Length);
        Assert.All(heard[..(8 * 3_500)], sample => Assert.Equal(100, sample));
        Assert.All(heard[(8 * 4_000)..], sample => Assert.Equal(1_000, sample));
    }

    [Fact]
    public async Task After_a_seek_the_song_has_its_gain_and_the_next_one_its_crossfade()
    {
        await using var pipeline = NewPipeline(TimeSpan.FromSeconds(1));
        await WriteAsync(pipeline, Song(-2_000, 8_000), 1_000, pipeline.BeginFirst);
        await WriteAsync(pipeline, Song(-2_000, 8_000), 4_000, sink => Assert.True(pipeline.TryRestart(TimeSpan.FromSeconds(4), 0, sink)));
        pipeline.EndSong(more: true);
        await WriteAsync(pipeline, Song(0, 4_000), 4_000, pipeline.BeginNext);

        var heard = await HearAsync(pipeline);

        Assert.Equal(8 * (4_000 + 4_000 - 1_000), heard.Length);
        Assert.All(heard[..(8 * 3_000)], sample => Assert.Equal(100, sample));
    }

    [Fact]
    public async Task A_next_song_that_is_replaced_after_a_seek_does_not_leave_its_gain_behind()
    {
        await using var pipeline = NewPipeline(TimeSpan.Zero);
        await WriteAsync(pipeline, Song(0, 1_000), 1_000, pipeline.BeginFirst);
        pipeline.EndSong(more: true);
        await WriteAsync(pipeline, Song(-4_000, 1_000), 100, pipeline.BeginNext);
        await WriteAsync(pipeline, Song(0, 1_000), 1_000, sink => Assert.True(pipeline.TryRestart(TimeSpan.Zero, 0, sink)));
        pipeline.EndSong(more: true);
        await WriteAsync(pipeline, Song(-2_000, 1_000), 1_000, pipeline.BeginNext);

        var heard = await HearAsync(pipeline);

        Assert.Equal(8 * 2_000, heard.Length);
        Assert.All(heard[(8 * 1_000)..], sample => Assert.Equal(100, sample));
    }

    private AudioPipeline NewPipeline(TimeSpan crossfade) => new(
        new SongPlayer(
            new AudioBackend("test", "for tests") { CreateDecoder = _ => new Speaker.Echo(), CreateOutput = _ => _speaker.NewOutput() },
            new SongPlayerSettings { Crossfade = crossfade, InputBufferTime = TimeSpan.FromMinutes(1) }),
        new CueRules(ReplayGainMode.Track, crossfade));

    private static async Task WriteAsync(AudioPipeline pipeline, Song song, int milliseconds, Action<PlayerSink> connect)
    {
        var sink = new PlayerSink();
        connect(sink);
        sink.Announce(song);
        var samples = Enumerable.Repeat((short)1_000, 8 * milliseconds).ToArray();
        await sink.WriteAsync(MemoryMarshal.AsBytes<short>(samples).ToArray(), CancellationToken.None).AsTask().WaitAsync(Limit);
    }

    private async Task<short[]> HearAsync(AudioPipeline pipeline)
    {
        pipeline.EndSong(more: false);
        pipeline.Start();
        Assert.IsType<PlaybackEnd.Finished>(await pipeline.Completion.WaitAsync(Limit));
        return MemoryMarshal.Cast<byte, short>(_speaker.Heard).ToArray();
    }

    private static Song Song(int gain, int milliseconds) =>
        new() { Format = new AudioFormat { TrackGainCdb = gain, DurationMs = (uint)milliseconds } };
}
