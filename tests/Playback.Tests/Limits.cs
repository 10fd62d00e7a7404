namespace TspActors.Playback.Tests;

/// <summary>How long a test waits for something that must happen; far longer than a loaded machine needs.</summary>
internal static class Limits
{
    public static readonly TimeSpan Test = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Waits for a condition that has no event. It polls with pauses, so that it takes no processor time from what it waits for.
    /// </summary>
    public static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Test);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
        }
    }
}
