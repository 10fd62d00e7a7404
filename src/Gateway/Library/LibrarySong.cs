using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A song as the gateway shows it. Immutable.</summary>
/// <remarks>
/// Strings are cleaned for display (<see cref="ShownText"/>), and are never empty unless the property says so.
/// </remarks>
internal sealed record LibrarySong
{
    /// <summary>The content hash.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>The id for clients: tr- and 26 characters of the content hash in base32.</summary>
    public required string Id { get; init; }

    /// <summary>The song id from the tracker; 0 while no host has the song. A tracker that forgets the id assigns a new one.</summary>
    public required int TrackerId { get; init; }

    public required string Title { get; init; }

    /// <summary>The artist as tagged, or [Unknown Artist].</summary>
    public required string Artist { get; init; }

    public required string ArtistId { get; init; }

    /// <summary>The name of the album, or [No album].</summary>
    public required string Album { get; init; }

    public required string AlbumId { get; init; }

    public required string AlbumArtist { get; init; }

    public required string AlbumArtistId { get; init; }

    /// <summary>The track number; 0 = not known.</summary>
    public int Track { get; init; }

    /// <summary>The disc number; 0 = not known.</summary>
    public int Disc { get; init; }

    /// <summary>The year; 0 = not known.</summary>
    public int Year { get; init; }

    /// <summary>The genre; empty = not known.</summary>
    public string Genre { get; init; } = "";

    public long DurationMs { get; init; }

    public int BitrateBps { get; init; }

    public bool IsVbr { get; init; }

    public int SampleRateHz { get; init; }

    public int Channels { get; init; }

    /// <summary>The payload's length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When this peer first saw the song, in whole seconds.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The number of hosts that have the song now.</summary>
    public int HostCount { get; init; }

    /// <summary>The SHA-256 of the front cover; null = none.</summary>
    public ContentHash? Cover { get; init; }

    /// <summary>The ReplayGain.</summary>
    public ReplayGainValues Gain { get; init; }

    /// <summary>Whether no host has the song now.</summary>
    public bool IsAway => TrackerId == 0;
}
