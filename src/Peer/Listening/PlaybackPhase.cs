namespace TspActors.Peer.Listening;

/// <summary>The state of a <see cref="PlaybackMachine"/>.</summary>
internal abstract record PlaybackPhase
{
    /// <summary>The song that is playing or about to play; null if idle.</summary>
    public virtual Track? CurrentTrack => null;

    /// <summary>The song that is prepared to follow; null if there is none.</summary>
    public virtual Track? NextTrack => null;

    /// <summary>No song is playing.</summary>
    internal sealed record Idle : PlaybackPhase
    {
        public static readonly Idle Instance = new();
    }

    /// <summary>A song is playing, and no other song is prepared.</summary>
    internal sealed record Playing(Track Current) : PlaybackPhase
    {
        public override Track CurrentTrack => Current;
    }

    /// <summary>The next song is being fetched. The player has received none of it yet, so dropping it has no audible effect.</summary>
    internal sealed record PlayingAndFetchingNext(Track Current, Track Next) : PlaybackPhase
    {
        public override Track CurrentTrack => Current;

        public override Track NextTrack => Next;
    }

    /// <summary>The player accepts the bytes of the next song, and moves on to that song automatically, without a gap.</summary>
    internal sealed record PlayingWithNextReady(Track Current, Track Next) : PlaybackPhase
    {
        public override Track CurrentTrack => Current;

        public override Track NextTrack => Next;
    }
}
