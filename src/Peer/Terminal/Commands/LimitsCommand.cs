using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows the hosting limits and their current use, or changes a limit until the peer stops.</summary>
internal sealed class LimitsCommand() : ConsoleCommand(
    "limits", "limits [name] [value]", "this host's limits, and what is in use; with a value, change a limit")
{
    private const int NameWidth = 21;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var (hosting, screen) = (console.Peer.Hosting, console.Screen);
        var words = argument.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2)
        {
            var status = await hosting.Ask<HostingStatus>(
                GetHostingStatus.Instance, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
            foreach (var line in Lines(status, words.Length == 0 ? HostingLimit.All : [Find(words[0])]))
                screen.Row(line, NameWidth);
            return;
        }

        var limit = Find(words[0]);
        var reply = await hosting.Ask(
            new ChangeLimit(limit.Name, words[1]), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is LimitRefused refused)
            throw new CommandException(SafeText.Clean(refused.Reason));
        screen.Note(Changed(limit, (HostingStatus)reply));
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) =>
        Suggestions.FromWords(typed, HostingLimit.All.Select(limit => limit.Name), end: " ");

    /// <summary>Returns a line for each limit: its name, its value and its current use.</summary>
    public static IEnumerable<string> Lines(HostingStatus status, IReadOnlyList<HostingLimit> limits) => limits.Select(limit =>
        $"{limit.Name,-NameWidth}{Value(limit, status)}{InUse(limit, status)}{(IsChanged(limit, status) ? ", changed here" : "")}");

    /// <summary>Returns the number of running streams, as the status command shows it.</summary>
    public static string Streams(HostingStatus status) =>
        $"{status.Active}{(status.Max > 0 ? $" of at most {status.Max}" : "")}{(status.Waiting > 0 ? $", {status.Waiting} waiting" : "")}";

    private static string Changed(HostingLimit limit, HostingStatus status) => IsChanged(limit, status)
        ? $"{limit.Name} is now {Value(limit, status)}, until the peer restarts; to keep it, set tsp.peer.hosting.max-{limit.Name}"
        : $"{limit.Name} is back at its configured value: {Value(limit, status)}";

    private static bool IsChanged(HostingLimit limit, HostingStatus status) =>
        limit.Show(status.Settings) != limit.Show(status.Configured)
        || (limit.Name == "upload" && status.Settings.Limits.UploadSchedule != status.Configured.Limits.UploadSchedule);

    private static string Value(HostingLimit limit, HostingStatus status) =>
        limit.Name == "upload" && !status.Settings.Limits.UploadSchedule.IsEmpty
            ? $"{status.Upload} ({limit.Show(status.Settings)}; {status.Settings.Limits.UploadSchedule})"
            : limit.Show(status.Settings);

    private static string InUse(HostingLimit limit, HostingStatus status) => limit.Name switch
    {
        "streams" => $", {status.Active} running{(status.Max > 0 && status.Max != status.Settings.MaxStreams ? $", room for {status.Max - status.Active} more" : "")}",
        "upload" => $", {Needed(status)} needed by {Counted.Text(status.Active - status.Downloads, "listener")}, {Counted.Text(status.Downloads, "download")}",
        "queue" => $", {status.Waiting} waiting",
        _ => "",
    };

    private static string Needed(HostingStatus status) =>
        status.RealTimeRate < 1 ? "nothing" : new Rate((long)status.RealTimeRate / 125 * 125).ToString();

    private static HostingLimit Find(string name)
    {
        if (HostingLimit.Find(name.ToLowerInvariant()) is { } limit)
            return limit;
        var nearest = NearestKey.Find(name.ToLowerInvariant(), HostingLimit.All.Select(known => known.Name));
        throw new CommandException($"there is no limit \"{SafeText.Clean(name)}\"; did you mean {nearest}? Type \"limits\" to list them");
    }
}
