using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Live;

/// <summary>
/// Serves one PLAY request for a live feed: sends the burst, then each chunk as soon as the feed has made it and the connection accepts it.
/// </summary>
/// <remarks>
/// <code>
/// Waiting → StartStream → JoinFeed → Joining
/// Joining → FeedChanged → StreamStart → Streaming      FeedEnded, ListenerRefused → ERROR → Ending
/// Streaming → FeedChanged, Sent, UploadGranted → INFO with a new title, LIVE, DATA
///           → FeedEnded → the rest, bare DATA → Ending             too slow → ERROR → Ending
/// any → StopStream, EndStream → Ending                              connection, session or feed gone → stops
/// Ending  : once the socket has accepted every chunk, sends StreamOver to the HostingActor and StreamEnded to the session
/// </code>
/// All listeners of a feed share its chunks, so the main cost of a listener is the writes to its connection. A listener with a long burst
/// in reserve therefore receives several chunks in one write (<see cref="LiveGrouping"/>).
/// </remarks>
internal sealed class LiveSessionActor : UntypedActor
{
    // A burst consists of many short chunks, so more of them may be in flight than when a song is streamed.
    private const int MaxWritesInFlight = 4;
    private const int MaxChunksInFlight = 8;

    private readonly OwnSong _song;
    private readonly PlayRequest _request;
    private readonly TimeSpan _held;
    private readonly IActorRef _connection;
    private readonly IActorRef _session;
    private readonly HostingCounts _counts;
    private LiveCursor? _cursor;
    private FeedSnapshot? _snapshot;
    private FeedTitle _title = FeedTitle.None;
    private FeedChunk[] _waiting = [];
    private UploadState _upload;
    private uint _chargedBps;
    private int _inFlight;
    private bool _gapAhead;
    private bool _isOver;

    public LiveSessionActor(
        OwnSong song, PlayRequest request, TimeSpan held, IActorRef connection, IActorRef session, HostingCounts counts)
    {
        _song = song;
        _request = request;
        _held = held;
        _connection = connection;
        _session = session;
        _counts = counts;
    }

    /// <param name="song">The feed.</param>
    /// <param name="request">The PLAY request.</param>
    /// <param name="held">How much audio the feed keeps.</param>
    /// <param name="connection">The listener's connection.</param>
    /// <param name="session">The listener's HostSessionActor.</param>
    /// <param name="counts">Counts the sent bytes.</param>
    public static Props Props(
        OwnSong song, PlayRequest request, TimeSpan held, IActorRef connection, IActorRef session, HostingCounts counts) =>
        Akka.Actor.Props.Create(() => new LiveSessionActor(song, request, held, connection, session, counts));

    private int MaxInFlight => Math.Min(MaxWritesInFlight, MaxChunksInFlight / LiveGrouping.SizeFor(_snapshot!));

    private bool IsGroupIncomplete => !_isOver && LiveGrouping.IsIncomplete(_snapshot!, _cursor!.Position, Self.Path.Uid);

    private enum UploadState
    {
        Unlimited,
        Limited,
        Requested,
        Granted,
    }

    protected override void PreStart()
    {
        Context.Watch(_connection);
        Context.Watch(_session);
        Context.Watch(_song.Feed!.Actor);
    }

    protected override void OnReceive(object message) => Waiting(message);

    private void Waiting(object message)
    {
        if (message is StartStream)
        {
            Become(Joining);
            _song.Feed!.Actor.Tell(new JoinFeed(Self.Path.Uid));
        }
        else
        {
            InAnyState(message);
        }
    }

