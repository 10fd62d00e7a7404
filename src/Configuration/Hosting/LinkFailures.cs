using System.Text.RegularExpressions;

namespace TspActors.Configuration.Hosting;

/// <summary>What Akka says of links that cannot be made, at each try of whoever is at the other end: told once in a while for each host, in one line.</summary>
internal sealed partial class LinkFailures
{
    private const int MaxHosts = 100;
    private const int MaxLength = 400;

    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private static readonly string[] Failures =
        ["TLS handshake failed on channel", "TLS exception on channel", "Certificate chain validation failed", "Error caught channel"];

    // Said after one of those.
    private const string Repetition = "Rejected incoming connection from";

    private readonly Dictionary<string, DateTime> _told = [];

    /// <summary>What is to be told of an event of the log.</summary>
    /// <param name="text">What Akka says.</param>
    /// <param name="now">The event's time.</param>
    /// <returns>The text itself where it is no such failure, its essence where it is one, or null: nothing.</returns>
    public string? Tell(string text, DateTime now)
    {
        if (text.StartsWith(Repetition, StringComparison.Ordinal))
            return null;
        if (!Failures.Any(start => text.StartsWith(start, StringComparison.Ordinal)))
            return text;
        var host = HostAndPort().Matches(text.Split('\n')[0]) is [.., var last] ? last.Groups["host"].Value : "";
        if (_told.TryGetValue(host, out var told) && now - told < Between)
            return null;
        if (_told.Count >= MaxHosts)
        {
            foreach (var old in _told.Where(each => now - each.Value >= Between).Select(each => each.Key).ToList())
                _told.Remove(old);
            if (_told.Count >= MaxHosts)
                return null;
        }

        _told[host] = now;
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLength ? line : $"{line[..MaxLength]}…";
    }

    // The remote end is the last one that is named; one of IPv4 may be written as one of IPv6.
    [GeneratedRegex(@"(?:::ffff:)?(?<host>[^\s/@\[\]>]+)\]?:\d+")]
    private static partial Regex HostAndPort();
}
