namespace TspActors.Playback.Tests;

/// <summary>A time limit that turns a hang into a failure. It is far longer than a busy machine needs.</summary>
internal static class Limits
{
    public static readonly TimeSpan Test = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Waits for a condition that raises no event. Pauses between the checks leave the processor to the code under test.
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
