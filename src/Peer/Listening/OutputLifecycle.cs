using Akka.Actor;
using Akka.Event;
using TspActors.Playback;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Opens sound outputs and closes them, one after the other: some devices accept only one output at a time.</summary>
/// <param name="self">The PlaybackActor; gets <see cref="SongReached"/>, <see cref="SoundEnded"/> and <see cref="Closed"/>.</param>
/// <param name="events">Gets the notices for people.</param>
/// <param name="open">Opens an output.</param>
internal sealed class OutputLifecycle(IActorRef self, EventStream events, Func<AudioPipeline> open)
{
    private readonly List<IActorRef> _silenceWaiters = [];
    private Task _closing = Task.CompletedTask;
    private int _closingCount;

    /// <summary>The volume of the outputs that are opened from now on, 0 to 100.</summary>
    public int Volume { get; set; } = 100;

    /// <summary>Opens an output, which starts to sound once the earlier ones are closed.</summary>
    /// <param name="sound">Comes back in <see cref="SoundEnded"/>.</param>
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

    /// <summary>Notes that an output is closed.</summary>
    public void OnClosed()
    {
        if (--_closingCount > 0)
            return;
        _closing = Task.CompletedTask;
        foreach (var waiter in _silenceWaiters)
            waiter.Tell(new PlaybackDone());
        _silenceWaiters.Clear();
    }

    /// <summary>Sends <see cref="PlaybackDone"/> once all outputs that are being closed are closed.</summary>
    public void TellWhenSilent(IActorRef waiter)
    {
        if (_closingCount > 0)
            _silenceWaiters.Add(waiter);
        else
            waiter.Tell(new PlaybackDone());
    }

    /// <summary>A player has gone on to another song.</summary>
    public sealed record SongReached : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly SongReached Instance = new();
    }

    /// <summary>A player has ended.</summary>
    public sealed record SoundEnded(int Sound, PlaybackEnd End) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>An output is closed.</summary>
    public sealed record Closed : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Closed Instance = new();
    }
}
