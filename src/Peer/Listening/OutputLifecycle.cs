using Akka.Actor;
using Akka.Event;
using TspActors.Playback;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Opens the sound output and closes it again, one after the other: a device may be for one at a time.</summary>
/// <param name="self">The PlaybackActor; is told <see cref="SongReached"/>, <see cref="SoundEnded"/> and <see cref="Released"/>.</param>
/// <param name="events">Gets what people should know of the sound.</param>
/// <param name="open">Opens one.</param>
internal sealed class OutputLifecycle(IActorRef self, EventStream events, Func<AudioPipeline> open)
{
    private readonly List<IActorRef> _silenceWaiters = [];
    private Task _release = Task.CompletedTask;
    private int _releasing;

    /// <summary>How loud what is opened next will be, 0 to 100.</summary>
    public int Volume { get; set; } = 100;

    /// <summary>Opens one; it begins to sound when those before are closed.</summary>
    public AudioPipeline Open()
    {
        var speakers = open();
        speakers.Noticed += text => events.Publish(new PlaybackNotice(text));
        speakers.Reached += _ => self.Tell(new SongReached(speakers), ActorRefs.NoSender);
        speakers.Completion.PipeTo(self, success: end => new SoundEnded(speakers, end));
        speakers.Volume = Volume;
        if (_release.IsCompleted)
            speakers.Start();
        else
            _release.ContinueWith(_ => speakers.Start(), TaskScheduler.Default);
        return speakers;
    }

    /// <summary>Closes one.</summary>
    public void Close(AudioPipeline speakers)
    {
        _releasing++;
        _release = Task.WhenAll(_release, speakers.DisposeAsync().AsTask());
        _release.PipeTo(self, success: () => Released.Instance, failure: _ => Released.Instance);
    }

    /// <summary>One is closed.</summary>
    public void OnReleased()
    {
        if (--_releasing > 0)
            return;
        _release = Task.CompletedTask;
        foreach (var waiter in _silenceWaiters)
            waiter.Tell(new PlaybackDone());
        _silenceWaiters.Clear();
    }

    /// <summary>Tells somebody when all are closed.</summary>
    public void TellWhenSilent(IActorRef waiter)
    {
        if (_releasing > 0)
            _silenceWaiters.Add(waiter);
        else
            waiter.Tell(new PlaybackDone());
    }

    /// <summary>The next song has begun to be heard.</summary>
    public sealed record SongReached(AudioPipeline Speakers) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>The sound is over.</summary>
    public sealed record SoundEnded(AudioPipeline Speakers, PlaybackEnd End) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>A device is closed.</summary>
    public sealed record Released : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Released Instance = new();
    }
}
