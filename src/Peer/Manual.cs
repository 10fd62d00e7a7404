namespace TspActors.Peer;

/// <summary>The sections of the manual page that follow the commands and options.</summary>
internal static class Manual
{
    /// <summary>The sections, each with its text.</summary>
    public static readonly IReadOnlyList<(string Section, string Text)> Notes =
    [
        ("Files", "config/peer.conf under the working directory, otherwise the copy beside the program: all settings, each with its default. "
            + "$XDG_DATA_HOME/tsp-peer (~/.local/share/tsp-peer): the key, the library index, "
            + "the console's lists (favourites.m3u8, played.m3u8, queue.m3u8), and the gateway's files."),
        ("Environment", "TSP__PEER__ and the path of a setting, such as TSP__PEER__NAME=anna, override the file. The command line overrides both. "
            + "NO_COLOR (if not empty), CLICOLOR=0 and TERM=dumb switch colours off; CLICOLOR_FORCE=1 switches them on, even in pipes."),
        ("Exit status", "0 = done, 1 = failed with one line that says why, 2 = bad arguments or settings."),
        ("See also", "tsp-tracker(1)"),
    ];
}
