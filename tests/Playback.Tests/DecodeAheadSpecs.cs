using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks decoding ahead when the end of the input is announced and then withdrawn.</summary>
public sealed class DecodeAheadSpecs : IDisposable
{
    private readonly InputBuffer _input = new(100_000, () => { });
    private readonly DecodeAhead _ahead;

    public DecodeAheadSpecs() =>
        _ahead = new DecodeAhead(
            RawBackend.To(new RecordingOutput()).CreateDecoder(_ => { }), _input, new SongPlayerSettings(), _ => SongCue.Plain, _ => { });

    public void Dispose() => _ahead.Dispose();

    [Fact]
    public async Task An_end_that_was_seen_and_then_withdrawn_does_not_count()
    {
        await BeginSecondSongAndSeeTheEndAsync();

        _input.WithdrawComplete();

        Assert.True(_ahead.Fill());
        Assert.False(_ahead.InputEnded);
        Assert.True(_ahead.Queue.IsEmpty);
    }

    [Fact]
    public async Task A_song_that_continues_after_its_end_was_seen_must_reach_the_threshold_again()
    {
        await BeginSecondSongAndSeeTheEndAsync();

        _input.WithdrawComplete();
        await _input.WriteAsync(RawBackend.Song(100), CancellationToken.None);

        Assert.True(_ahead.Fill());
        Assert.False(_ahead.InputEnded);
        Assert.False(_ahead.IsEnough);
        await _input.WriteAsync(RawBackend.Song(150), CancellationToken.None);
        Assert.True(_ahead.Fill());
        Assert.True(_ahead.IsEnough);
    }

    [Fact]
    public async Task An_end_that_is_not_withdrawn_is_still_reported()
    {
        await BeginSecondSongAndSeeTheEndAsync();

        Assert.True(_ahead.Fill());
        Assert.True(_ahead.InputEnded);
    }

    private async Task BeginSecondSongAndSeeTheEndAsync()
    {
        await _input.WriteAsync(RawBackend.Song(100), CancellationToken.None);
        _input.BeginNext();
        Assert.True(_ahead.Fill());
        _ahead.Queue.Clear();
        _input.Complete();
        Assert.True(_ahead.Fill());
        Assert.True(_ahead.InputEnded);
    }
}
