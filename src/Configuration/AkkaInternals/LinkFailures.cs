using System.Text.RegularExpressions;

namespace TspActors.Configuration.AkkaInternals;

/// <summary>
/// A filter for Akka's log events about failed connections between trackers. The other end keeps retrying, so this filter lets through at
/// most one line a minute for each host.
/// </summary>
/// <remarks>
/// The filter recognizes these events by Akka's wording, so an Akka update can break it. A canary test checks that Akka.Remote still uses
/// this wording.
/// </remarks>
internal sealed partial class LinkFailures
{
    private const int MaxHosts = 100;
    private const int MaxLength = 400;

    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    // Akka logs this after one of the failures below. It adds nothing, so it is dropped.
    private const string Repetition = "Rejected incoming connection from";

    private static readonly string[] Failures =
        ["TLS handshake failed on channel", "TLS exception on channel", "Certificate chain validation failed", "Error caught channel"];

    private readonly Dictionary<string, DateTime> _reported = [];

    /// <summary>The beginnings of Akka's messages that this class depends on.</summary>
    internal static IEnumerable<string> AssumedTexts => Failures.Append(Repetition);

    /// <summary>Returns the text to log for an event.</summary>
    /// <param name="text">The event's text.</param>
    /// <param name="now">The event's time.</param>
    /// <returns>One line for a failed connection; null if the event should not be logged; any other text unchanged.</returns>
    public string? Filter(string text, DateTime now)
    {
        if (text.StartsWith(Repetition, StringComparison.Ordinal))
            return null;
        if (!Failures.Any(start => text.StartsWith(start, StringComparison.Ordinal)))
            return text;
        var host = HostAndPort().Matches(text.Split('\n')[0]) is [.., var last] ? last.Groups["host"].Value : "";
        if (_reported.TryGetValue(host, out var reported) && now - reported < Between)
            return null;
        if (_reported.Count >= MaxHosts)
        {
            foreach (var old in _reported.Where(each => now - each.Value >= Between).Select(each => each.Key).ToList())
                _reported.Remove(old);
            if (_reported.Count >= MaxHosts)
                return null;
        }

        _reported[host] = now;
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLength ? line : $"{line[..MaxLength]}…";
    }

    // The remote end is the last address in the first line of the text. An IPv4 address may appear in its IPv6 form.
    [GeneratedRegex(@"(?:::ffff:)?(?<host>[^\s/@\[\]>]+)\]?:\d+")]
    private static partial Regex HostAndPort();
}
