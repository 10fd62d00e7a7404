using System.Globalization;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>"3rd in the queue": how a host tells a place in the message of BUSY, and how a requester finds it there.</summary>
internal static class QueuePlace
{
    private const string InTheQueue = " in the queue";

    /// <summary>The words for a place, counted from 1.</summary>
    public static string Text(int place)
    {
        var ending = (place % 100) is >= 11 and <= 13 ? "th" : (place % 10) switch
        {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{place}{ending}{InTheQueue}");
    }

    /// <summary>These words where a message begins with them; null where it does not.</summary>
    public static string? In(string message)
    {
        var digits = message.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and < 7 && int.TryParse(message.AsSpan(0, digits), CultureInfo.InvariantCulture, out var place)
            && Text(place) is var text && message.StartsWith(text, StringComparison.Ordinal) ? text : null;
    }
}
