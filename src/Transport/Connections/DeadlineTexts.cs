using System.Globalization;

namespace TspActors.Transport.Connections;

/// <summary>Describes in plain words a deadline that has passed.</summary>
internal static class DeadlineTexts
{
    public static string Describe(Due due, TransportSettings settings) => due switch
    {
        Due.FirstFrame => $"no complete frame arrived within {FormatSeconds(settings.FirstFrameTimeout)}",
        Due.Idle => $"no frame other than PING and PONG arrived for {FormatSeconds(settings.IdleTimeout)}",
        Due.Frame => $"a frame was not complete within {FormatSeconds(settings.FrameTimeout)}",
        Due.NoRoom => "too many frames are being received here; try again later",
        Due.Silent => "nothing arrived for three heartbeat intervals",
        Due.StalledWriter => $"the remote end accepted no data for {FormatSeconds(settings.StalledWriterTimeout)}",
        _ => throw new ArgumentOutOfRangeException(nameof(due), due, "This is not a deadline of the remote end."),
    };

    public static string FormatSeconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
