using Akka.Event;
using TspActors.Configuration.Hosting;

namespace TspActors.Configuration.AkkaInternals;

/// <summary>Recognizes events that should be left out of Akka's log, because the program itself reports them, once and more
/// clearly.</summary>
internal static class LogNoise
{
    // The log source that reports failures to open a port. The code that opens the port reports them itself.
    private const string ServerSource = "/IO-TCP/tcp-listener";

    // Connections and cluster members come and go, and the actors that use them report these changes.
    private static readonly string[] ChattySources =
        ["remoting (", "/system/endpointManager/", "/system/transports/", "/system/cluster/", "Akka.Cluster.Cluster"];

    // Akka logs these as errors, but they only mean that a member is gone or unreachable.
    private static readonly string[] HarmlessErrors = ["Disassociated", "No response from remote for outbound association"];

    /// <summary>The names in Akka that this filter depends on, each with its assembly. A canary test checks that they still
    /// exist.</summary>
    public static IReadOnlyList<(string Assembly, string Text)> AssumedTexts { get; } =
    [
        ("Akka", "IO-TCP"), ("Akka", "tcp-listener"),
        ("Akka.Remote", "remoting"), ("Akka.Remote", "endpointManager"), ("Akka.Remote", "transports"),
        ("Akka.Cluster", "cluster"),
        .. HarmlessErrors.Select(text => ("Akka.Remote", text)),
    ];

    /// <summary>Returns whether this event should be left out of the log.</summary>
    public static bool Contains(LogEntry entry, bool isVerbose) => IsPortFailure(entry) || (!isVerbose && IsChatter(entry));

    private static bool IsPortFailure(LogEntry entry) =>
        entry.Level != LogLevel.DebugLevel && entry.Source.Contains(ServerSource, StringComparison.Ordinal);

    private static bool IsChatter(LogEntry entry) =>
        (entry.Level == LogLevel.WarningLevel || HarmlessErrors.Any(start => entry.Message.StartsWith(start, StringComparison.Ordinal)))
        && ChattySources.Any(source => entry.Source.Contains(source, StringComparison.Ordinal));
}
