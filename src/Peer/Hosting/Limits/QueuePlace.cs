using System.Globalization;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>Formats a place in a host's queue as human-readable text, such as "3rd in the queue".</summary>
internal static class QueuePlace
{
    /// <summary>Returns the text for a place; the first place is 1.</summary>
    public static string Text(long place)
    {
        var ending = (place % 100) is >= 11 and <= 13 ? "th" : (place % 10) switch
        {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{place}{ending} in the queue");
    }
}
