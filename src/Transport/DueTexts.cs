using System.Globalization;

namespace TspActors.Transport;

/// <summary>Says for people which deadline has passed.</summary>
internal static class DueTexts
{
    public static string Of(Due due, TransportSettings settings) => due switch
    {
        Due.FirstFrame => $"no complete frame came within {Seconds(settings.FirstFrameTimeout)}",
        Due.Idle => $"nothing came for {Seconds(settings.IdleTimeout)}",
        Due.Silent => "nothing came for three heartbeat intervals",
        Due.StalledWriter => $"nothing of what was sent was taken for {Seconds(settings.StalledWriterTimeout)}",
        _ => throw new ArgumentOutOfRangeException(nameof(due), due, "This is not a deadline of the remote end."),
    };

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
