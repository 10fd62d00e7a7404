using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Saving;

/// <summary>
/// To the SavingActor: save this song, with its tags, as a new file in a folder. The reply is <see cref="SaveAccepted"/> or
/// <see cref="SaveRefused"/>.
/// </summary>
internal sealed record SaveSong(Song Song, string Folder) : ILocalMessage
{
    /// <summary>The pattern for the file's name and its folders below <see cref="Folder"/>.</summary>
    public SavePattern Pattern { get; init; } = SavePattern.Default;
}

/// <summary>
/// To the SavingActor: cancel the running or waiting save of this song, or all saves if the id is null. The reply is
/// <see cref="SavesCancelled"/>.
/// </summary>
internal sealed record CancelSaves(int? Id) : ILocalMessage;

/// <summary>Reply: this many saves were cancelled.</summary>
internal sealed record SavesCancelled(int Count) : ILocalMessage;

/// <summary>
/// To the SavingActor: fetch this song into a sink, and then dispose of the sink. The reply is <see cref="SaveAccepted"/>.
/// </summary>
internal sealed record FetchInto(int Id, ISongSink Sink, Pace Pace) : ILocalMessage;

/// <summary>To the SavingActor: reply with <see cref="SavesStatus"/>.</summary>
internal sealed record GetSaves : ILocalMessage
{
    public static readonly GetSaves Instance = new();
}

/// <summary>
/// To the SavingActor: stop all saves and their streams. The reply is <see cref="SavesStopped"/> once all files are closed.
/// </summary>
internal sealed record StopSaves : ILocalMessage
{
    public static readonly StopSaves Instance = new();
}

/// <summary>Reply: the song is being saved or, if <paramref name="Waits"/> is true, is waiting for its turn.</summary>
internal sealed record SaveAccepted(bool Waits) : ILocalMessage;

/// <summary>Reply: the song cannot be saved. <paramref name="Reason"/> says why.</summary>
internal sealed record SaveRefused(string Reason) : ILocalMessage;

/// <summary>Reply: the songs that are being saved, and the number of waiting songs.</summary>
/// <param name="Running">The songs that are being written to a file or a pipe.</param>
/// <param name="Waiting">The number of waiting songs.</param>
/// <param name="IsIdle">Whether no song is being saved or waiting.</param>
internal sealed record SavesStatus(IReadOnlyList<SaveProgress> Running, int Waiting, bool IsIdle) : ILocalMessage
{
    /// <summary>The waiting songs, in order.</summary>
    public IReadOnlyList<Song> Next { get; init; } = [];
}

/// <summary>The progress of a running save.</summary>
/// <param name="Song">The song.</param>
/// <param name="Saved">The number of payload bytes saved so far.</param>
internal sealed record SaveProgress(Song Song, long Saved) : ILocalMessage;

/// <summary>Reply: all saves have stopped, and all files are closed.</summary>
/// <param name="LeftPartials">The partial files that a later save can continue.</param>
internal sealed record SavesStopped(IReadOnlyList<string> LeftPartials) : ILocalMessage;

/// <summary>On the event stream: the save of a song has succeeded or failed.</summary>
/// <param name="Song">The song; null if only its id is known, because no host ever began to send it.</param>
/// <param name="Path">The path of the file; null if the sink is not a file or the save failed.</param>
/// <param name="Failure">The human-readable reason why the save failed; null if the song is saved.</param>
/// <param name="Idle">Whether no other song is being saved.</param>
internal sealed record SaveOver(Song? Song, string? Path, string? Failure, bool Idle) : ILocalMessage
{
    /// <summary>Whether the user cancelled the save, which is not an error.</summary>
    public bool IsCancelled { get; init; }
}
