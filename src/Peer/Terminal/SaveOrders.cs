using Akka.Actor;
using TspActors.Peer.Saving;
using TspActors.Peer.Terminal.Commands;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Asks for several songs to be saved.</summary>
internal static class SaveOrders
{
    /// <summary>Asks the SavingActor to save each song. Live feeds are left out because they have no end.</summary>
    /// <returns>The songs that will be saved, and the reason for the first refusal; null = none was refused.</returns>
    public static async Task<(IReadOnlyList<Song> Accepted, string? Refusal)> PlaceAsync(
        ConsoleContext console, IReadOnlyList<Song> songs, SaveDestination destination, CancellationToken cancellation)
    {
        var accepted = new List<Song>();
        string? refusal = null;
        foreach (var song in songs.Where(song => !song.Live))
        {
            // A listing may omit fields that are needed for the file's name and tags.
            var known = song.Format is { PayloadBytes: > 0 }
                ? song
                : await console.Catalog.DescribeAsync(song.Id, cancellation).ConfigureAwait(false);
            var order = new SaveSong(known, destination.Folder) { Pattern = destination.Pattern };
            var reply = await console.Peer.Saving.Ask(order, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
            if (reply is SaveAccepted)
                accepted.Add(known);
            else
                refusal ??= (reply as SaveRefused)?.Reason ?? "a song could not be saved";
        }

        return (accepted, refusal);
    }
}
