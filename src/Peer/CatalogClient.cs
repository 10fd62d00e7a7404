using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Actor;
using TspActors.Peer.Reaching;
using TspActors.Peer.Searching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Peer;

/// <summary>Thrown when a command fails. The message is for the user.</summary>
/// <param name="message">The reason, and how the user can fix the problem.</param>
/// <param name="code">The protocol's error code for the failure; null if there is none.</param>
internal sealed class CommandException(string message, ErrorCode? code = null) : Exception(message)
{
    /// <summary>The protocol's error code for the failure; null if there is none.</summary>
    public ErrorCode? Code { get; } = code;
}

/// <summary>Requests songs from the tracker through the TrackerLinkActor, and hides the paging of the replies.</summary>
/// <param name="trackerLink">The TrackerLinkActor.</param>
/// <param name="deadline">How long a reply may take.</param>
/// <param name="mostBytes">The maximum estimated memory of the songs in one listing, in bytes; null for the default.</param>
internal sealed class CatalogClient(IActorRef trackerLink, TimeSpan deadline, long? mostBytes = null)
{
    private const uint PageSize = 500;
    private const string WordsNeeded = "specify a song by its id, or by words from its title, artist or album";

    /// <summary>Returns all songs, or those that match the text (<see cref="SongQuery"/>), with the best matches first.</summary>
    /// <exception cref="CommandException">The text is not a valid query, or the request failed.</exception>
    public IAsyncEnumerable<Song> ListAsync(string text, CancellationToken cancellation = default) =>
        ListAsync(SongQuery.Parse(text), null, cancellation);

    /// <summary>Returns one page of songs, in order of their ids.</summary>
    /// <param name="id">The first id that the page may contain.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The songs, and the highest id that the page covers; 0 if this is the last page.</returns>
    /// <exception cref="CommandException">The request failed.</exception>
    public async Task<(IReadOnlyList<Song> Songs, int Covered)> ListFromAsync(int id, CancellationToken cancellation = default)
    {
        var page = await AskAsync<SongPage>(new ListSongs("", id - 1, PageSize), cancellation).ConfigureAwait(false);
        return (page.Songs, page.NextCursor);
    }

