using System.Globalization;
using System.Text.RegularExpressions;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>
/// The name of a namespace that belongs to one test run: <c>tsp-nat-SECONDS-PID-NUMBER-LABEL</c>, so that a later run can tell which ones
/// a killed run left behind.
/// </summary>
public static partial class NamespaceName
{
    private static int _last;

    /// <summary>Returns a name that no other namespace has.</summary>
    public static string New(string label) => string.Create(
        CultureInfo.InvariantCulture,
        $"tsp-nat-{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}-{label}");

    /// <summary>
    /// Returns whether a namespace is left over from an earlier run: its process is gone, or the namespace is older than any test run.
    /// </summary>
    public static bool IsLeftOver(string name, DateTimeOffset now)
    {
        if (Pattern().Match(name) is not { Success: true } match)
            return false;
        var made = DateTimeOffset.FromUnixTimeSeconds(long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        return now - made > TimeSpan.FromHours(3) || !Directory.Exists($"/proc/{match.Groups[2].Value}");
    }

    [GeneratedRegex(@"^tsp-nat-(\d{1,11})-(\d{1,9})-\d+-\w+$")]
    private static partial Regex Pattern();
}
