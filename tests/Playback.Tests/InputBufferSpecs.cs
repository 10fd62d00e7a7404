using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks the phases of the input: open, completed, closed.</summary>
public sealed class InputBufferSpecs
{
    private readonly InputBuffer _input = new(1000, () => { });
    private readonly byte[] _target = new byte[100];

    [Fact]
    public async Task A_completed_input_rejects_bytes_until_its_end_is_withdrawn()
    {
        _input.Complete();
        Assert.True(_input.IsCompleted);
        Assert.Equal(InputState.Completed, Read());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Write());

        _input.WithdrawComplete();

        Assert.Equal(InputState.Empty, Read());
        Assert.True(await Write());
        Assert.Equal(InputState.Bytes, Read());
    }

    [Fact]
    public async Task A_new_song_or_a_clear_reopens_a_completed_input()
    {
        _input.Complete();
        _input.BeginNext();
        Assert.True(await Write());
        Assert.Equal(InputState.NextSong, Read());
        _input.Complete();
        var generation = _input.Clear();

        Assert.Equal(InputState.Stale, Read());
        Assert.Equal(InputState.Empty, _input.Read(_target, generation, out _));
        Assert.True(await Write());
    }

    [Fact]
    public async Task A_closed_input_cannot_be_reopened()
    {
        _input.Complete();
        _input.Close();
        _input.WithdrawComplete();
        _input.BeginNext();
        _input.Clear();
        _input.Complete();

        Assert.False(await Write());
        Assert.False(_input.IsCompleted);
    }

    private ValueTask<bool> Write() => _input.WriteAsync(new byte[10], CancellationToken.None);

    private InputState Read() => _input.Read(_target, 0, out _);
}
