using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Saving;

// Commands to the SavingActor ---------------------------------------------------------------------------------------------------

/// <summary>Save this song, with its tags, as a new file of a folder. Answered by <see cref="SaveAccepted"/> or <see cref="SaveRefused"/>.</summary>
internal sealed record SaveSong(Song Song, string Folder) : ILocalMessage;

/// <summary>Fetch this song into a sink, which is disposed when it is done. Answered by <see cref="SaveAccepted"/>.</summary>
internal sealed record FetchInto(int Id, ISongSink Sink, Pace Pace) : ILocalMessage;

/// <summary>How far everything is. Answered by <see cref="SavesStatus"/>.</summary>
internal sealed record GetSaves : ILocalMessage
{
    public static readonly GetSaves Instance = new();
}

/// <summary>Give up everything, at the hosts too. Answered by <see cref="SavesStopped"/> when all files are closed.</summary>
internal sealed record StopSaves : ILocalMessage
{
    public static readonly StopSaves Instance = new();
}

// Replies -----------------------------------------------------------------------------------------------------------------------

/// <summary>It is being saved, or <paramref name="Waits"/> for others.</summary>
internal sealed record SaveAccepted(bool Waits) : ILocalMessage, IDeadLetterSuppression;

/// <summary>It cannot be saved; <paramref name="Reason"/> says why.</summary>
internal sealed record SaveRefused(string Reason) : ILocalMessage, IDeadLetterSuppression;

/// <summary>What is being saved, and how many songs wait.</summary>
/// <param name="Running">Those whose file is open.</param>
/// <param name="Waiting">How many wait in line.</param>
/// <param name="IsIdle">Nothing is being saved, nor waits.</param>
internal sealed record SavesStatus(IReadOnlyList<SaveProgress> Running, int Waiting, bool IsIdle) : ILocalMessage, IDeadLetterSuppression;

/// <summary>How far one song is.</summary>
/// <param name="Song">Which.</param>
/// <param name="Saved">Bytes of its payload that are in the file.</param>
internal sealed record SaveProgress(Song Song, long Saved) : ILocalMessage;

/// <summary>Nothing is written any more.</summary>
/// <param name="LeftParts">Files from which another try goes on.</param>
internal sealed record SavesStopped(IReadOnlyList<string> LeftParts) : ILocalMessage, IDeadLetterSuppression;

// Published on the event stream -------------------------------------------------------------------------------------------------

/// <summary>A song was saved, or could not be.</summary>
/// <param name="Song">Which; null when it never began.</param>
/// <param name="Path">Where it is saved; null where the sink was no file, or it failed.</param>
/// <param name="Failure">Why it is not saved, and what to do; null when it is.</param>
/// <param name="Idle">Nothing else is being saved, nor waits.</param>
internal sealed record SaveOver(Song? Song, string? Path, string? Failure, bool Idle) : ILocalMessage, IDeadLetterSuppression;
