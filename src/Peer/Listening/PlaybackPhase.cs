namespace TspActors.Peer.Listening;

/// <summary>The state of a <see cref="PlaybackMachine"/>.</summary>
internal abstract record PlaybackPhase
{
    /// <summary>The song that is heard, or about to be; null when idle.</summary>
    public virtual Track? CurrentTrack => null;

    /// <summary>The song that is prepared to follow it; null when there is none.</summary>
    public virtual Track? NextTrack => null;

    /// <summary>Nothing plays.</summary>
    internal sealed record Idle : PlaybackPhase
    {
        public static readonly Idle Instance = new();
    }

    /// <summary>One song plays, and no other one is prepared.</summary>
    internal sealed record Playing(Track Current) : PlaybackPhase
    {
        public override Track CurrentTrack => Current;
    }

    /// <summary>The next song is being fetched. The player has nothing of it yet, so dropping it costs nothing that is heard.</summary>
    internal sealed record PlayingAndFetchingNext(Track Current, Track Next) : PlaybackPhase
    {
        public override Track CurrentTrack => Current;

        public override Track NextTrack => Next;
    }

    /// <summary>The player takes the bytes of the next song and goes on to it by itself, without a gap.</summary>
    internal sealed record PlayingWithNextReady(Track Current, Track Next) : PlaybackPhase
    {
        public override Track CurrentTrack => Current;

        public override Track NextTrack => Next;
    }
}
