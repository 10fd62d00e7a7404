using System.Globalization;

namespace TspActors.Transport.Connections;

/// <summary>Describes, for people, a deadline that has passed.</summary>
internal static class DeadlineTexts
{
    public static string Describe(Due due, TransportSettings settings) => due switch
    {
        Due.FirstFrame => $"no complete frame came within {FormatSeconds(settings.FirstFrameTimeout)}",
        Due.Idle => $"nothing came for {FormatSeconds(settings.IdleTimeout)}, or nothing but PING",
        Due.Frame => $"a frame was not complete within {FormatSeconds(settings.FrameTimeout)}",
        Due.NoRoom => "too many frames are being received here; try again later",
        Due.Silent => "nothing came for three heartbeat intervals",
        Due.StalledWriter => $"nothing of what was sent was taken for {FormatSeconds(settings.StalledWriterTimeout)}",
        _ => throw new ArgumentOutOfRangeException(nameof(due), due, "This is not a deadline of the remote end."),
    };

    public static string FormatSeconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
