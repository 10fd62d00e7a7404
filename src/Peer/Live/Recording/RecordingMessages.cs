using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Recording;

/// <summary>
/// To the RecordingsActor: record a live feed to a file or a pipe. Answered by <see cref="Saving.SaveAccepted"/> or
/// <see cref="Saving.SaveRefused"/>; a <see cref="Saving.SaveOver"/> on the event stream follows at the end.
/// </summary>
/// <param name="Song">The feed.</param>
/// <param name="Target">The destination of the audio.</param>
/// <param name="Duration">How much to record; null = until the feed ends or <see cref="StopRecordings"/> arrives.</param>
internal sealed record RecordFeed(Song Song, RecordingTarget Target, TimeSpan? Duration) : ILocalMessage;

/// <summary>The destination of a recording. The recording disposes of the stream.</summary>
/// <param name="Stream">The open stream.</param>
/// <param name="Path">The path of the file; null = a pipe.</param>
/// <param name="CuePath">The path of the cue sheet with the titles; null = none.</param>
internal sealed record RecordingTarget(Stream Stream, string? Path, string? CuePath)
{
    /// <summary>Whether the file was created for this recording. Such a file is deleted if nothing is recorded.</summary>
    public bool IsNew { get; init; }
}

/// <summary>To the RecordingsActor: end all recordings, and keep their files. Answered by <see cref="RecordingsStopped"/>.</summary>
internal sealed record StopRecordings : ILocalMessage
{
    public static readonly StopRecordings Instance = new();
}

/// <summary>Reply: all recordings have ended, and their files are closed.</summary>
internal sealed record RecordingsStopped : ILocalMessage
{
    public static readonly RecordingsStopped Instance = new();
}

/// <summary>
/// To the RecordingsActor: end the recordings of this feed, or all recordings if the id is null, and keep their files. The reply is
/// <see cref="Saving.SavesCancelled"/>.
/// </summary>
internal sealed record EndRecordings(int? Id) : ILocalMessage;

/// <summary>To the RecordingsActor: reply with <see cref="RecordingsStatus"/>.</summary>
internal sealed record GetRecordings : ILocalMessage
{
    public static readonly GetRecordings Instance = new();
}

/// <summary>Reply: the feeds that are being recorded.</summary>
internal sealed record RecordingsStatus(IReadOnlyList<Song> Running) : ILocalMessage;
