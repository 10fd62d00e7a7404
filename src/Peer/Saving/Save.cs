using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Saving;

/// <summary>One song on its way into a sink.</summary>
internal sealed class Save(int id)
{
    public int Id => id;

    /// <summary>Where it is.</summary>
    public SaveState State { get; set; } = SaveState.Opening;

    /// <summary>The song; null before it is known.</summary>
    public Song? Song { get; set; }

    /// <summary>Where it goes; null while that is being opened.</summary>
    public ISongSink? Sink { get; set; }

    /// <summary>The SongFetchActor while the song is fetched.</summary>
    public IActorRef Fetch { get; set; } = ActorRefs.Nobody;

    /// <summary>Returns why it failed, with what can be done, as far as its sink knows; null when it is saved.</summary>
    /// <param name="failure">What went wrong; null when nothing did.</param>
    public string? Explain(string? failure)
    {
        // It may have been stopped when all of it was saved already.
        if (Sink is FileSink { IsSaved: true })
            return null;
        return Sink is FileSink { LeftPartial: { } left }
            ? $"{failure}; what has arrived is kept in {left}: the same command goes on from there"
            : failure;
    }
}

/// <summary>The state of a <see cref="Save"/>.</summary>
internal enum SaveState
{
    /// <summary>Its file is being opened.</summary>
    Opening,

    /// <summary>It was stopped while its file is being opened, which cannot be interrupted.</summary>
    Abandoned,

    /// <summary>A SongFetchActor fills its sink.</summary>
    Fetching,

    /// <summary>Its sink is being closed.</summary>
    Closing,
}
