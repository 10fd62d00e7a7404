using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>Checks which sound is written again after a pause.</summary>
public sealed class UnheardSoundSpecs
{
    private static readonly PcmFormat Format = new(1000, 2);

    private readonly UnheardSound _unheard = new(Format, TimeSpan.FromMilliseconds(4));

    [Fact]
    public void The_end_of_the_written_sound_is_held()
    {
        _unheard.Add([1, 2, 3, 4, 5, 6, 7, 8]);
        _unheard.Add([9, 10, 11, 12]);
        _unheard.Hold(TimeSpan.FromMilliseconds(2));
        Assert.Equal([5, 6, 7, 8, 9, 10, 11, 12], _unheard.HeldBytes.ToArray());
        Assert.Equal(TimeSpan.FromMilliseconds(2), _unheard.Held);
    }

    [Fact]
    public void Sound_that_was_written_again_can_be_held_again()
    {
        _unheard.Add([1, 2, 3, 4, 5, 6, 7, 8]);
        _unheard.Hold(TimeSpan.FromMilliseconds(2));
        _unheard.Release();
        Assert.Equal(TimeSpan.Zero, _unheard.Held);
        _unheard.Hold(TimeSpan.FromMilliseconds(1));
        Assert.Equal([5, 6, 7, 8], _unheard.HeldBytes.ToArray());
    }

    [Fact]
    public void No_more_sound_is_held_than_was_written_or_than_fits()
    {
        _unheard.Add([1, 2, 3, 4]);
        _unheard.Hold(TimeSpan.FromHours(1));
        Assert.Equal([1, 2, 3, 4], _unheard.HeldBytes.ToArray());
        _unheard.Add([.. Enumerable.Range(0, 40).Select(value => (byte)value)]);
        _unheard.Hold(TimeSpan.MaxValue);
        Assert.Equal([.. Enumerable.Range(24, 16).Select(value => (byte)value)], _unheard.HeldBytes.ToArray());
        _unheard.Clear();
        _unheard.Hold(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _unheard.HeldBytes.Length);
    }
}
