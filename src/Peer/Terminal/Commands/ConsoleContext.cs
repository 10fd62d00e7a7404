using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Playlists;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>The context in which console commands run: the peer's actors, the catalog and the screen.</summary>
/// <param name="Peer">The running peer.</param>
/// <param name="Catalog">Finds songs.</param>
/// <param name="Screen">Shows results and notes.</param>
/// <param name="MaxQueue">The maximum number of songs that one command may queue.</param>
/// <param name="SaveFolder">The folder where songs are saved if the user gives none; empty = the default folder.</param>
internal sealed record ConsoleContext(PeerNode Peer, CatalogClient Catalog, Screen Screen, int MaxQueue = 1_000, string SaveFolder = "")
{
    private const string FavouritesWord = "favourites";

    // A guest's command needs no data folder unless it uses the lists.
    private readonly Lazy<ListenerLists> _lists = new(() => ListenerLists.Of(Peer, Catalog));

    /// <summary>How long an actor may take to reply.</summary>
    public static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>How the files of saved songs are named if the user gives no pattern.</summary>
    public SavePattern SavePattern { get; init; } = SavePattern.Default;

    /// <summary>Shows long results.</summary>
    public Pager Pager { get; init; } = new(Screen, isOn: false, readsKeys: false);

    /// <summary>The listener's own lists of songs.</summary>
    /// <exception cref="CommandException">The peer has no data folder.</exception>
    public ListenerLists Lists => _lists.Value;

    /// <summary>Returns whether the argument stands for the favourites.</summary>
    public static bool NamesFavourites(string argument) => argument.Equals(FavouritesWord, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns the songs that the user names: the favourites, or the songs that <see cref="CatalogClient.FindSeveralAsync"/> finds.
    /// </summary>
    /// <exception cref="CommandException">There is no such song, or the request failed.</exception>
    public async Task<(IReadOnlyList<Song> Songs, long Matches)> FindSeveralAsync(string argument, CancellationToken cancellation)
    {
        if (!NamesFavourites(argument))
        {
            var named = await Catalog.FindSeveralAsync(argument, MaxQueue, cancellation).ConfigureAwait(false);
            if (named.Songs.Count > 1 && named.Songs.Count < named.Matches)
                Screen.Note(
                    $"{named.Matches} songs match, but only the first {named.Songs.Count} are used (tsp.peer.listening.max-queue)");
            return named;
        }

        var entries = Lists.LoadFavourites();
        if (entries.Count == 0)
            throw new CommandException("there are no favourites yet; \"favourite\" adds the song that is playing");
        var found = await Lists.Finder.FindAsync(entries, cancellation).ConfigureAwait(false);
        var songs = found.OfType<Song>().ToList();
        if (songs.Count == 0)
            throw new CommandException("none of the favourites is shared now; \"favourites\" lists them");
        if (songs.Count < entries.Count)
            Screen.Note($"{Counted.Text(entries.Count - songs.Count, "favourite")} left out, because nobody shares them now");
        if (songs.Count > MaxQueue)
            Screen.Note($"only the first {MaxQueue} of {songs.Count} favourites are used (tsp.peer.listening.max-queue)");
        return ([.. songs.Take(MaxQueue)], songs.Count);
    }

    /// <summary>Sends a command to the player, and shows the note <paramref name="done"/> if it succeeds.</summary>
    /// <exception cref="CommandException">The player refused the command.</exception>
    public async Task ControlPlaybackAsync(object command, string done)
    {
        await ControlPlaybackAsync(command).ConfigureAwait(false);
        Screen.Note(done);
    }

    /// <summary>Sends a command to the player.</summary>
    /// <returns>The player's reply.</returns>
    /// <exception cref="CommandException">The player refused the command.</exception>
    public async Task<PlaybackDone> ControlPlaybackAsync(object command) =>
        await Peer.Playback.Ask(command, ReplyDeadline).ConfigureAwait(false) switch
        {
            PlaybackRefused refused => throw new CommandException(refused.Reason),
            PlaybackDone done => done,
            _ => new PlaybackDone(),
        };

    /// <summary>Asks the player for its status.</summary>
    public Task<PlaybackStatus> GetPlaybackAsync() => Peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline);

    /// <summary>Asks the library for its status.</summary>
    public Task<LibraryStatus> GetLibraryAsync() => Peer.Library.Ask<LibraryStatus>(GetLibraryStatus.Instance, ReplyDeadline);
}
