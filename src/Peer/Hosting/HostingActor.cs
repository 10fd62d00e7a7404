using Akka.Actor;
using TspActors.Media;
using TspActors.Peer.Library;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>Admits streams up to the limit, makes a StreamSessionActor for each, and tells the tracker how busy this host is.</summary>
/// <remarks>Supervision: a stream that fails is stopped; its session tells the requester, who goes to another host.</remarks>
internal sealed class HostingActor : ReceiveActor
{
    private readonly HostingSettings _settings;
    private readonly StreamSupplies _supplies;
    private readonly IActorRef _library;
    private readonly HashSet<IActorRef> _active = [];
    private long _streams;
    private bool _refusing;

    public HostingActor(HostingSettings settings, Func<SongFile, byte[]?> leaves, IActorRef library)
    {
        _settings = settings;
        _supplies = StreamSupplies.For(settings, leaves);
        _library = library;
        Receive<AdmitStream>(Admit);
        Receive<StreamOver>(_ => Leave(Sender));
        Receive<StreamGone>(gone => Leave(gone.Stream));
        Receive<RefuseStreams>(_ => _refusing = true);
        Receive<GetHostingStatus>(_ => Sender.Tell(new HostingStatus(_active.Count, _settings.MaxStreams)));
    }

    /// <param name="settings">Limits and pace.</param>
    /// <param name="leaves">Gives the leaves of a song's Merkle tree, off the actors' threads; null where the index has none.</param>
    /// <param name="library">Is told to rescan when a file turns out to be another one.</param>
    public static Props Props(HostingSettings settings, Func<SongFile, byte[]?> leaves, IActorRef library) =>
        Akka.Actor.Props.Create(() => new HostingActor(settings, leaves, library));

    protected override void PreStart() => Report();

    protected override void PostStop() => _supplies.Dispose();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Admit(AdmitStream admit)
    {
        var id = admit.Song.Id;
        if (_refusing)
        {
            Sender.Tell(new StreamRefused(Errors.Frame(ErrorCode.ShuttingDown, "this host is going down", id, _settings.BusyRetryAfter)));
        }
        else if (_settings.MaxStreams > 0 && _active.Count >= _settings.MaxStreams)
        {
            Sender.Tell(new StreamRefused(Errors.Frame(
                ErrorCode.Busy, $"this host already streams to {_active.Count} listeners", id, _settings.BusyRetryAfter)));
        }
        else
        {
            var stream = Context.ActorOf(
                StreamSessionActor.Props(admit.Song, admit.Request, _settings, _supplies, admit.Connection, Sender, _library), $"{++_streams}");
            Context.WatchWith(stream, new StreamGone(stream));
            _active.Add(stream);
            Report();
            // In this order, so that the session knows the stream before it hears of its end.
            Sender.Tell(new StreamAdmitted(stream));
            stream.Tell(StartStream.Instance);
        }
    }

    private void Leave(IActorRef stream)
    {
        if (_active.Remove(stream))
            Report();
    }

    private void Report() => Context.System.EventStream.Publish(new ReportLoad(_active.Count, _settings.MaxStreams));

    private sealed record StreamGone(IActorRef Stream) : INoSerializationVerificationNeeded;
}
