using Akka.Actor;
using Akka.Event;
using TspActors.Playback;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Opens and closes sound outputs one at a time, because some devices accept only one output.</summary>
/// <param name="self">The PlaybackActor, which receives <see cref="SongReached"/>, <see cref="SoundEnded"/> and
///   <see cref="Closed"/>.</param>
/// <param name="events">Receives the notices for the user.</param>
/// <param name="open">Opens an output.</param>
internal sealed class OutputLifecycle(IActorRef self, EventStream events, Func<AudioPipeline> open)
{
    private readonly List<IActorRef> _silenceWaiters = [];
    private Task _closing = Task.CompletedTask;
    private int _closingCount;

    /// <summary>The volume for outputs that open from now on, 0 to 100.</summary>
    public int Volume { get; set; } = 100;

    /// <summary>Opens an output. It starts to play once the earlier outputs are closed.</summary>
    /// <param name="sound">The number that <see cref="SoundEnded"/> carries.</param>
    public AudioPipeline Open(int sound)
    {
        var pipeline = open();
        pipeline.Noticed += text => events.Publish(new PlaybackNotice(text));
        pipeline.Reached += _ => self.Tell(SongReached.Instance, ActorRefs.NoSender);
        pipeline.Completion.PipeTo(self, success: end => new SoundEnded(sound, end));
        pipeline.Volume = Volume;
        if (_closing.IsCompleted)
            pipeline.Start();
        else
            _closing.ContinueWith(_ => pipeline.Start(), TaskScheduler.Default);
        return pipeline;
    }

    /// <summary>Closes an output.</summary>
    public void Close(AudioPipeline pipeline)
    {
        _closingCount++;
        _closing = Task.WhenAll(_closing, pipeline.DisposeAsync().AsTask());
        _closing.PipeTo(self, success: () => Closed.Instance, failure: _ => Closed.Instance);
    }

    /// <summary>Records that an output has been closed.</summary>
    public void OnClosed()
    {
        if (--_closingCount > 0)
            return;
        _closing = Task.CompletedTask;
        foreach (var waiter in _silenceWaiters)
            waiter.Tell(new PlaybackDone());
        _silenceWaiters.Clear();
    }

    /// <summary>Sends <see cref="PlaybackDone"/> to an actor once every output that is closing has closed.</summary>
    public void TellWhenSilent(IActorRef waiter)
    {
        if (_closingCount > 0)
            _silenceWaiters.Add(waiter);
        else
            waiter.Tell(new PlaybackDone());
    }

    /// <summary>A song has become audible.</summary>
    public sealed record SongReached : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly SongReached Instance = new();
    }

    /// <summary>Playback through an output has ended.</summary>
    public sealed record SoundEnded(int Sound, PlaybackEnd End) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>An output has been closed.</summary>
    public sealed record Closed : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Closed Instance = new();
    }
}
