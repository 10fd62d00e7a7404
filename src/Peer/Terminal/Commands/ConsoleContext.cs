using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>The context in which console commands run: the peer's actors, the catalog and the screen.</summary>
/// <param name="Peer">The running peer.</param>
/// <param name="Catalog">Finds songs.</param>
/// <param name="Screen">Shows results and notes.</param>
/// <param name="MaxQueue">The maximum number of songs that one command may queue.</param>
/// <param name="SaveFolder">The folder in which songs are saved if the user gives none; empty = the default folder.</param>
internal sealed record ConsoleContext(PeerNode Peer, CatalogClient Catalog, Screen Screen, int MaxQueue = 1_000, string SaveFolder = "")
{
    /// <summary>How long an actor may take to reply.</summary>
    public static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Sends a command to the player, and shows the note <paramref name="done"/> if it succeeds.</summary>
    /// <exception cref="CommandException">The player refused the command.</exception>
    public async Task ControlPlaybackAsync(object command, string done)
    {
        var reply = await Peer.Playback.Ask(command, ReplyDeadline).ConfigureAwait(false);
        if (reply is PlaybackRefused refused)
            throw new CommandException(refused.Reason);
        Screen.Note(done);
    }

    /// <summary>Asks the player for its status.</summary>
    public Task<PlaybackStatus> GetPlaybackAsync() => Peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline);

    /// <summary>Asks the library for its status.</summary>
    public Task<LibraryStatus> GetLibraryAsync() => Peer.Library.Ask<LibraryStatus>(GetLibraryStatus.Instance, ReplyDeadline);
}
