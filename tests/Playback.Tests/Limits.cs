namespace TspActors.Playback.Tests;

/// <summary>How long a test waits for what must happen; far beyond what a loaded machine needs.</summary>
internal static class Limits
{
    public static readonly TimeSpan Test = TimeSpan.FromSeconds(60);

    /// <summary>Waits for something that has no event of its own; looks now and then, so that it takes no processor from what it waits for.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Test);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
        }
    }
}
