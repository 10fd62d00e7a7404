using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Transport;

namespace TspActors.Peer.Playlists;

/// <summary>To the QueueKeeperActor: write the queue now, and ignore all later changes. The reply is <see cref="QueueKept"/>.</summary>
internal sealed record KeepQueue : ILocalMessage
{
    public static readonly KeepQueue Instance = new();
}

/// <summary>Reply: the queue has been written to its file, or could not be written.</summary>
internal sealed record QueueKept : ILocalMessage
{
    public static readonly QueueKept Instance = new();
}

/// <summary>Keeps the queue in a file, so that it survives a restart.</summary>
/// <remarks>
/// <code>
/// Keeping → PlaybackChanged with different songs → the file is written within a second
///         → KeepQueue → Done: shutdown empties the queue, and that change is not written
/// </code>
/// </remarks>
internal sealed class QueueKeeperActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly LastingFault _fault = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SongList _list;
    private readonly KeptQueue _queue;

    public QueueKeeperActor(SongList list, IReadOnlyList<PlaylistEntry> missing) =>
        (_list, _queue) = (list, new KeptQueue(missing, list.Capacity));

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="list">The file.</param>
    /// <param name="missing">Songs in the file that could not be restored, because no peer currently shares them.</param>
    public static Props Props(SongList list, IReadOnlyList<PlaylistEntry> missing) =>
        Akka.Actor.Props.Create(() => new QueueKeeperActor(list, missing));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(PlaybackChanged));

    protected override void OnReceive(object message) => Keeping(message);

    private void Keeping(object message)
    {
        switch (message)
        {
            case PlaybackChanged changed when _queue.Update(changed.Status) && !Timers.IsTimerActive(WriteDue.Instance):
                Timers.StartSingleTimer(WriteDue.Instance, WriteDue.Instance, Delay);
                break;
            case WriteDue:
                Write();
                break;
            case KeepQueue:
                if (Timers.IsTimerActive(WriteDue.Instance))
                    Write();
                Timers.CancelAll();
                Sender.Tell(QueueKept.Instance);
                Become(Done);
                break;
        }
    }

    private void Done(object message)
    {
        if (message is KeepQueue)
            Sender.Tell(QueueKept.Instance);
    }

    private void Write()
    {
        try
        {
            _list.Save(_queue.Entries);
            if (_fault.End())
                _log.Warning("the queue can be saved again");
        }
        catch (IOException error)
        {
            if (_fault.Begin(error.Message))
                _log.Warning("could not save the queue: {0}", error.Message);
        }
    }

    private sealed record WriteDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly WriteDue Instance = new();
    }
}
