using Akka.Actor;
using TspActors.Media.Library;

namespace TspActors.Peer.Library;

/// <summary>The library of a peer that shares nothing. It replies like a LibraryActor without music folders.</summary>
internal sealed class EmptyLibraryActor : UntypedActor
{
    public static Props Props { get; } = Akka.Actor.Props.Create<EmptyLibraryActor>();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WatchLibrary:
                Sender.Tell(new LibraryChanged(OwnSongs.None));
                break;
            case GetScanReport or Rescan:
                Sender.Tell(new ScanReport(0, []));
                break;
            case GetLibraryStatus:
                Sender.Tell(new LibraryStatus(new LibrarySummary(0, 0, [], []), null, IsWatched: true, null));
                break;
            case RememberIds:
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
