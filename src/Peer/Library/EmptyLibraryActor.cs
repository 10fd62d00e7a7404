using Akka.Actor;

namespace TspActors.Peer.Library;

/// <summary>Stands where a LibraryActor would in a peer that shares nothing.</summary>
internal sealed class EmptyLibraryActor : ReceiveActor
{
    public EmptyLibraryActor()
    {
        Receive<WatchLibrary>(_ => Sender.Tell(new LibraryChanged(OwnSongs.None)));
        Receive<GetScanReport>(_ => Sender.Tell(new ScanReport(0, [])));
        Receive<Rescan>(_ => Sender.Tell(new ScanReport(0, [])));
        Receive<GetLibraryStatus>(_ => Sender.Tell(new LibraryStatus(new Media.Library.LibrarySummary(0, 0, [], []), null, IsWatched: true, null)));
        Receive<RememberIds>(_ => { });
    }

    public static Props Props { get; } = Akka.Actor.Props.Create<EmptyLibraryActor>();
}