    private void Joining(object message)
    {
        switch (message)
        {
            case FeedChanged changed:
                SetSnapshot(changed.Snapshot);
                _cursor = new LiveCursor(changed.Snapshot, _request.FromSequence, _held);
                SendStart(_cursor.First(changed.Snapshot));
                Become(Streaming);
                SendChunks();
                break;
            case FeedEnded:
                End(Errors.Frame(PlayRules.UnknownSong(_song.Id)));
                break;
            case ListenerRefused refused:
                End(Errors.Frame(ErrorCode.Busy, refused.Reason, _song.Id, TimeSpan.FromSeconds(30)));
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void Streaming(object message)
    {
        switch (message)
        {
            case FeedChanged changed:
                SetSnapshot(changed.Snapshot);
                SendChunks();
                break;
            case Sent { Token: FeedChunk }:
                _inFlight--;
                SendChunks();
                break;
            case UploadGranted:
                _upload = UploadState.Granted;
                SendChunks();
                break;
            case FeedEnded:
                _isOver = true;
                SendChunks();
                break;
            case FeedLost lost:
                _isOver = true;
                End(Errors.Frame(ErrorCode.NoHost, $"this relay has lost the feed: {lost.Reason}", _song.Id, TimeSpan.FromSeconds(10)));
                break;
            default:
                InAnyState(message);
                break;
        }
    }

    private void Ending(object message)
    {
        switch (message)
        {
            case Sent { Token: FeedChunk }:
                _inFlight--;
                StopWhenSent();
                break;
            case Terminated gone when !gone.ActorRef.Equals(_song.Feed!.Actor):
                Context.Stop(Self);
                break;
        }
    }

    private void InAnyState(object message)
    {
        switch (message)
        {
            case LimitUpload limit:
                // A grant that is already on its way still arrives, and applies to the next chunk.
                _upload = limit.IsLimited ? UploadState.Limited : UploadState.Unlimited;
                if (_snapshot is not null)
                    SendChunks();
                break;
            case EndStream end:
                End(end.LastWords);
                break;
            case StopStream:
                End(null);
                break;
            case Terminated gone when gone.ActorRef.Equals(_song.Feed!.Actor) && _isOver:
                break;
            case Terminated gone when gone.ActorRef.Equals(_song.Feed!.Actor):
                End(Errors.Frame(ErrorCode.Internal, "the feed failed", _song.Id));
                break;
            case Terminated:
                Context.Stop(Self);
                break;
            case FeedChanged or FeedEnded or Sent or UploadGranted:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The bitrate of a feed is measured while the feed runs, and the limits count each listener at the latest bitrate.
    private void SetSnapshot(FeedSnapshot snapshot)
    {
        _snapshot = snapshot;
        if (snapshot.BitrateBps == _chargedBps)
            return;
        _chargedBps = snapshot.BitrateBps;
        Context.Parent.Tell(new StreamRateChanged(_chargedBps / 8.0));
    }

    private void SendStart(LiveBeginning first)
    {
        _title = first.Title;
        var song = _song.ToSong();
        song.Tags = new SongTags(song.Tags) { NowPlaying = _title.Text };
        _connection.Tell(new Send(FrameEncoder.Encode(
            Operation.Play, _song.Id, new StreamStart { Song = song, Live = _snapshot!.Describe(first) })));
    }

    private void SendChunks()
    {
        while (_inFlight < MaxInFlight)
        {
            if (_waiting.Length == 0 && (IsGroupIncomplete || !TryTakeNext()))
                return;
            if (_upload == UploadState.Requested)
                return;
            if (_upload == UploadState.Limited)
            {
                _upload = UploadState.Requested;
                Context.Parent.Tell(new AskUpload(_waiting.Sum(chunk => chunk.Mp3.Length)));
                return;
            }

            if (_upload == UploadState.Granted)
                _upload = UploadState.Limited;
            SendWaiting();
            _waiting = [];
        }
    }

    // Returns false if there is no chunk to send now, or if the stream has ended.
    private bool TryTakeNext()
    {
        var first = _cursor!.Next(_snapshot!, Stopwatch.GetElapsedTime(0), out _gapAhead, out var skipped);
        if (skipped)
            _song.Feed!.Actor.Tell(ListenerSkipped.Instance);
        if (skipped && _cursor.IsTooSlow)
        {
            End(Errors.Frame(ErrorCode.Busy, "your connection is too slow for this feed", _song.Id, TimeSpan.FromSeconds(30)));
            return false;
        }

        if (first is null)
        {
            if (_isOver)
            {
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Data, _song.Id)));
                End(null);
            }

            return false;
        }

        _waiting = _cursor.TakePlain(_snapshot!, first, LiveGrouping.SizeFor(_snapshot!));
        return true;
    }

    private void SendWaiting()
    {
        var first = _waiting[0];
        if (!ReferenceEquals(first.Title, _title))
        {
            _title = first.Title;
            var song = _song.ToSong();
            song.Tags = new SongTags(song.Tags) { NowPlaying = _title.Text };
            _connection.Tell(new Send(FrameEncoder.Encode(Operation.Info, _song.Id, new SongInfoPage { Songs = { song } })));
        }

        _inFlight++;
        var bytes = LiveGrouping.Encode(_waiting, _song.Id, _request.WantLiveProofs, _gapAhead);
        _counts.AddSentBytes(bytes.Length);
        _connection.Tell(new Send(bytes, Token: first));
    }

    private void End(byte[]? lastWords)
    {
        Become(Ending);
        if (lastWords is not null)
            _connection.Tell(new Send(lastWords));
        StopWhenSent();
    }

    private void StopWhenSent()
    {
        if (_inFlight > 0)
            return;
        Context.Parent.Tell(StreamOver.Instance);
        _session.Tell(StreamEnded.Instance);
        Context.Stop(Self);
    }
}
