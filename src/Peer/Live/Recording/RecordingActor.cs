using System.Text;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Recording;

/// <summary>Records one live feed: receives it through a SongFetchActor child, and notes when each title begins.</summary>
/// <remarks>
/// <code>
/// Recording   → ChunkHeard, Written → enough has been written → EndingFetch
///             → EndRecording → EndingFetch            FetchCompleted, FetchFailed → Closing
/// EndingFetch → the fetch has stopped → Closing
/// Closing     → the file and its cue sheet are closed → SaveOver on the event stream; stops
/// </code>
/// </remarks>
internal sealed class RecordingActor : UntypedActor
{
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(5);

    private readonly RecordFeed _order;
    private readonly RecordingSink _sink;
    private readonly CueSheet _cue;
    private readonly IActorRef _fetch;
    private long _heardBytes;
    private long? _lastByte;
    private TimeSpan _heard;
    private Task _cueWrite = Task.CompletedTask;

    public RecordingActor(
        RecordFeed order, ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, IActorRef relays)
    {
        _order = order;
        _sink = new RecordingSink(order.Target, Self);
        _cue = new CueSheet(order.Song.Tags?.Title ?? "", Path.GetFileName(order.Target.Path ?? ""));
        _fetch = Context.ActorOf(SongFetchActor.Props(
            new FetchOrder(order.Song.Id, 0, Pace.Realtime, _sink, requester, own, KnownHosts.None)
            {
                AcceptsLive = true,
                Relays = relays,
            },
            settings, trackerLink, Self));
        Context.WatchWith(_fetch, FetchDied.Instance);
    }

    /// <param name="order">The feed, and where its audio goes.</param>
    /// <param name="settings">The deadlines.</param>
    /// <param name="requester">How this peer identifies itself to hosts.</param>
    /// <param name="own">How this peer reaches its own host; null if it hosts nothing.</param>
    /// <param name="trackerLink">The TrackerLinkActor, which knows the hosts.</param>
    /// <param name="relays">The LiveFeedsActor, which may pass the feed on; null if this peer has none.</param>
    public static Props Props(
        RecordFeed order, ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, IActorRef? relays = null) =>
        Akka.Actor.Props.Create(
            () => new RecordingActor(order, settings, requester, own, trackerLink, relays ?? ActorRefs.Nobody));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChunkHeard heard when _lastByte is null:
                if (_cue.Mark(_heard, heard.Chunk.Title.Text))
                    WriteCue();
                _heard += heard.Chunk.Duration;
                _heardBytes += heard.Chunk.Mp3.Length;
                if (_order.Duration is { } duration && _heard >= duration)
                    _lastByte = _heardBytes;
                break;
            case RecordingSink.Written written when written.Bytes >= _lastByte:
                EndFetch();
                break;
            case FetchNotice notice:
                Context.System.EventStream.Publish(new PlaybackNotice(notice.Text));
                break;
            case FetchCompleted:
                Close(_heardBytes > 0 ? null : "the feed ended before anything was heard");
                break;
            case FetchFailed failed:
                Close(_heardBytes > 0 && _order.Target.Path is { } path
                    ? $"{failed.Reason}; what was recorded is in {path}"
                    : failed.Reason);
                break;
            case FetchDied:
                Close("internal error");
                break;
            case EndRecording:
                // The user wants to keep the audio recorded so far.
                EndFetch();
                break;
        }
    }

    // The file is closed only after the last write, so that it ends with a complete frame.
    private void EndingFetch(object message)
    {
        if (message is not (FetchDied or ReceiveTimeout))
            return;
        Context.SetReceiveTimeout(null);
        Close(_sink.HasWritten ? null : "the recording was stopped before a host sent any audio");
    }

    private void Closing(object message)
    {
        if (message is not Closed closed)
            return;
        var name = $"{_order.Song.Tags?.Title}";
        Context.System.EventStream.Publish(new SaveOver(
            _order.Song, closed.Failure is null ? _order.Target.Path : null, closed.Failure is null ? null : $"{name}: {closed.Failure}",
            Idle: true));
        Context.Stop(Self);
    }

    // The sheet is also written at each new title, so that it exists even if the program is killed. If the disk is busy or full, the sheet
    // is written at the next title or at the end.
    private void WriteCue()
    {
        if (_order.Target.CuePath is { } path && _cueWrite.IsCompleted)
            _cueWrite = WriteCueAsync(path, _cue.ToString());
    }

    // The previous sheet stays until the new one is complete.
    private static Task WriteCueAsync(string path, string text) => Task.Run(() =>
    {
        var fresh = path + ".new";
        File.WriteAllText(fresh, text, Encoding.UTF8);
        File.Move(fresh, path, overwrite: true);
    });

    private void EndFetch()
    {
        Become(EndingFetch);
        Context.SetReceiveTimeout(EndDeadline);
        _fetch.Tell(StopFetch.Instance);
    }

    private void Close(string? failure)
    {
        Become(Closing);
        CloseAsync().PipeTo(Self, failure: error => new Closed(failure ?? error.Message));

        async Task<object> CloseAsync()
        {
            if (_lastByte is { } end)
                _sink.Cut(end);
            await _sink.DisposeAsync().ConfigureAwait(false);
            // The last write reports any error, so errors from earlier ones are ignored.
            await _cueWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_order.Target.CuePath is { } cue && _sink.HasWritten)
                await WriteCueAsync(cue, _cue.ToString()).ConfigureAwait(false);
            else if (_order.Target is { IsNew: true, CuePath: { } unused })
                File.Delete(unused);
            return new Closed(failure);
        }
    }

    private sealed record Closed(string? Failure) : ILocalMessage, IDeadLetterSuppression;

    private sealed record FetchDied : ILocalMessage
    {
        public static readonly FetchDied Instance = new();
    }
}

/// <summary>To a RecordingActor: end the recording, and keep the audio recorded so far.</summary>
internal sealed record EndRecording : ILocalMessage
{
    public static readonly EndRecording Instance = new();
}
