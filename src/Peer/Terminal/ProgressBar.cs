namespace TspActors.Peer.Terminal;

/// <summary>Draws a progress bar in text.</summary>
internal static class ProgressBar
{
    private const int Width = 24;

    /// <summary>Returns the bar for a fraction between 0 and 1: "[######..................]" for a quarter.</summary>
    public static string Draw(double share)
    {
        var filled = (int)(Math.Clamp(share, 0, 1) * Width);
        return $"[{new string('#', filled)}{new string('.', Width - filled)}]";
    }
}
