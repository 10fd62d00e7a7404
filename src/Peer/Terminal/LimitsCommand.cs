using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Terminal;

/// <summary>The console's limits: shows what this host gives at most and what of it is in use, and changes it until the peer ends.</summary>
internal sealed class LimitsCommand(PeerNode peer, Screen screen)
{
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>limits; limits NAME; limits NAME VALUE.</summary>
    /// <exception cref="CommandException">There is no such limit, or it cannot have that value.</exception>
    public async Task RunAsync(string argument)
    {
        var words = argument.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2)
        {
            var status = await peer.Hosting.Ask<HostingStatus>(GetHostingStatus.Instance, ReplyDeadline).ConfigureAwait(false);
            foreach (var line in Lines(status, words.Length == 0 ? HostingLimit.All : [Find(words[0])]))
                screen.Result(line);
            return;
        }

        var limit = Find(words[0]);
        var reply = await peer.Hosting.Ask(new ChangeLimit(limit.Name, words[1]), ReplyDeadline).ConfigureAwait(false);
        if (reply is LimitRefused refused)
            throw new CommandException(SafeText.Of(refused.Reason));
        screen.Note(Changed(limit, (HostingStatus)reply));
    }

    /// <summary>A line for each limit: its name, its value, what is in use.</summary>
    public static IEnumerable<string> Lines(HostingStatus status, IReadOnlyList<HostingLimit> limits) => limits.Select(limit =>
        $"{limit.Name,-21}{Value(limit, status)}{InUse(limit, status)}{(IsChanged(limit, status) ? ", changed here" : "")}");

    /// <summary>The streams that run, for status.</summary>
    public static string Streams(HostingStatus status) =>
        $"{status.Active}{(status.Max > 0 ? $" of at most {status.Max}" : "")}{(status.Waiting > 0 ? $", {status.Waiting} waiting" : "")}";

    private static string Changed(HostingLimit limit, HostingStatus status) => IsChanged(limit, status)
        ? $"{limit.Name} is {Value(limit, status)} now; tsp.peer.hosting.max-{limit.Name} holds again when the peer is started anew"
        : $"{limit.Name} is as it is configured: {Value(limit, status)}";

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
        "upload" => $", {Needed(status)} needed by {status.Active - status.Downloads} listeners, {status.Downloads} downloads",
        "queue" => $", {status.Waiting} waiting",
        _ => "",
    };

    private static string Needed(HostingStatus status) => status.RealTimeRate < 1 ? "nothing" : new Rate((long)status.RealTimeRate / 125 * 125).ToString();

    private static HostingLimit Find(string name)
    {
        if (HostingLimit.Find(name.ToLowerInvariant()) is { } limit)
            return limit;
        var nearest = NearestKey.Of(name.ToLowerInvariant(), HostingLimit.All.Select(known => known.Name));
        throw new CommandException(
            $"there is no limit \"{SafeText.Of(name)}\"; the nearest is {nearest}, and limits lists them all");
    }
}
