using Akka.Actor;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;
using TspActors.Transport;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows this peer's live feeds, starts and stops them, sets their titles, and skips their songs.</summary>
internal sealed class LiveCommand() : ConsoleCommand(
    "live", "live [command]",
    "this peer's live feeds; live start NAME=SOURCE, stop NAME, title NAME TEXT, skip NAME, relay on|off")
{
    private const string TitleUsage = "live title NAME TEXT";

    private static readonly string[] Verbs = ["start", "stop", "title", "skip", "relay"];

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var words = argument.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var rest = words.Length > 1 ? words[1] : "";
        switch (words.FirstOrDefault()?.ToLowerInvariant())
        {
            case null:
                await ShowAsync(console, cancellation).ConfigureAwait(false);
                break;
            case "start":
                await SendAsync(console, new StartFeed(Parse(rest)), cancellation).ConfigureAwait(false);
                break;
            case "stop":
                await SendAsync(console, new StopFeed(Required(rest, "live stop NAME")), cancellation).ConfigureAwait(false);
                break;
            case "skip":
                await SendAsync(console, new SkipFeedSong(Required(rest, "live skip NAME")), cancellation).ConfigureAwait(false);
                break;
            case "title":
                await SetTitleAsync(console, Required(rest, TitleUsage), cancellation).ConfigureAwait(false);
                break;
            case "relay":
                await SendAsync(console, new SetRelay(OnOrOff(rest)), cancellation).ConfigureAwait(false);
                break;
            default:
                throw new CommandException(
                    $"no command \"{SafeText.Clean(words[0])}\"; type live, live start NAME=SOURCE, live stop NAME, live title NAME TEXT, "
                        + "live skip NAME or live relay on|off");
        }
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromWords(typed, Verbs, end: " ");

    private static async Task ShowAsync(ConsoleContext console, CancellationToken cancellation)
    {
        var feeds = await ListAsync(console, cancellation).ConfigureAwait(false);
        foreach (var feed in feeds.Feeds)
        {
            var title = feed.NowPlaying.Length > 0 ? $", now {feed.NowPlaying}" : "";
            var skipped = feed.Skipped > 0 ? $", {feed.Skipped} skipped" : "";
            console.Screen.Result(SafeText.Clean($"{feed.Name}: {feed.State}, {Counted.Text(feed.Listeners, "listener")}{skipped}{title}"));
        }

        if (feeds.Feeds.IsEmpty)
            console.Screen.Note($"this peer has no live feed; type \"live start NAME=SOURCE\", where SOURCE is {FeedSource.Forms}");
        console.Screen.Note($"relay is {(feeds.Relays ? "on: this peer passes on the feeds that it plays" : "off")}");
    }

    // Both the name and the title can contain spaces, so the text is compared with the names of this peer's feeds.
    private static async Task SetTitleAsync(ConsoleContext console, string text, CancellationToken cancellation)
    {
        var feeds = (await ListAsync(console, cancellation).ConfigureAwait(false)).Feeds;
        text = NamedSource.CleanName(text);
        var name = feeds.Select(feed => feed.Name)
            .Where(name => text.Equals(name, StringComparison.OrdinalIgnoreCase)
                || text.StartsWith($"{name} ", StringComparison.OrdinalIgnoreCase))
            .MaxBy(name => name.Length) ?? text.Split(' ')[0];
        var title = Required(text[name.Length..].Trim(), TitleUsage);
        await SendAsync(console, new SetFeedTitle(name, title), cancellation).ConfigureAwait(false);
    }

    private static Task<LiveFeeds> ListAsync(ConsoleContext console, CancellationToken cancellation) =>
        console.Peer.Live.Ask<LiveFeeds>(GetLiveFeeds.Instance, ConsoleContext.ReplyDeadline, cancellation);

    private static async Task SendAsync(ConsoleContext console, ILocalMessage command, CancellationToken cancellation)
    {
        switch (await console.Peer.Live.Ask(command, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false))
        {
            case LiveDone done:
                console.Screen.Note(SafeText.Clean(done.Text));
                break;
            case LiveRefused refused:
                throw new CommandException(SafeText.Clean(refused.Reason));
        }
    }

    private static FeedSettings Parse(string text)
    {
        if (text.Length == 0)
            throw new CommandException($"type \"live start NAME=SOURCE\", where SOURCE is {FeedSource.Forms}");
        if (!NamedSource.TryParse(text, out var named, out var fault))
            throw new CommandException(SafeText.Clean(fault));
        if (named.Source is FeedSource.StandardInput)
            throw new CommandException("the console reads standard input itself; pipe MP3 into \"peer serve --live NAME=-\"");
        return new FeedSettings(named.Name, named.Source);
    }

    private static string Required(string text, string usage) => text.Length > 0 ? text : throw new CommandException($"type {usage}");

    private static bool OnOrOff(string text) => text.ToLowerInvariant() switch
    {
        "on" => true,
        "off" => false,
        _ => throw new CommandException("type \"live relay on\" or \"live relay off\""),
    };
}
