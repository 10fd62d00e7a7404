using TspActors.Peer.Playlists;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Adds a song to the favourites.</summary>
internal sealed class FavouriteCommand() : ConsoleCommand(
    "favourite", "favourite [id|text]", "remember the song that is playing, or another one, as a favourite")
{
    public override bool TakesSearchWords => true;

    public override IReadOnlyList<string> Aliases => ["favorite", "fav"];

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var song = await FindAsync(console, argument, cancellation).ConfigureAwait(false);
        var entry = PlaylistEntry.From(song);
        var favourites = console.Lists.LoadFavourites();
        if (favourites.Any(known => known.Hash == entry.Hash))
        {
            console.Screen.Note($"{SongText.Name(song)} is already a favourite");
            return;
        }

        if (favourites.Count >= console.Lists.Favourites.Capacity)
            throw new CommandException($"there are {favourites.Count} favourites, and no room for more; \"unfavourite\" removes one");
        Save(console, [.. favourites, entry]);
        console.Screen.Note($"{SongText.Name(song)} is now a favourite");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    /// <summary>Returns the song that the user names, or the current song if the argument is empty or "now".</summary>
    /// <exception cref="CommandException">There is no such song.</exception>
    public static async Task<Song> FindAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length > 0 && argument != "now")
            return (await console.Catalog.FindAsync(argument, cancellation).ConfigureAwait(false)).Song;
        var status = await console.GetPlaybackAsync().ConfigureAwait(false);
        return status.Song ?? throw new CommandException("nothing is playing; specify the song by its id");
    }

    /// <summary>Writes the favourites.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Save(ConsoleContext console, IEnumerable<PlaylistEntry> favourites)
    {
        try
        {
            console.Lists.Favourites.Save(favourites);
        }
        catch (IOException error)
        {
            throw new CommandException(SafeText.Clean(error.Message));
        }
    }
}

/// <summary>Removes a song from the favourites.</summary>
internal sealed class UnfavouriteCommand() : ConsoleCommand(
    "unfavourite", "unfavourite [id|text]", "remove the song that is playing, or another one, from the favourites")
{
    public override bool TakesSearchWords => true;

    public override IReadOnlyList<string> Aliases => ["unfavorite", "unfav"];

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var favourites = console.Lists.LoadFavourites();
        var removed = FindAway(favourites, argument)
            ?? PlaylistEntry.From(await FavouriteCommand.FindAsync(console, argument, cancellation).ConfigureAwait(false));
        var left = favourites.Where(known => known.Hash != removed.Hash).ToList();
        if (left.Count == favourites.Count)
            throw new CommandException($"{removed.Label} is not a favourite");
        FavouriteCommand.Save(console, left);
        console.Screen.Note($"{removed.Label} is no longer a favourite");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    // A song that no peer currently shares has no id, so it is removed by its full name.
    private static PlaylistEntry? FindAway(IEnumerable<PlaylistEntry> favourites, string argument) =>
        favourites.FirstOrDefault(known => known.Name.Equals(argument, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Lists the favourites.</summary>
internal sealed class FavouritesCommand() : ConsoleCommand(
    "favourites", "favourites", "list the favourites; to use them: play favourites, queue favourites")
{
    public override IReadOnlyList<string> Aliases => ["favorites", "favs"];

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var entries = console.Lists.LoadFavourites();
        IReadOnlyList<Song?> found = entries.Count == 0
            ? []
            : await console.Lists.Finder.FindAsync(entries, cancellation).ConfigureAwait(false);
        var lines = entries.Select((entry, index) => Line(entry, found[index])).ToList();
        await console.Pager.ShowAsync(null, lines, cancellation).ConfigureAwait(false);
        if (entries.Count == 0)
            console.Screen.Note("there are no favourites yet; \"favourite\" adds the song that is playing");

        string Line(PlaylistEntry entry, Song? song)
        {
            var line = song is not null
                ? $"{song.Id,6}  {SongText.Name(song)}"
                : $"{"-",6}  {SafeText.Clean(entry.Label)} (not shared now)";
            var cut = console.Screen.IsTerminal ? Cells.Cut(line, Screen.Width - 1) : line;
            return song is null ? console.Screen.Fade(cut) : cut;
        }
    }
}