    /// <summary>Returns all songs with all their fields.</summary>
    /// <exception cref="CommandException">The request failed.</exception>
    public async IAsyncEnumerable<Song> DescribeAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var pages = new PageOrder(isAscending: true, mostBytes ?? CatalogBounds.Default.CopyBytes);
        do
        {
            var page = await AskAsync<SongInfoPage>(new DescribeSongs(pages.Cursor, PageSize), cancellation).ConfigureAwait(false);
            foreach (var song in page.Songs)
                yield return song;
            Advance(pages, page.NextCursor, page.Songs);
        }
        while (pages.Cursor > 0);
    }

    /// <summary>Returns the songs that match the text, best matches first, with all their fields.</summary>
    /// <exception cref="CommandException">The request failed.</exception>
    public async IAsyncEnumerable<Song> DescribeAsync(string text, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var song in ListAsync(text, cancellation).ConfigureAwait(false))
        {
            // A listing may omit fields. Every song that is not live has a length, so a missing length requires a second request.
            yield return song.Live || song.Format is { PayloadBytes: > 0 }
                ? song
                : await DescribeAsync(song.Id, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the song with this id.</summary>
    /// <exception cref="CommandException">There is no such song, or the request failed.</exception>
    public async Task<Song> DescribeAsync(int id, CancellationToken cancellation = default)
    {
        var page = await AskAsync<SongInfoPage>(new DescribeSongs(id), cancellation).ConfigureAwait(false);
        return page.Songs.Count > 0 ? page.Songs[0] : throw new CommandException($"there is no song {id}", ErrorCode.UnknownSong);
    }

    /// <summary>Returns the ways to a song's hosts, best first; empty if the tracker currently knows of none.</summary>
    /// <param name="id">The song.</param>
    /// <param name="canBeCalled">Whether hosts can call this peer back.</param>
    /// <param name="usesRelays">Whether a relay can connect this peer to hosts.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<IReadOnlyList<HostRoute>> FindRoutesAsync(
        int id, bool canBeCalled, bool usesRelays, CancellationToken cancellation = default)
    {
        var grant = await FindGrantAsync(id, cancellation).ConfigureAwait(false);
        return grant.Song is null ? [] : HostRoutes.Of(grant.Song, grant.Reach, canBeCalled, usesRelays);
    }

    /// <summary>Returns a song's hosts with their loads, best first; no hosts if the tracker currently knows of none.</summary>
    /// <param name="id">The song.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<PlayGrant> FindGrantAsync(int id, CancellationToken cancellation = default)
    {
        try
        {
            return await AskAsync<PlayGrant>(new FindHosts(id), cancellation).ConfigureAwait(false);
        }
        catch (CommandException)
        {
            // The song's hosts may have just left. Everything else that is known about the song is still worth showing.
            return new PlayGrant();
        }
    }

    /// <summary>
    /// Returns the song with this id, or the song that matches the words best. A number that is not a song's id is treated as a search
    /// word.
    /// </summary>
    /// <returns>The song, and the number of songs that match.</returns>
    /// <exception cref="CommandException">There is no such song, or the request failed.</exception>
    public async Task<(Song Song, long Matches)> FindAsync(string idOrText, CancellationToken cancellation = default)
    {
        // A search without a word matches every song, so a stray Enter, or an invisible character, would play an arbitrary one.
        if (!HasWords(idOrText))
            throw new CommandException(WordsNeeded);
        CommandException? unknown = null;
        if (int.TryParse(idOrText, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
        {
            try
            {
                return (await DescribeAsync(id, cancellation).ConfigureAwait(false), 1);
            }
            catch (CommandException error) when (error.Code == ErrorCode.UnknownSong)
            {
                unknown = error;
            }
        }

        var (song, matches) = await FindBestAsync(SongQuery.Parse(idOrText), cancellation).ConfigureAwait(false);
        return song is not null
            ? (song, matches)
            : throw unknown ?? new CommandException($"no song matches \"{idOrText}\"; \"list\" shows all songs");
    }

    /// <summary>
    /// Returns the songs with these ids, the songs that match the words after "all" (live feeds are left out), or the one song that matches
    /// the words best.
    /// </summary>
    /// <param name="argument">The ids or words.</param>
    /// <param name="most">The maximum number of songs to return.</param>
    /// <param name="cancellation">Cancels the search.</param>
    /// <returns>
    /// At least one song. Matches is the number of songs that match, which can be larger than the number of returned songs.
    /// </returns>
    /// <exception cref="CommandException">There is no such song, or the request failed.</exception>
    public async Task<(IReadOnlyList<Song> Songs, long Matches)> FindSeveralAsync(
        string argument, int most, CancellationToken cancellation = default)
    {
        var words = argument.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 1
            && words.All(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0))
        {
            var named = new List<Song>();
            foreach (var word in words.Take(most))
                named.Add((await FindAsync(word, cancellation).ConfigureAwait(false)).Song);
            return (named, words.Length);
        }

        if (words.Length == 0 || words[0] != "all")
        {
            var (song, matches) = await FindAsync(argument, cancellation).ConfigureAwait(false);
            return ([song], matches);
        }

        // The words are not rejoined, because a quoted phrase may contain several spaces in a row.
        var text = argument.TrimStart()["all".Length..].Trim();
        if (text.Length > 0 && !HasWords(text))
            throw new CommandException(WordsNeeded);
        var (songs, matching) = (new List<Song>(), 0L);
        await foreach (var song in ListAsync(SongQuery.Parse(text), SongOrder.OfAlbums, cancellation).ConfigureAwait(false))
        {
            if (song.Live)
                continue;
            matching++;
            if (songs.Count < most)
                songs.Add(song);
        }

        return songs.Count > 0 ? (songs, matching) : throw new CommandException(
            text.Length > 0 ? $"no song matches \"{text}\"; \"list\" shows all songs" : "no songs are shared yet");
    }

    private static bool HasWords(string text) => SearchText.Fold(text).Length > 0;

    /// <param name="query">The query.</param>
    /// <param name="order">The order, unless the query specifies one; null = best match first.</param>
    /// <param name="cancellation">Cancels the requests.</param>
    private async IAsyncEnumerable<Song> ListAsync(
        SongQuery query, SongOrder? order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var matching = FilterAsync(query, cancellation);
        if ((query.Order ?? order) is { } chosen)
        {
            foreach (var song in chosen.Sort(await matching.ToListAsync(cancellation).ConfigureAwait(false)))
                yield return song;
            yield break;
        }

        await foreach (var song in matching.ConfigureAwait(false))
            yield return song;
    }

    private async IAsyncEnumerable<Song> FilterAsync(SongQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pages = new PageOrder(isAscending: query.Words.Length == 0, mostBytes ?? CatalogBounds.Default.CopyBytes);
        do
        {
            var page = await AskAsync<SongPage>(new ListSongs(query.Words, pages.Cursor, PageSize), cancellation).ConfigureAwait(false);
            foreach (var song in page.Songs.Where(query.Matches))
                yield return song;
            Advance(pages, page.NextCursor, page.Songs);
        }
        while (pages.Cursor > 0);
    }

    private async Task<(Song? Song, long Matches)> FindBestAsync(SongQuery query, CancellationToken cancellation)
    {
        if (query.IsPlain)
        {
            var page = await AskAsync<SongPage>(new ListSongs(query.Words, 0, 1), cancellation).ConfigureAwait(false);
            return (page.Songs.Count > 0 ? page.Songs[0] : null, page.Total);
        }

        Song? best = null;
        long matches = 0;
        await foreach (var song in ListAsync(query, null, cancellation).ConfigureAwait(false))
        {
            best ??= song;
            matches++;
        }

        return (best, matches);
    }

    private static void Advance(PageOrder pages, int next, IEnumerable<Song> songs)
    {
        if (pages.Advance(next, songs) is { } fault)
            throw new CommandException(fault);
    }

    private async Task<T> AskAsync<T>(object question, CancellationToken cancellation)
        where T : class
    {
        object answer;
        try
        {
            answer = await trackerLink.Ask(question, deadline, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            throw new CommandException($"the tracker did not reply within {deadline.TotalSeconds:0.#} s; try again");
        }

        return answer switch
        {
            T page => page,
            TrackerRefused refused => throw new CommandException(refused.Error.Message, refused.Error.Code),
            TrackerUnavailable unavailable => throw new CommandException(unavailable.Reason),
            _ => throw new CommandException("the tracker sent an unexpected reply"),
        };
    }
}
