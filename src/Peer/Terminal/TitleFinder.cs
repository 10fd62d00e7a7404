using Akka.Actor;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>
/// Finds titles for completion. It asks the tracker, which lists titles that begin with the text ahead of its other hits. If the tracker
/// is unreachable or slow, only titles from its earlier replies are found.
/// </summary>
/// <param name="trackerLink">The TrackerLinkActor.</param>
/// <param name="deadline">How long a reply may take.</param>
internal sealed class TitleFinder(IActorRef trackerLink, TimeSpan deadline)
{
    // More than the number of titles needed, because several songs may have the same title.
    private const uint PageSize = 100;

    // The tracker uses only the first 1,024 UTF-16 code units of a query.
    private const int LongestQuery = 1_000;

    /// <summary>Returns titles that begin with the given text, ignoring case, sorted and without duplicates.</summary>
    /// <param name="beginning">The text.</param>
    /// <param name="most">The maximum number of titles.</param>
    public async Task<IReadOnlyList<string>> FindAsync(string beginning, int most)
    {
        var query = beginning.Length > LongestQuery ? beginning[..LongestQuery] : beginning;
        var page = await AskAsync<SongPage>(new ListSongs(query, 0, PageSize)).ConfigureAwait(false);
        var known = await AskAsync<Titles>(new FindKnownTitles(beginning, most)).ConfigureAwait(false);
        var titles = new SortedSet<string>(known?.Fitting ?? [], StringComparer.OrdinalIgnoreCase);
        titles.UnionWith((page?.Songs ?? []).Select(song => song.Tags?.Title ?? "")
            .Where(title => title.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)));
        return [.. titles.Take(most)];
    }

    // Returns null if there is no reply of this type. Without titles, Tab does nothing.
    private async Task<T?> AskAsync<T>(object question)
        where T : class
    {
        try
        {
            return await trackerLink.Ask(question, deadline).ConfigureAwait(false) as T;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
