using System.Diagnostics;
using TspActors.Configuration;
using TspActors.Media.Covers;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Peer.Hosting.Covers;

/// <summary>
/// Opens the covers of the shared songs, within a memory budget for all covers that are being sent. If the host has an upload limit, covers
/// use at most a tenth of it. Thread-safe.
/// </summary>
internal sealed class SharedCovers
{
    // The shortest time between two searches of all songs for an unknown cover.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private const int UploadShare = 10;

    private readonly Lock _gate = new();
    private readonly OwnSongsCell _songs;
    private readonly TokenBucket _upload;
    private OwnSongs _indexed = OwnSongs.None;
    private Dictionary<ContentHash, string> _files = [];
    private TimeSpan? _indexedAt;
    private long _left;

    /// <param name="songs">The shared songs.</param>
    /// <param name="maxBytes">The memory limit for covers that are being sent, in bytes.</param>
    /// <param name="maxUpload">The upload limit of the host.</param>
    public SharedCovers(OwnSongsCell songs, long maxBytes, Rate maxUpload = default)
    {
        (_songs, _left) = (songs, maxBytes);
        _upload = new TokenBucket((double)maxUpload.BytesPerSecond / UploadShare, CoverImage.MaxBytes, Now);
    }

    /// <summary>Changes the upload limit of the host.</summary>
    public void SetLimit(Rate maxUpload)
    {
        lock (_gate)
            _upload.Change((double)maxUpload.BytesPerSecond / UploadShare, CoverImage.MaxBytes, Now);
    }

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Returns whether a shared song has this cover.</summary>
    public bool Has(ContentHash cover) => FileOf(cover) is not null;

    /// <summary>Reads a cover, which counts against the budget until it is disposed of.</summary>
    /// <param name="cover">The cover's hash.</param>
    /// <param name="retryAfter">How long to wait before trying again, if other covers are using up the budget or the upload limit.</param>
    /// <returns>
    /// The cover, or null if no file has it any more. If the method returns null instead of a task, try again after
    /// <paramref name="retryAfter"/>.
    /// </returns>
    public Task<OpenCover?>? Open(ContentHash cover, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.FromSeconds(1);
        lock (_gate)
        {
            if (_left < CoverImage.MaxBytes)
                return null;
            if (_upload.WaitFor(1, Now) is var wait && wait > TimeSpan.Zero)
            {
                retryAfter = wait;
                return null;
            }

            // The length is not known yet.
            _left -= CoverImage.MaxBytes;
        }

        // Reading from a disk blocks.
        return Task.Run(() => Read(cover));
    }

    private OpenCover? Read(ContentHash cover)
    {
        CoverImage? image = null;
        try
        {
            image = FileOf(cover) is { } file ? CoverReader.Read(file, cover) : null;
            return image is null ? null : new OpenCover(image, () => Release(image.Bytes.Length));
        }
        finally
        {
            var length = image?.Bytes.Length ?? 0;
            Release(CoverImage.MaxBytes - length);
            lock (_gate)
                _upload.Spend(length);
        }
    }

    private void Release(int bytes)
    {
        lock (_gate)
            _left += bytes;
    }

    private string? FileOf(ContentHash cover)
    {
        lock (_gate)
        {
            if (_files.TryGetValue(cover, out var file) && File.Exists(file))
                return file;
            var songs = _songs.Current;
            if (ReferenceEquals(songs, _indexed) || (_indexedAt is { } at && Now - at < LookInterval))
                return null;
            (_indexed, _indexedAt) = (songs, Now);
            _files = new Dictionary<ContentHash, string>();
            foreach (var song in songs.ByHash.Values)
            {
                if (song.File.Tags.Cover.Length == ContentHash.Size)
                    _files.TryAdd(new ContentHash(song.File.Tags.Cover.Span), song.File.Path);
            }

            return _files.GetValueOrDefault(cover);
        }
    }
}

/// <summary>A cover that is being sent.</summary>
/// <param name="image">The cover.</param>
/// <param name="release">Returns the cover's memory to the budget.</param>
internal sealed class OpenCover(CoverImage image, Action release) : IDisposable
{
    private Action? _release = release;

    /// <summary>The cover.</summary>
    public CoverImage Image => image;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
