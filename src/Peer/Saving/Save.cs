using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Saving;

/// <summary>The save of one song into a sink.</summary>
internal sealed class Save(int id)
{
    public int Id => id;

    /// <summary>The state of this save.</summary>
    public SaveState State { get; set; } = SaveState.Opening;

    /// <summary>Whether the user has cancelled this save.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>The song; null until it is known.</summary>
    public Song? Song { get; set; }

    /// <summary>The sink that receives the song; null while the sink is being opened.</summary>
    public ISongSink? Sink { get; set; }

    /// <summary>The SongFetchActor, once it has been started.</summary>
    public IActorRef Fetch { get; set; } = ActorRefs.Nobody;

    /// <summary>Returns a message that tells the user where the partial file of an interrupted save is and how to continue.</summary>
    public static string DescribePartial(string partialPath) =>
        $"the incomplete song is kept in {partialPath}; run the same command again to continue";

    /// <summary>Returns a message that explains why the save failed and where its partial file is; null if the song is saved.</summary>
    /// <param name="failure">The error; null if there was none.</param>
    public string? Explain(string? failure)
    {
        // The save may have been stopped after the song had already been saved.
        if (Sink is FileSink { IsSaved: true })
            return null;
        return Sink is FileSink { LeftPartial: { } left }
            ? $"{failure}; {DescribePartial(left)}"
            : failure;
    }
}

/// <summary>The state of a <see cref="Save"/>.</summary>
internal enum SaveState
{
    /// <summary>The file is being opened.</summary>
    Opening,

    /// <summary>The cover is being fetched, before the file is opened.</summary>
    FindingCover,

    /// <summary>The save was stopped while its cover was being fetched or its file opened. It ends once that has finished.</summary>
    Abandoned,

    /// <summary>A SongFetchActor fills the sink.</summary>
    Fetching,

    /// <summary>The sink is being closed.</summary>
    Closing,
}
