using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Recording;

/// <summary>
/// To the RecordingsActor: write what a live feed plays to a file or a pipe. Answered by <see cref="Saving.SaveAccepted"/> or
/// <see cref="Saving.SaveRefused"/>; a <see cref="Saving.SaveOver"/> on the event stream follows at the end.
/// </summary>
/// <param name="Song">The feed.</param>
/// <param name="Target">Where the sound goes.</param>
/// <param name="Duration">How much to record; null = until the feed ends or <see cref="StopRecordings"/>.</param>
internal sealed record RecordFeed(Song Song, RecordingTarget Target, TimeSpan? Duration) : ILocalMessage;

/// <summary>Where a recording goes. The recording disposes of the stream.</summary>
/// <param name="Stream">The open stream.</param>
/// <param name="Path">The path of the file; null = a pipe.</param>
/// <param name="CuePath">The path of the cue sheet with the titles; null = none.</param>
internal sealed record RecordingTarget(Stream Stream, string? Path, string? CuePath);

/// <summary>To the RecordingsActor: end all recordings, which keep what they have. Answered by <see cref="RecordingsStopped"/>.</summary>
internal sealed record StopRecordings : ILocalMessage
{
    public static readonly StopRecordings Instance = new();
}

/// <summary>All files are complete.</summary>
internal sealed record RecordingsStopped : ILocalMessage
{
    public static readonly RecordingsStopped Instance = new();
}
