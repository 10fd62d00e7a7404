using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Saving;

/// <summary>
/// To the SavingActor: save this song, with its tags, as a new file of a folder. The reply is <see cref="SaveAccepted"/> or
/// <see cref="SaveRefused"/>.
/// </summary>
internal sealed record SaveSong(Song Song, string Folder) : ILocalMessage;

/// <summary>
/// To the SavingActor: fetch this song into a sink, which is disposed when that is over. The reply is <see cref="SaveAccepted"/>.
/// </summary>
internal sealed record FetchInto(int Id, ISongSink Sink, Pace Pace) : ILocalMessage;

/// <summary>To the SavingActor: reply with <see cref="SavesStatus"/>.</summary>
internal sealed record GetSaves : ILocalMessage
{
    public static readonly GetSaves Instance = new();
}

/// <summary>
/// To the SavingActor: give up everything, at the hosts too. The reply is <see cref="SavesStopped"/>, once all files are closed.
/// </summary>
internal sealed record StopSaves : ILocalMessage
{
    public static readonly StopSaves Instance = new();
}

/// <summary>Reply: the song is being saved, or <paramref name="Waits"/> for others.</summary>
internal sealed record SaveAccepted(bool Waits) : ILocalMessage;

/// <summary>Reply: the song cannot be saved; <paramref name="Reason"/> says why.</summary>
internal sealed record SaveRefused(string Reason) : ILocalMessage;

/// <summary>Reply: what is being saved, and how many songs wait.</summary>
/// <param name="Running">The songs whose file is open.</param>
/// <param name="Waiting">How many wait.</param>
/// <param name="IsIdle">Nothing is being saved, nor waits.</param>
internal sealed record SavesStatus(IReadOnlyList<SaveProgress> Running, int Waiting, bool IsIdle) : ILocalMessage;

/// <summary>How far one song is.</summary>
/// <param name="Song">The song.</param>
/// <param name="Saved">Bytes of its payload that are in the file.</param>
internal sealed record SaveProgress(Song Song, long Saved) : ILocalMessage;

/// <summary>Reply: nothing is written any more.</summary>
/// <param name="LeftPartials">The partial files from which another try goes on.</param>
internal sealed record SavesStopped(IReadOnlyList<string> LeftPartials) : ILocalMessage;

/// <summary>On the event stream: a song was saved, or could not be.</summary>
/// <param name="Song">The song; null when no host ever began to send it.</param>
/// <param name="Path">Where it is saved; null where the sink is no file, or the save failed.</param>
/// <param name="Failure">Why it is not saved, and what to do; null when it is.</param>
/// <param name="Idle">Nothing else is being saved, nor waits.</param>
internal sealed record SaveOver(Song? Song, string? Path, string? Failure, bool Idle) : ILocalMessage;
